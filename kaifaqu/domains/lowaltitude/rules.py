"""The dated rule of this room: which approvals of production let an aircraft be delivered."""

import re
import unicodedata
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.registers.qualifications.models import Kind, Qualification
from kaifaqu.shapes import Choice, Shape

DELIVERY = RuleKind(
    "lowaltitude.delivery", _("交付飞机须有的批准"), Path(__file__).parent / "data" / "delivery.json", Shape((
        Choice(path="accepts", label=_("认哪些批准"), help=_("批准的「型号或范围」须写明该机型，持有单位须是制造企业。"), choices={
            "certificate": _("只认生产许可证"), "any": _("生产许可证，或登记为「其他资质」的生产批准")}),
    )))
BETWEEN = re.compile(r"[、，,；;]")  # models in one certificate


def _told(name: str) -> str:
    """Return a name of a model as it is compared: however wide its signs are, in whichever case."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def permits(owner_id: int, maker_id: int, model: str, on: date) -> list[Qualification]:
    """Return the approvals, valid on the day, by which the maker delivers this model."""
    accepts = dated.resolve(DELIVERY.code, owner_id, on, World()).content["accepts"]
    kinds = (Kind.PRODUCTION, *((Kind.OTHER,) if accepts == "any" else ()))
    rows = Qualification.objects.current().filter(Qualification.on(on), owner_id=owner_id, holder_id=maker_id, kind__in=kinds)
    return [each for each in rows if _told(model) in map(_told, (each.subject, *BETWEEN.split(each.subject)))]
