"""Admission: whether a lead's key information is what the zone's rule wants, point by point, with the reason of each."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kaifaqu.domains.attraction.models import KINDS, LeadProfile
from kaifaqu.domains.attraction.rules import ADMISSION, CONTENT, STAGES, YES
from kaifaqu.kernel import clock, dated, units
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import field_of
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.gates import gate
from kaifaqu.registers.projects.models import Lead

FLOORS = ("total_investment", "fixed_investment")


class Point(NamedTuple):
    """One thing that the rule wants: whether it is met, and what is wanted and what is there."""

    met: bool
    words: str


def points(profile: Any, content: dict[str, Any]) -> list[Point]:
    """Return what a rule wants of the key information, each with whether it is met."""
    kind = dict(KINDS).get(profile.kind, profile.kind)
    excluded = content.get("excluded", {}).get(profile.kind)
    words = _("投资类别「{kind}」不纳入：{reason}") if excluded else _("投资类别「{kind}」可以纳入")
    found = [Point(not excluded, words.format(kind=kind, reason=excluded["reason"] if excluded else ""))]
    own = content.get("exceptions", {}).get(profile.kind, {})
    found += [_floor(profile, name, own.get(name, content[name])) for name in FLOORS if own.get(name, content[name])]
    required = [name for name in CONTENT if content["required"][name] == YES]
    missing = [str(field_of(LeadProfile, name).verbose_name) for name in required if getattr(profile, name) in EMPTY]
    told = _("还没有写明：{columns}") if missing else _("要写明的 {count} 项都有")
    told = told.format(columns="、".join(missing), count=len(required))
    return [*found, Point(not missing, told)]


def _floor(profile: Any, name: str, least: int) -> Point:
    value: Decimal | None = getattr(profile, name)
    label = str(field_of(LeadProfile, name).verbose_name).removesuffix("（万元）")
    told = units.display(value, "万元") if value is not None else _("没有填")
    return Point(value is not None and value >= least, _("{label}不低于 {least}，现为 {value}").format(
        label=label, least=units.display(least, "万元"), value=told))


def admitted(lead: Lead, profile: Any, on: date, world: World) -> tuple[list[Point], str]:
    """Return the points of the owner's rule of the day, and the document of the rule."""
    rule = dated.resolve(ADMISSION.code, lead.owner_id, on, world)
    return points(profile, rule.content), rule.source


@gate("negotiate")
def not_admitted(lead: Lead) -> list[str]:
    """Return a sentence for each point that a lead does not meet, as far as negotiations are to show by the owner's rule of stages."""
    on, world = clock.today(), World()
    wanted = dated.resolve(STAGES.code, lead.owner_id, on, world).content["stages"].get("negotiating", {})
    profile = LeadProfile.objects.current().filter(lead=lead).first()
    if profile is None:
        told = _("{lead} 还没有登记项目关键信息，不能判断是否符合招商项目准入。").format(lead=lead)
        return [told] if wanted.get("profile") or wanted.get("admitted") else []
    found = admitted(lead, profile, on, world)[0] if wanted.get("admitted") else []
    return [_("{lead} 不符合招商项目准入：{point}。").format(lead=lead, point=each.words) for each in found if not each.met]


def why_all_the_same(lead: Lead) -> str:
    """Return the reason with which negotiations of a lead began; it is asked for where a gate held it, and so never of a new row."""
    told = next((name for name in Lead.NEGOTIATED if getattr(lead, name) is not None), Lead.NEGOTIATED[0])
    began = Lead.Version.objects.filter(id=lead.pk, **{f"{told}__isnull": False}).order_by("seq").first()
    if began is None or began.row_version == 1:
        return ""
    return Event.objects.filter(seq=began.seq).values_list("reason", flat=True).first() or ""
