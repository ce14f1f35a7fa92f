"""The unified social credit code (统一社会信用代码), by GB 32100-2015."""

import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from kaifaqu.kernel.fields import CleanedOnAssignment

CREDIT_CODE = re.compile(r"[0-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


class CreditCodeField(models.CharField):
    """统一社会信用代码（GB 32100-2015）：存为 18 位大写半角，不含空格和连字符。

    A wrong code is kept as written: `credit_code_problem` says what is wrong with it, a person decides.
    """

    descriptor_class = CleanedOnAssignment

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 32, **kwargs})  # longer than a right code, so that a wrong one is kept

    def to_python(self, value: Any) -> str | None:
        return None if value is None else _compact(str(value))

    def event_value(self, value: Any) -> str | None:
        """Return the code as it is stored."""
        return self.to_python(value)


def credit_code_problem(code: str) -> str:
    """Return what is wrong with a 统一社会信用代码 (GB 32100-2015), or "" when nothing is; an empty code is not wrong.

    The pattern is our own: stdnum's `validate` wants eight digits first and so refuses the registrars A, N and Y.
    """
    code = _compact(code)
    if not code:
        return ""
    if len(code) != 18:
        problem = _("「{code}」：统一社会信用代码应为 18 位，现为 {length} 位，请对照营业执照核对。")
    elif not CREDIT_CODE.fullmatch(code):
        problem = _(
            "「{code}」：统一社会信用代码的首位是数字或 A、N、Y，第 3—8 位是数字，其余不用字母 I、O、S、V、Z，"
            "请对照营业执照核对。"
        )
    elif code[-1] != uscc.calc_check_digit(code):
        problem = _("「{code}」：统一社会信用代码的校验位不符，请对照营业执照逐位核对。")
    else:
        return ""
    return problem.format(code=code, length=len(code))


def _compact(code: str) -> str:
    """Return the code in upper case and half width, without spaces and hyphens of any kind."""
    return re.sub(r"[\s\-‐‑‒–—−]", "", unicodedata.normalize("NFKC", code)).upper()
