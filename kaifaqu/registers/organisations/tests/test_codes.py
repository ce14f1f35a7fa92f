"""Credit codes: how they are written, and what is said of a wrong one."""

import pytest

from kaifaqu.registers.organisations.codes import CreditCodeField, credit_code_problem


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("91110000600037341L", "91110000600037341L"),
        ("9111 0000-6000 37341l", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
        ("待办", "待办"),
        (None, None),
    ],
)
def test_a_credit_code_is_stored_in_upper_case_and_half_width_without_spaces(written, stored):
    field = CreditCodeField()
    assert field.get_prep_value(written) == field.event_value(written) == stored


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91110000600037341L", ""),
        ("N2140824MF1234567A", "校验位不符，请对照营业执照逐位核对"),
        ("N2140824MF1234567H", ""),
        ("A1140824MF12345671", ""),
        ("Y1140824MF1234567C", ""),
        ("911100006000373410", "校验位不符，请对照营业执照逐位核对"),
        ("9111000060003734", "应为 18 位，现为 16 位"),
        ("91110000600037341O", "首位是数字或 A、N、Y，第 3—8 位是数字，其余不用字母 I、O、S、V、Z"),
        ("B1110000600037341L", "首位是数字或 A、N、Y，第 3—8 位是数字，其余不用字母 I、O、S、V、Z"),
        ("9111A000600037341L", "首位是数字或 A、N、Y，第 3—8 位是数字，其余不用字母 I、O、S、V、Z"),
        ("", ""),
    ],
)
def test_what_is_wrong_with_a_credit_code(code, problem):
    said = credit_code_problem(code)
    assert problem in said
    assert bool(said) == bool(problem)
