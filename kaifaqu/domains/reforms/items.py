"""The items of a package: each a case at the body that decides it, with the days of its own that the catalogue gave it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases import keeping
from kaifaqu.cases.acting import provide
from kaifaqu.cases.models import Case, CaseStep, What, last
from kaifaqu.clocks.clocks import Moment
from kaifaqu.clocks.moments import Kind
from kaifaqu.clocks.rules import Named
from kaifaqu.domains.reforms.packages import LentQuerySet, Package, PackageKind
from kaifaqu.domains.reforms.packages_lifecycle import (
    DONE,
    HANDLING,
    IDLE,
    ITEM_LIFECYCLE,
    RUNNING,
    UNFINISHED,
    ItemStage,
)
from kaifaqu.domains.reforms.packages_schedule import cycle
from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.commit import Conflict
from kaifaqu.kernel.records import Record

HAPPENED = {  # what a step of a case is called at the counter
    What.ASSIGNED: _("递交"), What.RESPONDED: _("开始办理"), What.PAUSED: _("一次告知补正"), What.RESUMED: _("材料补齐"),
    What.OBJECTED: _("退回"), What.VERIFIED: _("交付结果"), What.PUT_OFF: _("中止计时"), What.TAKEN_UP: _("恢复计时"),
    What.REFUSED: _("随办件包撤回"),
}  # fmt: skip


PAPERS = "approval.papers"


class PackageItem(Case):
    """办理事项：办件包里的一个审批事项，由一个部门承办，受理之日起按承诺时限计时。

    One record is one approval of one project in one package; handed in again after it was given back, it is the same one.
    Its days are those of the catalogue when it was listed. The body (`holder`) sees its own items, the enterprise all of its
    package, whose it is (`requester` stays empty). 未启动 waits for what it needs; 补正 stands still by 行政许可法第三十二条.
    """

    STATED = ("received_on", "accepted_on", "resolved_on", "result")
    register = "package_items"
    columns = (
        "code", "package", "about", "item", "title", "phase", "body", "holder", "person", "specialist", "statutory_days", "promised_days",
        "demand", "opened_on", *STATED,
    )  # fmt: skip
    listed = (
        "code", "title", "about", "stage", "holder", "specialist", "statutory_days", "promised_days", "days_taken", "accepted_on",
        "resolution_due_on", "resolved_on",
    )  # fmt: skip
    code_prefix = "SX"
    headings = {
        "title": ("事项名称", "审批事项"), "body": ("审批部门", "责任部门"), "statutory_days": ("法定时限", "法定办结时限"),
        "promised_days": ("承诺时限", "承诺办结时限"), "specialist": ("代办员", "专员"), "resolved_on": ("办结时间",),
    }
    clock_codes = {Kind.RESPONSE: PAPERS, Kind.RESOLUTION: "approval.decision"}
    clock_names = {Kind.RESPONSE: _("受理或补正")}
    confirmed = False
    lifecycle = ITEM_LIFECYCLE
    without = frozenset((  # of these it has its own, or needs none
        "accept", "assign", "object", "refuse", "respond", "resolve", "pause", "resume", "put_off", "take_up", "verify", "reopen",
        "remind", "send_back"))

    package = models.ForeignKey(Package, models.PROTECT, verbose_name=_("办件包"), related_name="items")
    about = models.CharField(_("所办项目"), max_length=200, blank=True, help_text=_("不填的，取办件包的名称；承办单位看得到"))
    item = models.CharField(_("目录代码"), max_length=40)
    phase = models.CharField(_("办理阶段"), max_length=40, blank=True)
    body = models.CharField(_("目录中的审批部门"), max_length=100, blank=True)
    specialist = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("代办专员"), related_name="+")
    statutory_days = models.PositiveSmallIntegerField(_("法定时限（工作日）"))
    promised_days = models.PositiveSmallIntegerField(_("承诺时限（工作日）"))
    demand = models.TextField(_("申请材料"), blank=True)
    received_on = models.DateField(_("递交日期"), null=True, blank=True)
    accepted_on = models.DateField(_("受理日期"), null=True, blank=True)
    response_due_on = models.DateField(_("受理或补正期限"), null=True, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=12, choices=ItemStage, default=ItemStage.REGISTERED, editable=False)

    objects = LentQuerySet.as_manager()  # type: ignore[misc]  # a manager that asks the package, too

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("审批事项")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("package", "item"), condition=Q(archived_at=None), name="packageitem_once",
            violation_error_message=_("这个办件包里已经有这个事项。"))]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="packageitem_due")]

    def __str__(self) -> str:
        return f"{self.code} {self.title} {self.about}".strip()

    @classmethod
    def lent_to(cls, owners: Any) -> Q:
        """Return the condition: one of these parties decides it, or is the enterprise of its package."""
        return Q(holder__in=owners) | Package.lent_to(owners, "package__")

    @property
    def party_id(self) -> int | None:
        """Return the number of the party of its package's enterprise."""
        return self.package.party_id

    def parties(self) -> set[int]:
        """Return the numbers of its owner, of the body and of the enterprise's party."""
        return {pk for pk in (self.owner_id, self.holder_id, self.party_id) if pk}

    def own(self, kind: Kind, named: Named) -> Named:
        """Return the clock of the decision with the days that the catalogue promised for this item.

        Until it is taken in, it is not due before the time is over in which the body may still tell what is missing.
        """
        if kind is not Kind.RESOLUTION:
            return named
        basis = _t("事项目录：承诺 {promised} 个工作日，法定 {statutory} 个工作日").format(
            promised=self.promised_days, statutory=self.statutory_days)
        papers = None if self.accepted_on else keeping.named_on(self.owner_id, self.opened_on, keeping.laid_down()).get(PAPERS)
        days = max(self.promised_days, papers.rule.amount) if papers else self.promised_days
        return replace(named, rule=replace(named.rule, amount=days), basis=basis)

    def began(self, kind: Kind) -> Moment | None:
        """Return the day of acceptance, else that of reception: whoever is silent has taken it in by law from then on."""
        return self.accepted_on or self.received_on if kind is Kind.RESOLUTION else self.received_on

    def granted(self, steps: Any) -> int:
        """Return how much more time was granted since it was handed in last."""
        submitted = last(steps, What.ASSIGNED)
        return super().granted(steps[steps.index(submitted):] if submitted else steps)

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: nothing is owed before it is handed in."""
        if verb == "ask" and self.stage not in RUNNING or verb in ("update", "remind") and self.stage in IDLE:
            return False
        return super().offers(verb)

    def derived(self) -> dict[str, Any]:
        """Return what a case has; what it is about is that of the package."""
        return {**super().derived(), "about": self.about or self.package.title}

    def _stage(self) -> dict[str, Any]:
        stages = ((ItemStage.CLOSED, self.resolved_on), (ItemStage.ACCEPTED, self.accepted_on), (ItemStage.ASSIGNED, self.received_on))
        stage = next((stage for stage, fact in stages if fact), ItemStage.REGISTERED)
        return {"stage": stage, "historical": any(getattr(self, name) for name in self.STATED)}

    def clean(self) -> None:
        """Refuse another owner's package, days that cannot be, and a promise that is longer than the law."""
        super().clean()
        problems = []
        if self.archived_at is None:
            refuse_foreign(self, "package")
        if not 0 < self.promised_days <= self.statutory_days:
            problems.append(_t("「承诺时限」{promised} 应不少于 1、不多于「法定时限」{statutory}。").format(
                promised=self.promised_days, statutory=self.statutory_days))
        days = [day for day in (self.received_on, self.accepted_on, self.resolved_on) if day]
        if days != sorted(days):
            problems.append(_t("递交、受理、办结的日期请按先后填写。"))
        if problems:
            raise ValidationError(problems)

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError for what is carried through twice for one project, and for prerequisites across two packages."""
        keys = [each.pk for each in written if each.archived_at is None]
        running = cls.objects.current().filter(package__stage__in=UNFINISHED).exclude(stage__in=DONE)
        twice = running.filter(pk__in=keys).annotate(other=Subquery(running.filter(
            package__project=OuterRef("package__project"), item=OuterRef("item")).exclude(package=OuterRef("package")).values(
                "package__code")[:1])).exclude(other=None)
        problems = [_t("{item}：同一项目的办件包 {package} 里已经有这个事项，还没有办结，一个事项只办一次。").format(
            item=each, package=cast(Any, each).other) for each in twice.order_by("id")]
        pairs = ItemNeed.objects.current().filter(Q(item__in=keys) | Q(needs__in=keys)).exclude(item__package=F("needs__package"))
        problems += [_t("前置事项 {pair} 跨了两个办件包，请先归档它再换办件包。").format(pair=each)
                     for each in pairs.select_related("item", "needs")]
        if problems:
            raise ValidationError(problems)

    @classmethod
    def open(cls) -> Q:
        """Return the condition: it lies with the body, which has not done its part."""
        return ~Q(stage__in=(*IDLE, *DONE))

    @classmethod
    def held_by(cls, user_id: int, units: Any) -> Q:
        """Return the condition: the agent brings what is missing, else the body does its part."""
        papers = Q(stage=ItemStage.SUSPENDED)
        return papers & Q(specialist=user_id) | ~papers & super().held_by(user_id, units)

    @classmethod
    def asked_of_office(cls) -> Q:
        """Return the condition: more time is asked for, a result is to be handed over, or it can be handed in."""
        ready = Q(stage__in=IDLE, package__stage__in=UNFINISHED) & ~Q(pk__in=waiting())
        return ready | Q(stage=ItemStage.RESOLVED) | Q(asked__isnull=False)


class PackageItemStep(CaseStep):
    """审批事项办理记录：对一个事项所做的一步：递交、受理、补正、办结、交付等。"""

    register = "package_item_steps"
    subject = models.ForeignKey(PackageItem, models.PROTECT, verbose_name=_("审批事项"), related_name="+")
    kind = models.CharField(_("事由"), max_length=12, choices=[(each.value, HAPPENED.get(each, each.label)) for each in What])

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("审批事项办理记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="packageitemstep_subject")]


    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise Conflict where what waited for two decisions was forgotten because both were planned at the same time."""
        decided = [each.subject for each in written if each.kind == What.RESOLVED and each.archived_at is None]
        released = ItemNeed.objects.current().filter(
            needs__in=decided, item__stage=ItemStage.REGISTERED, item__archived_at=None, item__holder__isnull=False,
            item__package__kind=PackageKind.INTEGRATED, item__package__stage=HANDLING).exclude(item__in=waiting())
        if decided and released.exists():
            raise Conflict(*decided)


provide(PackageItem, PackageItemStep)


class ItemNeed(Record):
    """前置事项：一个事项要等同一办件包里的另一个事项办结。

    One record is one pair; an item that waits for two others has two. It is the owner's own: it names two items, of which a body
    may see only one.
    """

    register = "item_needs"
    columns = ("code", "item", "needs")
    revives = False
    code_prefix = "QZ"
    keys = (("item", "needs"), ("code",))
    item = models.ForeignKey(PackageItem, models.PROTECT, verbose_name=_("事项"), related_name="+")
    needs = models.ForeignKey(PackageItem, models.PROTECT, verbose_name=_("前置事项"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("前置事项")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("item", "needs"), condition=Q(archived_at=None), name="itemneed_once",
            violation_error_message=_("这个前置事项已经登记过。"))]

    def __str__(self) -> str:
        return f"{self.item.title} ← {self.needs.title}"

    def clean(self) -> None:
        """Refuse another owner's item, and one of another package."""
        if self.archived_at is None:
            refuse_foreign(self, "item", "needs")
            if self.item.package != self.needs.package:
                raise ValidationError(_t("「前置事项」{needs} 不在同一个办件包里。").format(needs=self.needs))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError, with the names along it, where prerequisites now go in a circle."""
        packages = {cast(Any, each).item.package_id for each in written if each.archived_at is None}
        rows = list(cls.objects.current().filter(item__package_id__in=packages).select_related("item"))
        titles = {each.item_id: each.item.title for each in rows}
        if circle := cycle(needs_of(rows)):
            raise ValidationError(_t("前置事项绕成了一圈：{names}。请去掉其中一个前置。").format(
                names=" → ".join(titles[key] for key in circle)))


def waiting() -> Any:
    """Return the numbers of the items that wait for another one, which is not done."""
    return ItemNeed.objects.current().filter(needs__archived_at=None).exclude(needs__stage__in=DONE).values("item")


def needs_of(rows: Iterable[ItemNeed]) -> dict[int, list[int]]:
    """Return by item the items that it needs."""
    found: dict[int, list[int]] = {}
    for each in rows:
        found.setdefault(each.item_id, []).append(each.needs_id)
    return found
