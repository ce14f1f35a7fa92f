"""Figures about commitments: on how many projects, what share of those filed, what is past its check, who broke the word."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.commitments import Commitment, ComplianceCheck, Result
from kaifaqu.domains.reforms.commitments_conditions import committed, unchecked
from kaifaqu.domains.reforms.measures import ReformKind, ReformMeasure
from kaifaqu.kernel.indicators import Dimension, Indicator, Share
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.conditions import this_year
from kaifaqu.registers.projects.indicators import BY as OF_PROJECTS
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.states import State

BY_PARK = (Dimension("case_park", _("园区"), "project__park__name"),)


def on_commitment(on: Period, world: World) -> Q:
    """Return the condition on projects: a commitment of it was signed by the period's last day and not withdrawn."""
    return Q(id__in=world.rows(Commitment).filter(committed(on.end)).values("project_id"))


PROJECTS = Indicator(
    code="reforms.commitment.projects", label=_("实行承诺制办理的项目数"), unit="个", register=Commitment, by=BY_PARK,
    measure=Count("project", distinct=True), where=lambda period, world: committed(period.end),
    basis=_("期末以前已签承诺书、没有撤回的承诺办理所涉及的项目，一个项目计一次；违诺的也计"))
FILED = Indicator(
    code="reforms.filed.projects", label=_("新备案（落地）项目数"), unit="个", register=Project, by=OF_PROJECTS,
    where=lambda period, world: this_year("landed_on", period), basis=_("落地日期（注册、备案或供地）在本年初至期末的项目"))
FILED_ON_COMMITMENT = Indicator(
    code="reforms.commitment.filed.projects", label=_("新备案项目中承诺制办理的"), unit="个", register=Project, by=OF_PROJECTS,
    where=lambda period, world: this_year("landed_on", period) & on_commitment(period, world),
    basis=_("新备案项目中，期末以前已签承诺书、没有撤回的"))
SHARE = Share(
    code="reforms.commitment.share", label=_("承诺制占新备案项目的比重"), unit="%", numerator=FILED_ON_COMMITMENT, denominator=FILED,
    basis=_("新备案项目中承诺制办理的 ÷ 新备案项目数，均为本年初至期末"), by=OF_PROJECTS)
UNCHECKED = State(
    code="reforms.commitment.unchecked.count", label=_("逾期未检查的承诺办理"), unit="件", register=Commitment, by=BY_PARK,
    where=lambda period, world: unchecked(period.end, world),
    basis=_("期末已批复、没有核查完毕、验收或撤回的承诺办理（违诺的也在内）中，核查期限、某一事项的检查期限或整改的复查日期在期末以前，而期末还没有检查的"))
BREACHES = Indicator(
    code="reforms.commitment.breaches.count", label=_("违诺次数"), unit="次", register=ComplianceCheck,
    by=(Dimension("checked_park", _("园区"), "commitment__project__park__name"),),
    where=lambda period, world: Q(result=Result.BREACH) & during("checked_on", period),
    basis=_("期内的履诺检查中，结果为违诺的；每一次都写明后果"))
CHECKS = Indicator(
    code="reforms.commitment.checks.count", label=_("履诺检查次数"), unit="次", register=ComplianceCheck,
    by=(Dimension("result", _("结果"), "result", name=lambda code: str(dict(Result.choices).get(code, code))),),
    where=lambda period, world: during("checked_on", period), basis=_("检查日期在期内的履诺检查"))
KINDS = Indicator(
    code="reforms.kinds.count", label=_("推行的改革数"), unit="项", register=ReformMeasure, measure=Count("kind", distinct=True),
    where=lambda period, world: Q(adopted_on__lte=period.end) & ~Q(ended_on__lte=period.end),
    by=(Dimension("kind", _("改革"), "kind", name=lambda code: str(dict(ReformKind.choices).get(code, code))),),
    basis=_("期末以前已出台、没有停止执行的改革举措，同一项改革计一次"))
