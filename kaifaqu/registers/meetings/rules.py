"""The dated rule of this room: the kinds of plan, each with the components that a new plan of its kind begins with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock, dated, indicators
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Choice, Rows, Several, Shape, Whole, Word


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


def templates(owner_id: int) -> dict[str, dict[str, Any]]:
    """Return the kinds of plan that the owner has today, by code: the shipped ones, and over them its own."""
    held = dated.resolve(PLANS.code, owner_id, clock.today(), World()).content
    return {**PLANS.shipped().content, **held}


def indicator_problems(line: str) -> Iterator[str]:
    """Yield what is wrong with a word that names an indicator, and after a slash the one that lays down its yearly target."""
    if line.count("/") > 1:
        yield _t("「{line}」：要与目标相比的，写作 指标代码/目标代码。").format(line=line)
    found = []
    for code in (part.strip() for part in line.split("/")):
        try:
            found.append(indicators.find(code))
        except LookupError as problem:
            yield str(problem.args[0])
    if len(found) == 2 and found[0].unit != found[1].unit:
        yield _t("「{line}」不能相比：{figure}以{unit}计，{target}以{other}计。").format(
            line=line, figure=found[0].label, unit=_t(found[0].unit), target=found[1].label, other=_t(found[1].unit))


def _problems_of(component: dict[str, Any]) -> Iterator[str]:
    """Yield what does not go together in a component whose entries can be read."""
    for line in component.get("indicators", ()):
        yield from indicator_problems(line)
    if bool(component.get("no_return")) != bool(component.get("instead")):
        yield _t("「{months}」和「{instead}」要么都写，要么都不写。").format(months=NO_RETURN.label, instead=INSTEAD.label)


NO_RETURN = Several(path="no_return", label=_("没有报表的月份"), optional=True, of=Whole(path="", label=_("月份"), least=1, most=12))
INSTEAD = Word(path="instead", label=_("没有报表时看什么"), optional=True, help=_("会照开，写明看什么。"))
WORDS = Word(path="", label=_("一项"))
COMPONENT = Shape((
    Word(path="name", label=_("名称"), help=_("组成部分的名称。")),
    Choice(path="kind", label=_("形式"), choices=dict(ComponentKind.choices)),
    Choice(path="cadence", label=_("周期"), choices=dict(Cadence.choices)),
    Whole(path="planned_days", label=_("开展"), unit=_("个工作日"), most=200, help=_("期末后第几个工作日开展。")),
    Whole(path="due_days", label=_("出纪要"), unit=_("个工作日"), most=200, help=_("期末后第几个工作日前写成纪要。")),
    Several(path="agenda", label=_("固定议程"), optional=True, of=WORDS),
    Several(path="indicators", label=_("要看的指标"), optional=True, of=WORDS, help=_("指标代码，要与目标相比的写作 指标代码/目标代码。")),
    NO_RETURN,
    INSTEAD,
), ascending=(("planned_days", "due_days"),), also=_problems_of, tell=lambda entry: f"{entry['name']}（{Cadence(entry['cadence']).label}）")
PLAN = Shape((
    Word(path="name", label=_("名称"), help=_("机制或计划的名称。")),
    Rows(path="components", label=_("组成部分"), entry=COMPONENT, title="name", between="、"),
))
PLANS = RuleKind("meetings.plans", _("会议和活动计划"), Path(__file__).parent / "data" / "plans.json", Shape((
    Rows(path="", label=_("计划种类"), entry=PLAN, title="name", key=Word(
        path="code", label=_("代码"), help=_("如 four_joint；与出厂默认同一代码的，代替它。"))),
), over=True))
