"""Figures about qualifications: how many are valid, end soon, or were granted in a period."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.access import Dated
from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.qualifications.models import Kind, Qualification
from kaifaqu.registers.qualifications.rules import WARNING

BY = (
    Dimension("kind", _("证照种类"), "kind", name=lambda code: str(dict(Kind.choices).get(code, code))),
    Dimension("subject", _("型号或范围"), "subject"), Dimension("authority", _("发证机关"), "authority"),
    Dimension("certified", _("持证企业"), "holder__name"),
)


def of_kind(*kinds: Kind) -> Callable[[Period, World], Q]:
    """Return the condition of the valid ones of these kinds, for rooms that count their own."""
    return lambda period, world: Dated.on(period.end) & Q(kind__in=kinds)


def ending_soon(period: Period, world: World) -> Q:
    """Return the condition: valid at the end of the period, and no longer so by the days of its owner's rule."""
    held = dated.resolve_all(WARNING.code, period.end, world)
    shipped = WARNING.shipped().content["days"]
    others = Q(until__lte=period.end + timedelta(days=shipped)) & ~Q(owner__in=[*held])
    own = (Q(owner=owner, until__lte=period.end + timedelta(days=rule.content["days"])) for owner, rule in held.items())
    return Dated.on(period.end) & Q(others, *own, _connector=Q.OR)


VALID = Indicator(
    code="qualifications.valid.count", label=_("有效资质证照数"), unit="份", register=Qualification, by=BY,
    where=lambda period, world: Dated.on(period.end), basis=_("期末有效的许可、证书、资质和认定，一份计一次"))
EXPIRING = Indicator(
    code="qualifications.expiring.count", label=_("即将到期证照数"), unit="份", register=Qualification, by=BY, rule=WARNING.code,
    where=ending_soon, basis=_("期末有效，并在规则规定的天数以内失效的证照，一份计一次"))
GRANTED = Indicator(
    code="qualifications.granted.count", label=_("期内取得资质证照数"), unit="份", register=Qualification, by=BY,
    where=lambda period, world: during("since", period), basis=_("发证日期在期内的许可、证书、资质和认定，一份计一次"))
