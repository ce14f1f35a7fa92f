"""The dated rules of attraction: what may come in, what each stage must show, who examines what, what a large signing is."""

from pathlib import Path

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction.profiles import KINDS, LeadProfile
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.records import field_of
from kaifaqu.registers.projects.lifecycle import LeadStage
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word, Yes

DATA = Path(__file__).parent / "data"
YES, NO = "yes", "no"
CONTENT = (  # what the key information may be required to say
    "investor_introduction", "content", "process", "total_investment", "land", "power", "environment", "output", "tax", "siting")


def _label(name: str) -> str | Promise:
    return field_of(LeadProfile, name).verbose_name


ADMISSION = RuleKind("attraction.admission", _("招商项目准入"), DATA / "admission.json", Shape((
    Whole(path="total_investment", label=_("总投资不低于"), unit=_("万元"), help=_("不设写 0。"), told=_("总投资不低于 {value}")),
    Whole(path="fixed_investment", label=_("固定资产投资不低于"), unit=_("万元"), help=_("不设写 0。"),
          told=_("固定资产投资不低于 {value}")),
    Rows(path="exceptions", label=_("另有起点的类别"), optional=True, key=Choice(path="kind", label=_("投资类别"), choices=dict(KINDS)),
         entry=Shape((
             Whole(path="total_investment", label=_("总投资不低于"), unit=_("万元"), optional=True),
             Whole(path="fixed_investment", label=_("固定资产投资不低于"), unit=_("万元"), optional=True)))),
    Rows(path="excluded", label=_("不纳入的类别"), optional=True, key=Choice(path="kind", label=_("投资类别"), choices=dict(KINDS)),
         entry=Shape((Word(path="reason", label=_("原因")),))),
    *(Choice(path=f"required.{name}", label=format_lazy(_("「{column}」要写明"), column=_label(name)),
             choices={YES: _("要"), NO: _("不要")})
      for name in CONTENT),
)))
STAGES = RuleKind("attraction.stages", _("线索各阶段的证据"), DATA / "stages.json", Shape((
    Whole(path="effective.site", label=_("有效信息：实地考察不少于"), unit=_("次"), told=_("有效信息：实地考察不少于 {value}")),
    Whole(path="effective.decision", label=_("有效信息：决策层会谈不少于"), unit=_("次"), told=_("决策层会谈不少于 {value}")),
    Choice(path="effective.drafting", label=_("有效信息：起草合同即算"), choices={YES: _("是"), NO: _("否")},
           help=_("已在起草合同的，不再要求考察和会谈。")),
    Rows(path="stages", label=_("阶段"), key=Choice(path="stage", label=_("阶段"), choices={
        LeadStage.NEGOTIATING.value: LeadStage.NEGOTIATING.label, "intent": _("意向"), LeadStage.SIGNED.value: LeadStage.SIGNED.label}),
        entry=Shape((
            Yes(path="judged", label=_("已研判")), Yes(path="profile", label=_("项目关键信息")), Yes(path="admitted", label=_("符合准入")),
            Yes(path="effective", label=_("有效信息")), Yes(path="opinions", label=_("预审通过")),
            Yes(path="document", label=_("依据文件")),
        ))),
)))
PREEXAM = RuleKind("attraction.preexam", _("线索预审"), DATA / "preexam.json", Shape((
    Rows(path="aspects", label=_("预审方面"), key=Word(path="code", label=_("代码"), help=_("如 policy。")), entry=Shape((
        Word(path="label", label=_("名称")),
        Word(path="holder", label=_("承办单位编号"), optional=True, help=_("不写的，由招商部门指定。")),
    ))),
)))
SIGNINGS = RuleKind("attraction.signings", _("大项目起点"), DATA / "signings.json", Shape((
    Whole(path="from_investment", label=_("计划总投资多少万元以上算大项目"), unit=_("万元"), told=_("计划总投资 {value}以上的算大项目")),
)))
REPORTING = RuleKind("attraction.reporting", _("在谈项目报告间隔"), DATA / "reporting.json", Shape((
    Whole(path="days", label=_("几天以内应有洽谈或进展报告"), unit=_("天"), least=1, told=_("在谈项目 {value}以内应有洽谈或进展报告")),
)))
