"""Pre-examination: each aspect of a lead is asked of a department as a case; all given, they make one verdict."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import HOLDER, Moving, On, demand, provide
from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.models import Case, CaseStep, What
from kaifaqu.clocks.moments import Kind
from kaifaqu.domains.attraction.rules import PREEXAM
from kaifaqu.kernel import dated
from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Lead


class Verdict(models.TextChoices):
    """What a department says about one aspect."""

    FOR = "for", _("同意")
    IF = "if", _("有条件同意")
    AGAINST = "against", _("不同意")


def aspects_of(owner_id: int, on: date, world: World) -> dict[str, dict[str, str]]:
    """Return the aspects that the owner's rule of the day has examined, by code, each with its label and who examines it."""
    return dated.resolve(PREEXAM.code, owner_id, on, world).content["aspects"]


def aspect_label(row: Any) -> str:
    """Return what the aspect of an opinion, or of a version of it, is called by the rule of the day on which it was asked."""
    on = date.fromisoformat(f"{row.opened_on}")  # text in the facts of an event
    return aspects_of(row.owner_id, on, World()).get(row.aspect, {}).get("label", row.aspect)


class LeadOpinion(Case):
    """预审意见：请一个部门就一条线索的一个方面（产业政策、环境、安全等）提出的意见。

    One record is one aspect of one lead, asked of one department; asked again after an answer it is the same case, opened
    anew. The verdict comes with the answer.
    """

    register = "lead_opinions"
    columns = (
        "code", "lead", "aspect", "title", "demand", "holder", "person", "opened_on", "agreed_on", "responded_on", "resolved_on", "result")
    listed = ("code", "lead", "title", "stage", "verdict", "holder", "person", "opened_on", "resolution_due_on", "yellow_on")
    code_prefix = "YS"
    keys = (("code",), ("lead", "aspect"))
    headings = {"lead": ("线索", "项目名称"), "holder": ("责任单位", "征求意见单位"), "result": ("意见",)}
    clock_codes = {Kind.RESOLUTION: "lead.opinion"}
    confirmed = False

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    aspect = models.CharField(_("预审方面"), max_length=20, help_text=_("规则「线索预审」里的代码，如 policy"))
    verdict = models.CharField(_("预审结论"), max_length=12, choices=Verdict, blank=True, editable=False)

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("预审意见")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead", "aspect"), condition=models.Q(archived_at=None), name="leadopinion_once",
            violation_error_message=_("这条线索的这个方面已经征求过意见；要再问的，请在那一条上办理「重新交办」。"))]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="leadopinion_due")]

    @property
    def aspect_label(self) -> str:
        """Return what its aspect is called."""
        return aspect_label(self)

    def clean(self) -> None:
        """Refuse days that cannot be, another owner's lead, and an aspect that the rule does not have."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        known = aspects_of(self.owner_id, self.opened_on, World())
        if self.aspect not in known:
            raise ValidationError(_t("没有预审方面「{aspect}」。规则「线索预审」里有：{known}。").format(
                aspect=self.aspect, known="、".join(f"{code}（{each['label']}）" for code, each in known.items())))


class LeadOpinionStep(CaseStep):
    """预审办理记录：对一条预审意见所做的一步：交办、回应、办结、核实等。"""

    register = "lead_opinion_steps"
    subject = models.ForeignKey(LeadOpinion, models.PROTECT, verbose_name=_("预审意见"), related_name="+")

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("预审办理记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="leadopinionstep_subject")]


provide(LeadOpinion, LeadOpinionStep)


@action("lead_opinions.resolve", right="lead_opinions.handle", label=_("提出意见"), on=LeadOpinion, of=HOLDER)
def resolve(opinion: Any, *, by: User, version: int, verdict: Verdict, result: str, on: On = None) -> Iterator[Change]:
    """Plan the department's answer: its verdict and what it says; it takes the place of a case's plain 办结."""
    demand(opinion, result, _t("意见的内容"))
    move = Moving(opinion, by, What.RESOLVED, on, result)
    done = {"resolved_on": move.day, "resolved_time": move.time, "result": result, "asked": None, "verdict": verdict}
    first = {} if opinion.responded_on else {"responded_on": move.day, "responded_time": move.time}
    return move.plan(Stage.RESOLVED, {**first, **done})


def joint(opinions: list[Any], wanted: Collection[str]) -> str:
    """Return the single verdict: none while an aspect is open or was not asked, else the worst of what was said."""
    said = {each.aspect: each.verdict for each in opinions if each.resolved_on}
    if not wanted or not {*wanted, *(each.aspect for each in opinions)} <= {*said}:
        return ""
    return next(each for each in (Verdict.AGAINST, Verdict.IF, Verdict.FOR) if each in said.values())
