"""National project codes are known by their form."""

import pytest

from kaifaqu.registers.projects.codes import national_project_code_problem


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("2401-140824-89-01-123456", True),
        ("2017-140824-44-03-012345", True),
        ("", True),
        ("2413-140824-89-01-123456", False),
        ("2401-140824-89-01-12345", False),
        ("稷发改备〔2024〕1号", False),
    ],
)
def test_a_national_project_code_is_known_by_its_form(code, right):
    assert (national_project_code_problem(code) == "") is right
