"""Enterprises: what every register keeps, and what a person is told about a code."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel.testing import RegisterTests, enter
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code


class TestEnterprises(RegisterTests):
    register = Enterprise

    def facts(self, zone):
        return {"name": "演示新材料有限公司", "industry": "3021", "control": "private", "contact": "演示人员 101"}

    def change(self):
        return {"name": "演示材料有限公司"}


@pytest.mark.parametrize(
    ("credit_code", "synthetic", "warned"),
    [
        ("91110000600037341L", "", False),  # the sample of GB 32100's documentation
        ("91110000600037341M", "", True),
        ("9111 0000-600037341l", "", False),  # spaces, a hyphen, a small letter
        ("91110000600037341M", "True", False),  # wrong on purpose
        ("911100006000373", "", True),
        ("", "", False),
    ],
)
def test_a_wrong_code_is_kept_and_warned_of(zone, credit_code, synthetic, warned):
    [enterprise] = enter(Enterprise, zone, f"""
        name     | credit_code   | synthetic
        演示公司 | {credit_code} | {synthetic}
    """)
    assert bool(enterprise.warnings()) is warned


def test_two_records_of_one_code_are_one_enterprise(zone):
    enter(Enterprise, zone, """
        name   | credit_code
        演示甲 | 91110000600037341L
    """)
    with pytest.raises(ValidationError, match="已登记在另一家企业名下"):
        enter(Enterprise, zone, """
            name   | credit_code
            演示乙 | 91110000600037341l
        """)


def test_an_industry_that_the_classification_does_not_have_is_refused_with_the_one_meant(zone):
    with pytest.raises(ValidationError, match="是否指 3021 水泥制品制造"):
        enter(Enterprise, zone, """
            name   | industry
            演示甲 | C3021
        """)


def test_the_demo_has_no_right_credit_code():
    assert all(Enterprise(credit_code=wrong_credit_code(number)).warnings() for number in range(1, 200))
