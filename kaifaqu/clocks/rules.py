"""The dated rule of clocks: a table of named ones, each with its time, its start, its extension and its escalation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.clocks import Rule, Start, Step, Unit
from kaifaqu.clocks.contents import Content, is_word, unknown
from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World

UNITS = {Unit.WORKING_DAY: _("个工作日"), Unit.CALENDAR_DAY: _("日"), Unit.HOUR: _("小时")}
STARTS = {Start.NEXT_DAY: _("次日起算"), Start.SAME_DAY: _("当日起算"), Start.NEXT_WORKING_DAY: _("下一工作日起算")}
LEVELS = {"remind": _("提醒"), "yellow": _("黄牌"), "red": _("红牌"), "supervise": _("督办")}


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
    return {code: _named(entry) for code, entry in (CLOCKS.shipped().content | held).items()}


def _named(entry: dict[str, Any]) -> Named:
    return Named(entry["label"], Rule(
        entry["amount"], Unit(entry["unit"]), Start(entry.get("start", Start.NEXT_DAY)), entry.get("roll", False),
        tuple((time.fromisoformat(opening), time.fromisoformat(closing)) for opening, closing in entry.get("hours", ())),
        entry.get("longest_extension"), entry.get("ask_ahead", 0),
        tuple(Step(level, offset) for level, offset in entry.get("steps", ())),
    ), entry["basis"])  # fmt: skip


def problems(content: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a table of clocks."""
    if not isinstance(content, dict) or not content:
        yield _t("内容请写成 {example}。").format(example=EXAMPLE)
        return
    for code, entry in content.items():
        where = _t("时限「{code}」").format(code=code)
        if isinstance(entry, dict):
            yield from _problems_of(entry, where)
        else:
            yield _t("{where}请写成 {example}。").format(where=where, example=EXAMPLE)


def _problems_of(entry: dict[str, Any], where: str) -> Iterator[str]:
    named = {"label", "amount", "unit", "start", "roll", "hours", "longest_extension", "ask_ahead", "steps", "basis"}
    yield from unknown(entry, named, where)
    unit = entry.get("unit")
    for name, right, ask in (
        ("label", is_word, _t("时限的名称")),
        ("basis", is_word, _t("规定它的文件")),
        ("amount", lambda value: _is_whole(value, 1), _t("不小于 1 的整数")),
        ("unit", lambda value: value in [*Unit], "、".join(f"{each}（{label}）" for each, label in UNITS.items())),
        ("start", lambda value: value in [*Start], "、".join(f"{each}（{label}）" for each, label in STARTS.items())),
        ("roll", lambda value: value is False or value is True and unit == Unit.CALENDAR_DAY, _t("true 或 false；只有按日计算的可以顺延")),
        ("hours", lambda value: _are_hours(value) and unit == Unit.HOUR,
         _t('工作时间，如 [["08:30", "12:00"], ["14:30", "18:00"]]；只有按小时计算的才写')),
        ("longest_extension", lambda value: _is_whole(value, 0), _t("最多延长多少，不小于 0 的整数；没有规定的不写")),
        ("ask_ahead", lambda value: _is_whole(value, 0), _t("最迟提前几个工作日申请延期，不小于 0 的整数")),
        ("steps", _are_steps, _t('如 [["remind", -1], ["yellow", 0]]，即级别和到期后几个工作日（到期前写负数），级别可填：{levels}').format(
            levels="、".join(f"{level}（{label}）" for level, label in LEVELS.items()))),
    ):  # fmt: skip
        if (name in entry or name in ("label", "basis", "amount", "unit")) and not right(entry.get(name)):
            yield _t("{where}请写明「{name}」：{ask}。").format(where=where, name=name, ask=ask)


def _is_whole(value: Any, least: int) -> bool:
    return type(value) is int and least <= value <= 9999  # true is no number


def _are_hours(value: Any) -> bool:
    """Return whether these are spans of a day, one after the other."""
    try:
        times = [time.fromisoformat(each) for opening, closing in value for each in (opening, closing)]
        return bool(times) and all(one < other for one, other in pairwise(times))
    except (TypeError, ValueError):
        return False


def _are_steps(value: Any) -> bool:
    pairs = isinstance(value, list) and all(isinstance(each, list) and len(each) == 2 for each in value)
    return pairs and all(level in [*LEVELS] and type(offset) is int and abs(offset) < 1000 for level, offset in value)


def words(content: dict[str, Any]) -> str:
    """Return a table of clocks in words."""
    return "；".join(_told(_named(entry)) for entry in content.values())


def _told(named: Named) -> str:
    rule = named.rule
    told = [_t("{amount} {unit}").format(amount=rule.amount, unit=UNITS[rule.unit])]
    if rule.start is not Start.NEXT_DAY:
        told.append(str(STARTS[rule.start]))
    if rule.roll:
        told.append(_t("末日遇休息日顺延"))
    if rule.longest_extension is not None:
        told.append(_t("可延长 {amount} {unit}").format(amount=rule.longest_extension, unit=UNITS[rule.unit]))
    if rule.ask_ahead:
        told.append(_t("最迟提前 {amount} 个工作日申请延期").format(amount=rule.ask_ahead))
    for level, offset in rule.steps:
        when = _t("到期前 {n} 个工作日") if offset < 0 else _t("到期后 {n} 个工作日") if offset else _t("到期当日")
        told.append(f"{when.format(n=abs(offset))}{LEVELS[level]}")
    return f"{named.label}：{'，'.join(told)}"


EXAMPLE = '{"issue.response": {"label": "回应", "amount": 2, "unit": "working_day", "basis": "……"}}'
CLOCKS = RuleKind("clocks.rules", _("时限"), Path(__file__).parent / "data" / "rules.json", Content(problems, words))
