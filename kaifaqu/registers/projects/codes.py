"""The national project code (国家项目代码)."""

import re

from django.utils.translation import gettext as _

NATIONAL_PROJECT_CODE = re.compile(r"(?:20[0-9]{2}|[0-9]{2}(?:0[1-9]|1[0-2]))-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")


def national_project_code_problem(code: str) -> str:
    """Return what is wrong with a 国家项目代码, or "" when nothing is; an empty code is not wrong.

    The form is the one seen on the national approval platform: year and month (older codes: the year), division, two
    segments of two digits, six digits. It is a pattern, not a rule with a published source: a mismatch only warns.
    """
    if not code or NATIONAL_PROJECT_CODE.fullmatch(code.strip()):
        return ""
    return _("「{code}」不像国家项目代码，应如 2401-140824-89-01-123456，请对照备案证核对。").format(code=code)
