"""Figures about visits: counts of facts, none of a person."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.registers.projects.indicators import BY as OF_PROJECTS
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.states import State
from kaifaqu.registers.visits.conditions import joint, made, without_contact
from kaifaqu.registers.visits.kinds import CHOICES
from kaifaqu.registers.visits.models import ServiceAssignment, Visit
from kaifaqu.registers.visits.rules import CONTACT

BY = (
    Dimension("kind", _("方式"), "kind", name=lambda code: str(dict(CHOICES).get(code, code))),
    Dimension("department", _("走访单位"), "department__name"),
)
MADE = _("期内完成的走访、联合走访、检查和观摩督导；合并的计一次；联合走访须每个单位都有人到场；电话不计")

ENTERPRISES = Indicator(
    code="stats.visits.enterprises.distinct", label=_("走访企业数"), unit="家", register=Visit, where=made,
    measure=Count("enterprise", distinct=True), by=BY, basis=_("期内至少走访过一次的企业，各计一次；走访的范围与「走访次数」相同"))
VISITS = Indicator(code="services.visits.count", label=_("走访次数"), unit="次", register=Visit, where=made, by=BY, basis=MADE)
JOINT_VISITS = Indicator(
    code="services.visits.joint.count", label=_("联合走访次数"), unit="次", register=Visit, where=joint, by=BY[1:],
    basis=_("期内完成的联合走访，每个单位都有人到场的"))
ASSIGNED = Indicator(
    code="services.assigned_enterprises.count", label=_("包保企业数"), unit="家", register=ServiceAssignment,
    where=lambda period, world: ServiceAssignment.on(period.end), measure=Count("subject", distinct=True),
    basis=_("期末有包保干部、领导或单位的企业，各计一次"))
OVERDUE = State(
    code="projects.visits.overdue.count", label=_("超期未联系的包联项目数"), unit="个", register=Project, rule=CONTACT.code, by=OF_PROJECTS,
    where=lambda period, world: without_contact(period.end, world),
    basis=_("期末在建、有人包联的项目中，规则规定的天数以内没有走访、电话，也没有报送进展的；任何部门走访其企业都算"))
