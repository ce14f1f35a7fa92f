"""Lights: which projects stay behind, by the owner's dated rule, and in which words."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated, units
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.world import World
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import ProjectProgress
from kaifaqu.registers.projects.rules import LIGHTS

DAYS_OF_MONTH = 30  # by which days beyond a term are put in order beside months


class Kind(models.TextChoices):
    """What is looked at: each turns by a rule of its own."""

    START = "start", _("开工")
    PROGRESS = "progress", _("进度")
    PAYMENT = "payment", _("支付")
    STATISTICS = "statistics", _("入库")


@dataclass(frozen=True)
class Turned:
    """One light: what was looked at, its colour, the facts in words, and how far it stays behind (in months or points)."""

    kind: Kind
    colour: Colour
    words: str
    behind: Decimal = Decimal(0)


@dataclass
class Light:
    """How one project stands on a day: the lights that apply to it, and the document of the rule by which they turn."""

    turned: list[Turned] = field(default_factory=list)
    rule: str = ""

    @property
    def colour(self) -> Colour:
        """Return the worst of its colours."""
        return max((each.colour for each in self.turned), key=Colour.values.index, default=Colour.GREEN)

    @property
    def reasons(self) -> list[str]:
        """Return what stays behind, in words."""
        return [each.words for each in self.turned if each.colour != Colour.GREEN]

    @property
    def behind(self) -> Decimal:
        """Return how far what is worst stays behind."""
        return max((each.behind for each in self.turned if each.colour == self.colour), default=Decimal(0))

    @property
    def rank(self) -> tuple[int, Decimal]:
        """Return by what lights are put in order: the colour, then how far it stays behind."""
        return Colour.values.index(self.colour), self.behind

    @property
    def by_kind(self) -> list[tuple[str, Turned | None]]:
        """Return every kind of light with how it stands; nothing where it does not apply, or the facts are missing."""
        found = {each.kind: each for each in self.turned}
        return [(str(kind.label), found.get(kind)) for kind in Kind]


def candidates(on: date) -> Q:
    """Return the condition on projects that their light may have turned by the day: all others are green."""
    due = Q(stage__in=(Stage.SIGNED, Stage.LANDED), expected_start_on__lte=on.replace(day=monthrange(on.year, on.month)[1]))
    reports = _reports(on, World())
    slow = reports.exclude(Q(year_to_date=None) | Q(planned_investment=None)) | reports.filter(paid__lt=F("payment_required"))
    unlisted = Q(entered_in_statistics_on=None, started_on__lte=on)
    return due | Q(stage=Stage.UNDER_CONSTRUCTION) & (Q(id__in=slow.values("subject_id")) | unlisted)


def _reports(on: date, world: World) -> Any:
    return world.rows(ProjectProgress).filter(month__gte=date(on.year, 1, 1), month__lte=on)


def lights(projects: Iterable[Any], on: date, world: World) -> dict[int, Light]:
    """Return by id the light of each project on the day, as known in the world; an amount or date that is missing turns none."""
    projects = list(projects)
    reports = {each.subject_id: each for each in _reports(on, world).filter(
        subject_id__in=[each.id for each in projects]).order_by("month", "id")}
    return {each.id: light(each, reports.get(each.id), on, world) for each in projects}


def seen(user: Any, projects: Iterable[Any], on: date, world: World) -> dict[int, Light]:
    """Return by id the lights of those projects whose light the person may see, as `lights` does."""
    return lights([each for each in projects if is_told(user, each)], on, world)


def is_told(user: Any, project: Any) -> bool:
    """Tell whether the person, who sees the project, may see its light.

    The light of a project under construction tells of its reports: it is told to those who may see them (progress.view).
    In any other stage a light tells of no report.
    """
    return project.stage != Stage.UNDER_CONSTRUCTION or user.may("progress.view", project.owner_id)


def light(project: Any, report: Any, on: date, world: World) -> Light:
    """Return the light of one project on the day; `report` is the last one until then, if there is one."""
    rule = dated.resolve(LIGHTS.code, project.owner_id, on, world)
    return Light([*_turned(project, report, on, rule.content)], rule.source)


def _turned(project: Any, report: Any, on: date, rule: dict[str, dict[str, int]]) -> Iterator[Turned]:
    """Yield the lights that apply; a rule may leave out the later ones, which then do not exist."""
    if project.stage in (Stage.SIGNED, Stage.LANDED):
        yield from _start(project.expected_start_on, on, rule["start"])
    elif project.stage == Stage.UNDER_CONSTRUCTION:
        if report is not None and report.month.year == on.year:
            yield from _progress(report, rule["progress"])
            yield from _payment(report, rule.get("payment"))
        yield from _statistics(project, on, rule.get("statistics"))


def _start(planned: PartialDate | None, on: date, rule: dict[str, int]) -> Iterator[Turned]:
    """Yield the light of a planned start: each month from that in which it is due is a yellow one."""
    if planned is None or planned.month is None:
        return
    months = (on.year - planned.year) * 12 + on.month - planned.month
    if months < 0:
        yield Turned(Kind.START, Colour.GREEN, _t("计划 {planned} 开工，还没有到期").format(planned=planned))
        return
    colour = Colour.RED if months >= rule["red_after_months"] else Colour.YELLOW
    words = _t("计划 {planned} 开工，已过 {months} 个月还没有开工") if months else _t("计划 {planned} 开工，本月应开工")
    yield Turned(Kind.START, colour, words.format(planned=planned, months=months), Decimal(months))


def done(report: Any) -> Decimal | None:
    """Return how much of the year's plan is done, in per cent; None where the report does not say it."""
    return _per_cent(report.year_to_date, report.planned_investment)


def behind(report: Any) -> Decimal | None:
    """Return how far that is behind the share of the year that is over (序时进度), in points; ahead is below zero."""
    told = done(report)
    return None if told is None else Decimal(report.month.month) * 100 / 12 - told


def _per_cent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None else units.ratio(part * 100, whole)


def _progress(report: Any, rule: dict[str, int]) -> Iterator[Turned]:
    """Yield the light of the year's investment beside the share of the year that is over (序时进度)."""
    share, points = done(report), behind(report)
    if share is None or points is None:
        return
    told = {"month": report.month, "done": _short(share), "behind": _short(points)}
    if points < rule["yellow_points"]:
        yield Turned(Kind.PROGRESS, Colour.GREEN, _t("{month} 完成年计划的 {done}%").format(**told))
        return
    colour = Colour.RED if points > rule["red_points"] else Colour.YELLOW
    yield Turned(Kind.PROGRESS, colour, _t("{month} 完成年计划的 {done}%，落后序时进度 {behind} 个百分点").format(**told), points)


def _payment(report: Any, rule: dict[str, int] | None) -> Iterator[Turned]:
    """Yield the light of what is paid beside what is required by then."""
    share = _per_cent(report.paid, report.payment_required)
    if rule is None or share is None:
        return
    told = {"month": report.month, "required": _money(report.payment_required), "paid": _money(report.paid), "below": rule["red_below"]}
    if share >= rule["red_below"]:
        yield Turned(Kind.PAYMENT, Colour.GREEN, _t("{month} 应支付 {required}，已支付 {paid}").format(**told))
    else:
        words = _t("{month} 应支付 {required}，已支付 {paid}，低于应支付的 {below}%").format(**told)
        yield Turned(Kind.PAYMENT, Colour.RED, words, rule["red_below"] - share)


def _statistics(project: Any, on: date, rule: dict[str, int] | None) -> Iterator[Turned]:
    """Yield the light of a project that is under construction and large enough to be in the statistics (入库)."""
    total = project.total_investment
    if rule is None or total is None or total < rule["from_investment"]:
        return
    entered, started = project.entered_in_statistics_on, project.started_on.last
    if entered is not None:
        yield Turned(Kind.STATISTICS, Colour.GREEN, _t("{day} 已入库").format(day=entered))
        return
    yellow, red = (_months_later(started, rule[name]) for name in ("yellow_after_months", "red_after_months"))
    colour = Colour.RED if on >= red else Colour.YELLOW if on >= yellow else Colour.GREEN
    words = _t("{day} 开工，还没有入库") if colour == Colour.GREEN else _t("{day} 开工，满 {months} 个月还没有入库")
    months = rule["red_after_months" if colour == Colour.RED else "yellow_after_months"]
    told = words.format(day=project.started_on, months=months)
    yield Turned(Kind.STATISTICS, colour, told, Decimal(max((on - yellow).days, 0)) / DAYS_OF_MONTH)


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months later; where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _short(number: Decimal) -> str:
    return units.text(units.round_half_up(number, 1))


def _money(amount: Decimal) -> str:
    return units.display(amount, "万元")
