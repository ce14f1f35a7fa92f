"""What leads to a person and can be told by its form: a question is read by everybody and stays in the events for ever."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.registers.vehicles.plates import GREEN, PLAIN, PROVINCES

GAP = r"[\s\-‐‑‒–—−]{0,3}"
FORMS = {  # in this order where two begin at one place
    "vin": (_("车辆识别代号"), r"(?:(?<![A-Z\d])|(?<=VIN))(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z\d]{17}(?![A-Z\d])"),
    "identity": (_("身份证号"), rf"(?<!\d)(?:\d{{6}}{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{3}}[\dX]|\d{{6}}{GAP}\d{{6}}{GAP}\d{{3}})(?!\d)"),
    "mobile": (_("手机号"), r"(?:(?<!\d)|(?<=(?<!\d)86))1[3-9](?:{})(?!\d)".format("|".join(
        GAP.join(rf"\d{{{digits}}}" for digits in groups) for groups in ((1, 4, 4), (1, 3, 5), (2, 3, 4), (2, 4, 3))))),
    "plate": (_("号牌号码"), rf"[{PROVINCES}][\s·•.\-]{{0,3}}[A-Z][\s·•.\-]{{0,3}}(?=(?:[A-Z]*\d){{3}})(?:{GREEN}|{PLAIN})(?![A-Z\d])"),
}  # fmt: skip
ANY = re.compile("|".join(f"(?P<{kind}>{form})" for kind, (_label, form) in FORMS.items()), re.ASCII)


def refuse_personal(text: str) -> None:
    """Raise ValidationError for a text with a mobile, identity or vehicle's number or a plate; none of them is repeated in full."""
    met = [(FORMS[str(each.lastgroup)][0], re.sub(r"[\W_]", "", each[0]))
           for each in ANY.finditer(unicodedata.normalize("NFKC", text).upper())]
    if met:
        raise ValidationError(_t("里有个人信息：{found}。登记以后删不掉，请先从文字里去掉再登记。").format(
            found="、".join(f"{label} {number[:2 if len(number) < 9 else 3]}…{number[-2:]}" for label, number in met)))
