"""Figures about 全代办 and 集成办理: projects, items, working days promised, taken and saved, and what is overdue."""

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.models import Package, PackageItem
from kaifaqu.domains.reforms.packages import PackageKind
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.states import State

OF_PACKAGES = (Dimension("project", _("项目"), "project__name"),)
OF_ITEMS = (
    Dimension("body", _("承办单位"), "holder__name"), Dimension("package_project", _("项目"), "package__project__name"),
    Dimension("phase", _("办理阶段"), "phase"),
)  # fmt: skip


def entrusted(kind: str, period: Period) -> Q:
    """Return the condition: a package of the kind, entrusted by the last day of the period and on it not withdrawn."""
    return Q(kind=kind, entrusted_on__lte=period.end) & ~Q(withdrawn_on__lte=period.end)


def within(kind: str, period: Period, world: World) -> Q:
    """Return the condition: an item of such a package."""
    return Q(opened_on__lte=period.end, package_id__in=world.rows(Package).filter(entrusted(kind, period)).values("id"))


def submitted(period: Period) -> Q:
    """Return the condition: a package of 集成办理, handed in by the last day of the period and on it not withdrawn."""
    return Q(kind=PackageKind.INTEGRATED, submitted_on__lte=period.end) & ~Q(withdrawn_on__lte=period.end)


def overdue(period: Period, world: World) -> Q:
    """Return the condition: on the last day of the period with its body and not done, though its time was over the day before."""
    withdrawn = world.rows(Package).filter(withdrawn_on__lte=period.end).values("id")
    return Q(received_on__lte=period.end, resolution_due_on__lt=period.end) & ~(
        Q(resolved_on__lte=period.end) | Q(package_id__in=withdrawn))


def decided(period: Period) -> Q:
    """Return the condition: decided in the period, and it is known when it was taken in, so how long it took."""
    return during("resolved_on", period) & Q(accepted_on__isnull=False)


AGENCY_PROJECTS = Indicator(
    code="reforms.agency.projects", label=_("全代办项目数"), unit="个", register=Package, by=OF_PACKAGES,
    measure=Count("project", distinct=True), basis=_("期末已委托全代办、列有事项、没有撤回的项目，一个项目计一次"),
    where=lambda period, world: entrusted(PackageKind.AGENCY, period) & Q(
        id__in=world.rows(PackageItem).filter(opened_on__lte=period.end).values("package_id")))
AGENCY_ITEMS = Indicator(
    code="reforms.agency.items", label=_("全代办事项数"), unit="项", register=PackageItem, by=OF_ITEMS,
    basis=_("期末已委托、没有撤回的全代办办件包中的事项，一个事项计一次；集成办理的不算在内"),
    where=lambda period, world: within(PackageKind.AGENCY, period, world))
ITEMS_PER_PROJECT = Ratio(
    code="reforms.agency.items_per_project", label=_("每个全代办项目平均事项数"), unit="项/个", times=1,
    basis=_("全代办事项数 ÷ 全代办项目数"), numerator=AGENCY_ITEMS, denominator=AGENCY_PROJECTS)
INTEGRATED_PROJECTS = Indicator(
    code="reforms.integrated.projects", label=_("集成办理项目数"), unit="个", register=Package, by=OF_PACKAGES,
    measure=Count("project", distinct=True), basis=_("期末已提交集成办理、没有撤回的项目，一个项目计一次"),
    where=lambda period, world: submitted(period))
DAYS_SAVED = Indicator(
    code="reforms.integrated.days_saved", label=_("集成办理节省工作日"), unit="工作日", register=Package, by=OF_PACKAGES,
    measure=Sum("days_saved"),
    basis=_("期内办结的集成办理：法定最长路径的工作日减去从递交到最后一个结果实际用的工作日（补正、中止的日子也算在实际用时里）"),
    where=lambda period, world: Q(kind=PackageKind.INTEGRATED) & during("finished_on", period))
OVERDUE = State(
    code="reforms.items.overdue.count", label=_("超期审批事项数"), unit="项", register=PackageItem, by=OF_ITEMS,
    basis=_("期末没有办结，承诺时限在期末以前已到的事项，不含已撤回的办件包；收到材料后没有按期告知补正也没有受理的，自收到之日起算；补正、中止的不计时"),
    where=overdue)
DECIDED = Indicator(
    code="reforms.items.decided.count", label=_("办结审批事项数"), unit="项", register=PackageItem, by=OF_ITEMS,
    basis=_("办结日期在期内的事项"), where=lambda period, world: during("resolved_on", period))
DAYS_TAKEN = Indicator(
    code="reforms.items.days_taken", label=_("办结事项实际用时合计"), unit="工作日", register=PackageItem, by=OF_ITEMS,
    measure=Sum("days_taken"), basis=_("期内办结、知道受理日期的事项从受理次日到办结日的工作日，不含补正和中止的日子"),
    where=lambda period, world: decided(period))
DAYS_PROMISED = Indicator(
    code="reforms.items.days_promised", label=_("办结事项承诺时限合计"), unit="工作日", register=PackageItem, by=OF_ITEMS,
    measure=Sum("promised_days"), basis=_("期内办结、知道受理日期的事项的承诺工作日"), where=lambda period, world: decided(period))
DAYS_STATUTORY = Indicator(
    code="reforms.items.days_statutory", label=_("办结事项法定时限合计"), unit="工作日", register=PackageItem, by=OF_ITEMS,
    measure=Sum("statutory_days"), basis=_("期内办结、知道受理日期的事项的法定工作日"), where=lambda period, world: decided(period))
TAKEN_OF_PROMISED = Ratio(
    code="reforms.items.taken_of_promised", label=_("实际用时占承诺时限"), unit="%", by=OF_ITEMS,
    basis=_("办结事项实际用时合计 ÷ 办结事项承诺时限合计"), numerator=DAYS_TAKEN, denominator=DAYS_PROMISED)
TAKEN_OF_STATUTORY = Ratio(
    code="reforms.items.taken_of_statutory", label=_("实际用时占法定时限"), unit="%", by=OF_ITEMS,
    basis=_("办结事项实际用时合计 ÷ 办结事项法定时限合计"), numerator=DAYS_TAKEN, denominator=DAYS_STATUTORY)
