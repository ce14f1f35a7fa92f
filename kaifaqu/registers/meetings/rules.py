"""The dated rule of this room: the kinds of plan, each with the components that a new plan of its kind begins with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.contents import Content, is_word, unknown
from kaifaqu.kernel import clock, dated, indicators
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World


class ComponentKind(models.TextChoices):
    """What the slots of a component are."""

    MEETING = "meeting", _("会议")
    SURVEY = "survey", _("调研")
    VISIT = "visit", _("走访")


class Cadence(models.TextChoices):
    """How often a component comes round; what has no cadence is entered one by one."""

    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季")
    NONE = "none", _("不定期")


KNOWN = {"name", "kind", "cadence", "planned_days", "due_days", "agenda", "indicators", "exceptions"}
EXAMPLE = (
    '{"monthly": {"name": "月度例会", "components": [{"name": "例会", "kind": "meeting", "cadence": "monthly", '
    '"planned_days": 5, "due_days": 10, "agenda": ["进展"], "indicators": [], "exceptions": {"1": "看上年全年数据"}}]}}'
)


def templates(owner_id: int) -> dict[str, dict[str, Any]]:
    """Return the kinds of plan that the owner has today, by code: the shipped ones, and over them its own."""
    held = dated.resolve(PLANS.code, owner_id, clock.today(), World()).content
    return {**PLANS.shipped().content, **held}


def problems(content: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a table of plans."""
    if not isinstance(content, dict) or not content:
        yield _t("内容请写成 {example}。").format(example=EXAMPLE)
        return
    for code, entry in content.items():
        where = _t("计划种类「{code}」").format(code=code)
        listed = entry.get("components") if isinstance(entry, dict) else None
        if not isinstance(listed, list) or not listed or not is_word(entry.get("name")) or len(code) > 40:
            yield _t("{where}请写明「name」（名称）和「components」（各组成部分）；代码不超过 40 个字符。").format(where=where)
            continue
        yield from unknown(entry, {"name", "components"}, where)
        named = [each.get("name") for each in listed if isinstance(each, dict)]
        if len({*map(str, named)}) < len(listed):
            yield _t("{where}的各组成部分要有各自的名称，不能重名。").format(where=where)
        for number, component in enumerate(listed, 1):
            yield from _problems_of(component, _t("{where}第 {number} 部分").format(where=where, number=number))


def _problems_of(component: Any, where: str) -> Iterator[str]:
    """Yield what is wrong with one component of a template."""
    if not isinstance(component, dict) or not is_word(component.get("name")):
        yield _t("{where}请写明「name」（名称）。").format(where=where)
        return
    yield from unknown(component, KNOWN, where)
    for name, choices in (("kind", ComponentKind), ("cadence", Cadence)):
        if component.get(name) not in choices.values:
            yield _t("{where}的「{name}」请写 {choices} 之一。").format(
                where=where, name=name, choices="、".join(f"{each.value}（{each.label}）" for each in choices))
    for name in ("planned_days", "due_days"):
        if type(component.get(name)) is not int or not 0 <= component[name] <= 200:
            yield _t("{where}的「{name}」请写期末后几个工作日，0 至 200 的整数。").format(where=where, name=name)
    for name in ("agenda", "indicators"):
        if not isinstance(component.get(name, []), list) or not all(map(is_word, component.get(name, []))):
            yield _t("{where}的「{name}」请写成 [\"一项\", \"又一项\"]。").format(where=where, name=name)
            return
    for line in component.get("indicators", ()):
        yield from (f"{where}：{problem}" for problem in indicator_problems(line))
    exceptions = component.get("exceptions", {})
    if not isinstance(exceptions, dict) or not all(month in MONTHS and is_word(text) for month, text in exceptions.items()):
        yield _t("{where}的「exceptions」请写没有报表的月份和看什么，如 {example}。").format(where=where, example='{"1": "看上年全年数据"}')


MONTHS = [str(month) for month in range(1, 13)]


def indicator_problems(line: str) -> Iterator[str]:
    """Yield what is wrong with a line that names an indicator, and after a slash the one that lays down its yearly target."""
    for code in (part.strip() for part in line.split("/")):
        try:
            indicators.find(code)
        except LookupError as problem:
            yield str(problem.args[0])
    if line.count("/") > 1:
        yield _t("「{line}」：一行写一个指标，要与目标相比的，写作 指标 / 目标。").format(line=line)


def words(content: Any) -> str:
    """Return a table of plans in words: each with its components."""
    return "；".join(
        _t("{name}（{components}）").format(
            name=entry["name"], components="、".join(f"{each['name']}，{Cadence(each['cadence']).label}" for each in entry["components"]))
        for entry in content.values()
    )  # fmt: skip


PLANS = RuleKind("meetings.plans", _("会议和活动计划"), Path(__file__).parent / "data" / "plans.json", Content(problems, words))
