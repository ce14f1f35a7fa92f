"""The dated rule of clocks: a table of named ones, each with its time, its start, its extension and its escalation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.clocks import Rule, Start, Step, Unit
from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Choice, Rows, Shape, Time, Whole, Word, Yes

UNITS = {Unit.WORKING_DAY: _("个工作日"), Unit.CALENDAR_DAY: _("日"), Unit.HOUR: _("小时")}
STARTS = {Start.NEXT_DAY: _("次日起算"), Start.SAME_DAY: _("当日起算"), Start.NEXT_WORKING_DAY: _("下一工作日起算")}
REMIND = "remind"
LEVELS = {REMIND: _("提醒"), "yellow": _("黄牌"), "red": _("红牌"), "supervise": _("督办")}


@dataclass(frozen=True)
class Named:
    """A clock of the table: its name, its rule, and the document that lays it down."""

    label: str
    rule: Rule
    basis: str


def clocks_of(owner_id: int, on: date, world: World) -> dict[str, Named]:
    """Return the clocks that hold for the owner on the day, by code: its own, and the shipped ones where it has none.

    Whoever keeps a clock asks for the day on which it starts: a rule that changes later does not change what is under way.
    """
    held = dated.resolve(CLOCKS.code, owner_id, on, world).content
    return shipped() | {code: _named(entry) for code, entry in held.items()}


def shipped() -> dict[str, Named]:
    """Return the clocks that the product ships, by code."""
    return {code: _named(entry) for code, entry in CLOCKS.shipped().content.items()}


def _named(entry: dict[str, Any]) -> Named:
    return Named(entry["label"], Rule(
        entry["amount"], Unit(entry["unit"]), Start(entry.get("start", Start.NEXT_DAY)), entry.get("roll", False),
        tuple((time.fromisoformat(opening), time.fromisoformat(closing)) for opening, closing in entry.get("hours", ())),
        entry.get("longest_extension"), entry.get("ask_ahead", 0),
        tuple(Step(level, offset) for level, offset in entry.get("steps", ())),
    ), entry["basis"])  # fmt: skip


def time_of(rule: Rule) -> str:
    """Return in words how much time there is."""
    told = _t("{amount} {unit}").format(amount=rule.amount, unit=UNITS[rule.unit])
    hours = "、".join(f"{opening:%H:%M}—{closing:%H:%M}" for opening, closing in rule.hours)
    return _t("{time}（工作时间 {hours}）").format(time=told, hours=hours) if hours else told


def start_of(rule: Rule) -> str:
    """Return in words where counting begins, and where a last day of rest moves to."""
    return "，".join((str(STARTS[rule.start]), *([_t("末日遇休息日顺延")] if rule.roll else [])))


def extension_of(rule: Rule) -> str:
    """Return in words how far the time can be extended and when that is asked for at the latest; nothing where it is not said."""
    told = []
    if rule.longest_extension is not None:
        told.append(_t("可延长 {amount} {unit}").format(amount=rule.longest_extension, unit=UNITS[rule.unit]))
    if rule.ask_ahead:
        told.append(_t("最迟提前 {amount} 个工作日申请延期").format(amount=rule.ask_ahead))
    return "，".join(told)


def escalation_of(rule: Rule) -> str:
    """Return the steps of the escalation in words."""
    return "，".join(map(_step, rule.steps))


def _step(step: Step) -> str:
    when = _t("到期前 {n} 个工作日") if step.offset < 0 else _t("到期后 {n} 个工作日") if step.offset else _t("到期当日")
    return f"{when.format(n=abs(step.offset))}{LEVELS[step.level]}"


def _told(entry: dict[str, Any]) -> str:
    named = _named(entry)
    start = start_of(named.rule) if named.rule.start is not Start.NEXT_DAY or named.rule.roll else ""
    parts = (time_of(named.rule), start, extension_of(named.rule), escalation_of(named.rule))
    return f"{named.label}：{'，'.join(filter(None, parts))}"


def _problems_of(entry: dict[str, Any]) -> Iterator[str]:
    """Yield what does not go together in a clock whose entries can be read."""
    if entry.get("roll") and entry["unit"] != Unit.CALENDAR_DAY:
        yield _t("「{label}」只有按日计算的才有。").format(label=ROLL.label)
    if "hours" in entry and entry["unit"] != Unit.HOUR:
        yield _t("「{label}」只有按小时计算的才写。").format(label=HOURS.label)
    if not all(one < other for one, other in pairwise(chain(*entry.get("hours", ())))):
        yield _t("「{label}」请按先后写，一段不与另一段重叠。").format(label=HOURS.label)


ROLL = Yes(path="roll", label=_("末日遇休息日顺延"), help=_("民法典第二百零三条；只有按日计算的才有。"))
HOURS = Rows(
    path="hours", label=_("工作时间"), flat=True, optional=True, between="、", help=_("只有按小时计算的才写；不写的日夜都算。"),
    entry=Shape((Time(path="opening", label=_("从")), Time(path="closing", label=_("到"))), tell="{0[opening]}—{0[closing]}".format))
CLOCK = Shape((
    Word(path="label", label=_("名称"), help=_("时限的名称。")),
    Whole(path="amount", label=_("时间"), least=1, most=9999),
    Choice(path="unit", label=_("计算单位"), choices=UNITS),
    Choice(path="start", label=_("起算"), choices=STARTS, optional=True, help=_("不写的，次日起算。")),
    ROLL,
    Whole(path="longest_extension", label=_("最多延长"), most=9999, optional=True, help=_("与时间同一单位；没有规定的不写。")),
    Whole(path="ask_ahead", label=_("提前申请"), unit=_("个工作日"), most=9999, optional=True, help=_("最迟提前几个工作日申请延期。")),
    Word(path="basis", label=_("依据"), help=_("规定它的文件。")),
    HOURS,
    Rows(path="steps", label=_("催办"), flat=True, optional=True, between="，", help=_("到期当日写 0，到期前写负数。"), entry=Shape((
        Choice(path="level", label=_("级别"), choices=LEVELS),
        Whole(path="offset", label=_("到期后"), unit=_("个工作日"), least=-999, most=999),
    ), tell=lambda step: _step(Step(**step)))),
), also=_problems_of, tell=_told)  # fmt: skip
CLOCKS = RuleKind("clocks.rules", _("时限"), Path(__file__).parent / "data" / "rules.json", Shape((
    Rows(path="", label=_("时限"), entry=CLOCK, title="label", key=Word(
        path="code", label=_("代码"), help=_("如 issue.response；与出厂默认同一代码的，代替它。"))),
), over=True))
