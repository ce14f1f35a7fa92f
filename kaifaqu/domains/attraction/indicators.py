"""Figures about attraction: the funnel of leads, planned capacity, the states of segments, and what came of it.

How many leads are known, in negotiation and brought in, and the rates of signing, are defined beside the leads themselves.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction import conditions, rules
from kaifaqu.domains.attraction.capacities import BASE_UNITS
from kaifaqu.domains.attraction.models import LeadTerm, ProductCapacity
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.chains.indicators import BY_CHAIN, BY_POSITION
from kaifaqu.registers.chains.models import ChainNode
from kaifaqu.registers.projects.conditions import in_negotiation
from kaifaqu.registers.projects.indicators import LEADS_KNOWN, LEADS_NEGOTIATED, SIGNED_THIS_YEAR
from kaifaqu.registers.projects.models import FailKind, Lead, Project
from kaifaqu.registers.states import Hanging, Hung, Rate, State

Words = str | Promise
Where = Callable[[Period, World], Q]
Hangs = Callable[[Period, World], Hung]
OF_LEAD = (BY_CHAIN, Dimension("node", _("环节"), "node__name"), Dimension("category", _("类别"), "category"))
BY_REASON = Dimension("fail_kind", _("未成原因类别"), "fail_kind", name=lambda code: str(dict(FailKind.choices).get(code, code)))


def leads(code: str, label: Words, basis: Words, where: Where, by: tuple[Dimension, ...] = OF_LEAD, rule: str = "") -> Indicator:
    """Define how many leads fulfil the condition."""
    return Indicator(code=code, label=label, unit="个", basis=basis, register=Lead, where=where, by=by, rule=rule)


# The funnel

FIRST_MET = leads(
    "attraction.new.count", _("新增线索数"), _("首次接触日期在期内的线索"), lambda period, world: during("first_contact_on", period))
JUDGED = leads("attraction.judged.count", _("期内研判数"), _("研判日期在期内的线索"), lambda period, world: during("judged_on", period))
BEGUN = leads(
    "attraction.begun.count", _("期内进入洽谈数"), _("洽谈日期在期内的线索"), lambda period, world: during("negotiating_on", period))
INTENDED = leads(
    "attraction.intended.count", _("期内达成意向数"), _("意向日期在期内的线索"), lambda period, world: during("intent_on", period))
SIGNED = leads(
    "attraction.signed.count", _("期内签约线索数"), _("签约日期在期内的线索"), lambda period, world: during("signed_on", period))
LOST = leads(
    "attraction.lost.count", _("期内未成数"), _("未成日期在期内的线索，按原因类别分"), lambda period, world: during("failed_on", period),
    by=(BY_REASON, *OF_LEAD))
INTENT = leads(
    "attraction.intent.count", _("曾达成意向的线索数"), _("期末前曾达成意向的线索，不论后来如何"),
    lambda period, world: Q(intent_on__lte=period.end))
EFFECTIVE = leads(
    "attraction.effective.count", _("在谈有效信息数"),
    _("期末在谈的线索中，考察和会谈的次数达到本区规则「线索各阶段的证据」的，或已在起草合同的"),
    lambda period, world: in_negotiation(period.end) & conditions.effective(period, world), rule=rules.STAGES.code)
LATE = State(
    code="attraction.late.count", label=_("超时线索数"), unit="个", register=Lead, where=conditions.late, by=OF_LEAD,
    rule=rules.REPORTING.code,
    basis=_("期末未签约、未作未成处理的线索中，答复、研判、反馈的期限已过而没有办，或在谈而超过本区规则「在谈项目报告间隔」没有洽谈和报告的"))
NEGOTIATION_RATE, INTENT_RATE = (
    Ratio(code=code, label=label, unit="%", numerator=above, denominator=below,
          basis=format_lazy(_("{above} ÷ {below}"), above=above.label, below=below.label))
    for code, label, above, below in (
        ("attraction.rate.negotiation", _("线索进入洽谈率"), LEADS_NEGOTIATED, LEADS_KNOWN),
        ("attraction.rate.intent", _("洽谈达成意向率"), INTENT, LEADS_NEGOTIATED),
    )
)


# Planned capacity of leads in negotiation: units of one kind add up, those of different kinds never do

OF_CAPACITY = (
    Dimension("product", _("产品"), "product"), Dimension("lead", _("线索"), "lead__name"),
    Dimension("chain", _("产业链"), "lead__chain__name"))


def of_leads_in_negotiation(period: Period, world: World) -> Q:
    """Return the condition on capacities: the lead is in negotiation on the last day."""
    return conditions.of_leads(in_negotiation(period.end), world)


def _with_capacity(period: Period, world: World) -> Hung:
    return [(Lead, in_negotiation(period.end) & Q(id__in=world.rows(ProductCapacity).values("lead_id")))]


def capacity(name: str, base: str, what: Words) -> Indicator:
    """Define the planned capacity in one base unit."""
    unit = f"{base}/年"
    return Hanging(
        code=f"attraction.planned_capacity.{name}", label=format_lazy(_("在谈项目拟建产能（{what}）"), what=what), unit=unit,
        basis=format_lazy(_("期末在谈线索的拟建产能中，能换算成「{unit}」的之和；不同的产品相加只看规模，一种产品的见分组"), unit=unit),
        register=ProductCapacity, measure=Sum("yearly"), by=OF_CAPACITY, hangs=_with_capacity,
        where=lambda period, world: Q(base_unit=unit) & of_leads_in_negotiation(period, world))


CAPACITIES = [capacity(name, base, what) for base, (name, what) in BASE_UNITS.items()]
PRODUCTS = Hanging(
    code="attraction.in_negotiation.named_products.count", label=_("在谈项目点名的产品数"), unit="种",
    basis=_("期末在谈线索登记了拟建产能的产品，不同的各计一次；线索按条计，不按产品计"), register=ProductCapacity,
    measure=Count("product", distinct=True), where=of_leads_in_negotiation, hangs=_with_capacity)


# Segments


def _on_nodes(period: Period, world: World) -> Hung:
    on = period.end
    signed = world.rows(Lead).filter(conditions.signed(on), node_id__isnull=False)
    return [
        *((Lead, each & Q(node_id__isnull=False)) for each in (in_negotiation(on), conditions.signed(on))),
        (Project, Q(terminated_on__lte=on, lead_id__in=signed.values("id")))]


def nodes(code: str, label: Words, basis: Words, where: Callable[[Any, World], Q]) -> Indicator:
    """Define how many segments are in a state on the last day."""
    return Hanging(
        code=f"chains.nodes.{code}.count", label=label, unit="个", basis=basis, register=ChainNode, by=(BY_CHAIN, BY_POSITION),
        where=lambda period, world: where(period.end, world), hangs=_on_nodes)


NODES = {
    name: nodes(name, label, basis, where) for name, label, basis, where in (
        ("present", _("已有环节数"), _("期末有在册企业的环节"), conditions.present),
        ("contracted", _("已签约环节数"),
         _("期末没有在册企业、有线索已签约而没有未成的环节；由它签约的项目全部终止的不算"), conditions.contracted),
        ("in_negotiation", _("在谈环节数"), _("期末没有在册企业和已签约线索、有线索在谈的环节"), conditions.negotiating),
        ("gap", _("缺口环节数"), _("期末没有在册企业、没有已签约和在谈线索的环节；四种状态合起来是全部环节"), conditions.gap),
    )
}
BY_NODE = leads(
    "chains.leads.by_node", _("挂在环节上的在谈线索数"), _("期末在谈、选了环节的线索，按环节分"),
    lambda period, world: in_negotiation(period.end) & Q(node_id__isnull=False), by=OF_LEAD[1::-1])


# What was agreed on


def terms(code: str, label: Words, basis: Words, extra: Callable[[date, World], Q], hangs: Hangs) -> Indicator:
    """Define how many terms of signed leads fulfil the condition."""
    return Hanging(
        code=f"attraction.terms.{code}", label=label, unit="项", basis=basis, register=LeadTerm, hangs=hangs,
        where=lambda period, world: conditions.of_leads(conditions.signed(period.end), world) & extra(period.end, world))


def _signed_with_terms(period: Period, world: World) -> Hung:
    return [(Lead, conditions.signed(period.end) & Q(id__in=world.rows(LeadTerm).values("lead_id")))]


def _due_by_projects(period: Period, world: World) -> Hung:
    asked = world.rows(LeadTerm).filter(due_on=None)
    return [*_signed_with_terms(period, world), *(
        (Project, Q(**{f"{column}__lte": period.end, "lead_id__in": asked.filter(due_point=point).values("lead_id")}))
        for point, column in conditions.REACHED.items())]


AGREED = terms("count", _("签约线索的协议条款数"), _("期末已签约线索登记的协议条款"), lambda on, world: Q(), _signed_with_terms)
MET = terms(
    "met.count", _("已兑现的协议条款数"), _("签约线索的协议条款中，兑现日期不晚于期末的，不论是否到期"),
    lambda on, world: conditions.met(on), _signed_with_terms)
DUE = terms(
    "due.count", _("到期的协议条款数"),
    _("签约线索的协议条款中，约定兑现日期不晚于期末的；没有约定日期的，由它签约的项目期末已开工、投产、达产达效的"),
    conditions.due, _due_by_projects)
DUE_MET = terms(
    "due.met.count", _("到期已兑现的协议条款数"), _("到期的协议条款中，兑现日期不晚于期末的"),
    lambda on, world: conditions.due(on, world) & conditions.met(on), _due_by_projects)
UNMET = terms(
    "due.unmet.count", _("到期未兑现的协议条款数"), _("到期的协议条款中，期末还没有兑现的"),
    lambda on, world: conditions.due(on, world) & ~conditions.met(on), _due_by_projects)
MET_RATE = Rate(
    code="attraction.terms.met_rate", label=_("协议条款兑现率"), unit="%", numerator=DUE_MET, denominator=DUE,
    basis=_("到期已兑现的协议条款数 ÷ 到期的协议条款数；没有到期的不计"))


# What came of it

LARGE = Indicator(
    code="attraction.signed.large.count", label=_("本年新签约大项目数"), unit="个", register=Project, where=conditions.large,
    basis=_("签约日期在本年初至期末、计划总投资达到本区规则「大项目起点」的项目"), rule=rules.SIGNINGS.code)
ON_CHAIN = Indicator(
    code="attraction.signed.on_chain.count", label=_("本年签约的链上项目数"), unit="个", register=Project, where=conditions.on_chain,
    basis=_("签约日期在本年初至期末、线索在一条产业链上的项目"))
FIT_RATE = Ratio(
    code="attraction.fit_rate", label=_("产业契合度"), unit="%", numerator=ON_CHAIN, denominator=SIGNED_THIS_YEAR,
    basis=_("本年签约的链上项目数 ÷ 本年签约项目数"))
