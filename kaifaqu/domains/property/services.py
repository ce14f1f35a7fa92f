"""Services for enterprises: what is offered, who provides it, and what an enterprise asked for, as a case that it rates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import OFFICE, Moving, provide
from kaifaqu.cases.lifecycle import FIRST, WITH_HOLDER, Stage
from kaifaqu.cases.models import Case, CaseStep, What
from kaifaqu.clocks.moments import Kind
from kaifaqu.clocks.rules import Named
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, Party, User, refuse_foreign
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_nothing
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps


class ServiceKind(models.TextChoices):
    """What a service is about: the six kinds that the page names, and others."""

    REGISTRATION = "registration", _("工商")
    TAX = "tax", _("税务")
    PUBLICITY = "publicity", _("宣发")
    FINANCE = "finance", _("金融")
    LAW = "law", _("法律")
    LOGISTICS = "logistics", _("物流")
    OTHER = "other", _("其他服务")


class ServiceItem(Record):
    """服务事项：服务目录上企业可以提出的一项服务。

    One record is one entry of the catalogue; the same service by several providers is one entry with several providers.
    """

    register = "service_items"
    columns = ("code", "name", "kind", "days", "description")
    code_prefix = "FW"
    keys = (("code",), ("name",))
    headings = {"name": ("服务名称", "服务项目"), "kind": ("类别",), "days": ("办理时限", "承诺时限"), "description": ("服务内容", "说明")}

    name = models.CharField(_("服务事项"), max_length=100)
    kind = models.CharField(_("服务类别"), max_length=12, choices=ServiceKind)
    days = models.PositiveSmallIntegerField(
        _("办理时限（工作日）"), null=True, blank=True, help_text=_("不填的，按办理时限规则"))
    description = models.TextField(_("内容和所需材料"), blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("服务事项")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse a time of no days."""
        super().clean()
        refuse_nothing(self, "days")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse an entry that goes away under its providers or requests."""
        refuse_leaving(written)


class ServiceProvider(Dated):
    """服务商：一家机构自某日起提供一项服务；公司自己提供的，也登记为服务商。

    One record is one firm for one entry of the catalogue; a firm that provides three services has three. `name` is what the
    catalogue calls it, for whoever may see the catalogue and not the company's ledger of firms.
    """

    register = "service_providers"
    columns = ("code", "item", "enterprise", "name", "since", "until")
    code_prefix = "FS"
    keys = (("item", "enterprise", "since"), ("code",))
    headings = {"enterprise": ("机构", "服务机构", "机构名称"), "item": ("服务名称",)}

    item = models.ForeignKey(ServiceItem, models.PROTECT, verbose_name=_("服务事项"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("服务机构"), related_name="+")
    name = models.CharField(_("对外名称"), max_length=200, blank=True, help_text=_("不填的，取机构的名称"))

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("服务商")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def derived(self) -> dict[str, Any]:
        """Return the name, which is the firm's where no other is given."""
        return {"name": self.name or self.enterprise.name}

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's entry or firm."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "item", "enterprise")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse one firm twice for one service on one day."""
        refuse_overlaps(written, "item", "enterprise")


class ServiceRequest(Case):
    """服务需求：一家企业就一项服务提出的一次需求：下单、接单、完成，由企业确认并评价。

    One record is one order of one service. Who asked (`requester`) sees how it stands, and he alone rates it.
    """

    register = "service_requests"
    columns = ("code", "item", "title", "enterprise", "provider", "fee", *(
        name for name in Case.columns if name not in ("code", "title")))
    listed = ("code", "title", "enterprise", "provider", "stage", "opened_on", "resolution_due_on", "resolved_on", "satisfaction")
    code_prefix = "XQ"
    headings = {
        "item": ("服务名称", "服务项目"), "enterprise": ("企业", "企业名称", "下单企业"), "opened_on": ("下单日期", "提出日期"),
        "resolved_on": ("完成日期", "完成时间"), "demand": ("需求说明",), "satisfaction": ("评价",), "fee": ("收费", "金额"),
    }
    clock_codes = {Kind.RESOLUTION: "service.request"}

    title = models.CharField(_("需求"), max_length=200, blank=True, help_text=_("不填的，取服务事项的名称"))
    item = models.ForeignKey(ServiceItem, models.PROTECT, verbose_name=_("服务事项"), related_name="+")
    provider = models.ForeignKey(ServiceProvider, models.PROTECT, null=True, blank=True, verbose_name=_("服务商"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("提出企业"), related_name="+")
    fee = ExactField(_("服务费（元）"), scale=2, null=True, blank=True)

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("服务需求")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="servicerequest_due")]

    def own(self, kind: Kind, named: Named) -> Named:
        """Return the clock with the days that the catalogue promises for the service."""
        if self.item.days is None:
            return named
        basis = _t("服务目录：{item} {days} 个工作日").format(item=self.item, days=self.item.days)
        return replace(named, rule=replace(named.rule, amount=self.item.days), basis=basis)

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: it is given to a provider while nobody has done it."""
        return self.stage in (*FIRST, *WITH_HOLDER) if verb == "place" else super().offers(verb)

    def derived(self) -> dict[str, Any]:
        """Return what a case has, its title, and the party of the enterprise that asked."""
        requester = self.requester or (self.enterprise.party if self.enterprise else None)
        return {**super().derived(), "title": self.title or self.item.name, "requester": requester}

    def clean(self) -> None:
        """Refuse days that cannot be, a provider of something else, and another owner's records."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "item", "provider", "enterprise")
        if self.provider is not None:
            refuse_other(self.item, self.provider)


def refuse_other(item: ServiceItem, provider: ServiceProvider) -> None:
    """Raise ValidationError for a provider of another service."""
    if provider.item_id != item.pk:
        raise ValidationError(_t("服务商 {provider} 提供的不是「{item}」，请在这项服务的服务商里选。").format(
            provider=provider, item=item))


class ServiceRequestStep(CaseStep):
    """服务办理记录：对一次服务需求所做的一步：接单、派单、完成、评价等。"""

    register = "service_request_steps"
    subject = models.ForeignKey(ServiceRequest, models.PROTECT, verbose_name=_("服务需求"), related_name="+")

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("服务办理记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="servicestep_subject")]


provide(ServiceRequest, ServiceRequestStep)


@action("service_requests.order", right="service_requests.order", label=_("提出服务需求"), creates=ServiceRequest)
def order(
    owner: Party, *, by: User, version: int = 0, item: ServiceItem, demand: Annotated[str, _("需求说明")],
    provider: Annotated[ServiceProvider | None, _("服务商（可不选，由公司指派）")] = None,
) -> Change:
    """Plan what an enterprise's own people ask for: it is opened now, and the enterprise's own to follow and to rate.

    Raise ValidationError for who works for no enterprise with an account, or for several.
    """
    parties = {pk for pk in by.owners("service_requests.confirm") if pk != owner.pk} if by.pk else set()
    if len(parties) != 1:
        raise ValidationError(_t("服务需求由一家企业的账户为本企业提出；公司代为登记请用「登记」。"))
    [party] = Party.objects.current().filter(pk__in=parties)
    now = clock.now().astimezone(clock.ZONE)
    return Change(ServiceRequest(owner=owner), {
        "item": item, "provider": provider, "demand": demand, "requester": party, "opened_on": now.date(), "opened_time": f"{now:%H:%M}",
        "enterprise": Enterprise.objects.current().filter(owner=owner, party=party).first(),
    })  # fmt: skip


@action("service_requests.place", right="service_requests.edit", label=_("派单"), of=OFFICE)
def place(
    request: ServiceRequest, *, by: User, version: int, provider: ServiceProvider, text: Annotated[str, _("情况说明")] = "",
) -> Iterator[Change]:
    """Plan that a provider does it: its party holds the case where it has an account, else the company keeps it.

    Raise ValidationError for a provider of another service, or one that no longer provides it.
    """
    refuse_other(request.item, provider)
    if not ServiceProvider.objects.current().filter(ServiceProvider.on(clock.today()), pk=provider.pk).exists():
        raise ValidationError(_t("服务商 {provider} 现在不提供这项服务，请另选。").format(provider=provider))
    holder = provider.enterprise.party or Party.objects.get(pk=request.owner_id)
    yield from Moving(request, by, What.ASSIGNED, None, text).plan(Stage.ASSIGNED, {"provider": provider, "holder": holder}, holder=holder)
