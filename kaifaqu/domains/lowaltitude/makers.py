"""Who makes and who flies, what is made, how far prototypes are, and each aircraft with its delivery."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.rules import permits
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.milestones import Milestones, evidence, milestone
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.spans import refuse_overlaps


class Role(models.TextChoices):
    """What an enterprise is in general aviation; it may be both."""

    MAKER = "maker", _("制造")
    OPERATOR = "operator", _("运营")


class Scenario(models.TextChoices):
    """The fields of application that the newspaper page of the demo names."""

    EVENTS = "events", _("赛事活动")
    TOURISM = "tourism", _("低空旅游")
    TECHNOLOGY = "technology", _("科技创新")
    STUDY = "study", _("科普研学")


class AviationRole(Dated):
    """通航企业角色：一家企业自某日起从事通航制造或通航运营，到退出之日止。

    One record is one role of one enterprise for a time. A firm that makes and flies has two, and counts once among all. What
    permits it is a certificate, which the register of qualifications keeps.
    """

    register = "aviation_roles"
    columns = ("code", "enterprise", "role", "scenario", "business", "since", "until")
    code_prefix = "TH"
    keys = (("enterprise", "role", "since"), ("code",))
    headings = {
        "enterprise": ("企业名称", "单位名称"), "role": ("类型", "企业类型"), "business": ("主营业务", "经营项目"), "since": ("入驻日期",)}

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("企业"), related_name="+")
    role = models.CharField(_("通航角色"), max_length=12, choices=Role)
    scenario = models.CharField(_("主要应用场景"), max_length=12, choices=Scenario, blank=True)
    business = models.CharField(_("业务内容"), max_length=100, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("通航企业角色")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.get_role_display()}"

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise")

    @classmethod
    def refuse_together(cls, written: list["AviationRole"]) -> None:
        """Refuse the same role of one enterprise twice on a day."""
        refuse_overlaps(written, "enterprise_id", "role")


class Direction(models.TextChoices):
    """The directions of manufacture that the zone pursues."""

    LIGHT_AIRCRAFT = "light_aircraft", _("轻型飞机")
    ENGINE = "engine", _("航空发动机")
    COMPONENT = "component", _("精密元器件")


class ProductKind(models.TextChoices):
    """What a product is by itself."""

    AIRCRAFT = "aircraft", _("整机")
    PART = "part", _("部件")
    BIRD_LASER = "bird_laser", _("机载激光驱鸟设备")
    EQUIPMENT = "equipment", _("其他机载或地面设备")


class ProductStage(models.TextChoices):
    """Where a product stands by its dates."""

    PLANNED = "planned", _("筹备")
    DEVELOPING = "developing", _("研制")
    PRODUCING = "producing", _("生产")
    ENDED = "ended", _("停产")


class AviationProduct(Milestones):
    """通航产品：一家制造企业的一个机型、一型产品或一个产品方向；状态由日期得出。

    One record is one model, or one line where there are no models yet. Formalities of its plant are those of the project
    that it names. Of a product for the military only that there is one is written.
    """

    register = "aviation_products"
    columns = (
        "code", "name", "maker", "direction", "kind", "military", "project", "began_on", "produced_on", "ended_on", "sole_base_evidence")
    listed = ("code", "name", "maker", "direction", "kind", "stage")
    code_prefix = "CP"
    keys = (("code",), ("maker", "name"))
    headings = {"name": ("产品", "机型", "产品方向"), "maker": ("企业", "企业名称", "制造企业"), "produced_on": ("量产日期",)}
    ORDER = ("began_on", "produced_on")
    LAST = "ended_on"
    UNTOLD = ("project", "began_on", "produced_on", "sole_base_evidence")  # of what is made for the military

    name = models.CharField(_("产品名称"), max_length=100, help_text=_("整机写机型，与证书上的型号一致；涉军的只写方向"))
    maker = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("制造企业"), related_name="+")
    direction = models.CharField(_("制造方向"), max_length=16, choices=Direction, blank=True)
    kind = models.CharField(_("产品种类"), max_length=12, choices=ProductKind)
    military = models.BooleanField(_("涉军"), default=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, verbose_name=_("建设项目"), related_name="+")
    began_on = milestone(_("开始研制日期"))
    produced_on = milestone(_("投产日期"))
    ended_on = milestone(_("停产日期"))
    sole_base_evidence = evidence(_("唯一生产基地的依据"))
    stage = models.CharField(_("状态"), max_length=12, choices=ProductStage, default=ProductStage.PLANNED)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("通航产品")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("maker", "name"), condition=Q(archived_at=None), name="aviationproduct_once",
            violation_error_message=_("这家企业的这个产品已经登记。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say."""
        latest_first = (
            (ProductStage.ENDED, self.ended_on), (ProductStage.PRODUCING, self.produced_on), (ProductStage.DEVELOPING, self.began_on))
        return {"stage": next((stage for stage, day in latest_first if day), ProductStage.PLANNED)}

    def clean(self) -> None:
        """Refuse dates that cannot be, another owner's enterprise or project, and what is not written of the military."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "maker", "project")
            if self.military and any(getattr(self, name) for name in self.UNTOLD):
                raise ValidationError(_t("涉军产品只记有这个方向：建设项目、研制和投产日期、唯一生产基地的依据请空着。"))

    @classmethod
    def refuse_together(cls, written: list["AviationProduct"]) -> None:
        """Refuse to let a product go away under its prototypes, and one that has become military with them."""
        refuse_leaving(written)
        military = [each.pk for each in written if each.military and each.archived_at is None]
        if PrototypeEvent.objects.current().filter(product_id__in=military).exists():
            raise ValidationError(_t("涉军产品不留样机进度，请先归档它们。"))


class PrototypeStage(models.TextChoices):
    """What happens to a prototype."""

    ASSEMBLED = "assembled", _("完成组装")
    TESTED = "tested", _("完成测试")


class PrototypeEvent(Record):
    """样机进度：一台样机在一天完成了组装或测试。

    One record is one stage of one prototype; a test that is done again is another prototype's, or a correction.
    """

    register = "prototype_events"
    columns = ("code", "product", "prototype", "stage", "reached_on", "reached_evidence")
    code_prefix = "YG"
    keys = (("product", "prototype", "stage"), ("code",))
    headings = {"product": ("产品",), "prototype": ("样机",), "stage": ("节点", "阶段"), "reached_on": ("日期", "完成时间")}

    product = models.ForeignKey(AviationProduct, models.PROTECT, verbose_name=_("通航产品"), related_name="+")
    prototype = models.CharField(_("样机编号"), max_length=40)
    stage = models.CharField(_("样机节点"), max_length=12, choices=PrototypeStage)
    reached_on = models.DateField(_("完成日期"))
    reached_evidence = evidence(_("完成依据"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("样机进度")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("product", "prototype", "stage"), condition=Q(archived_at=None), name="prototypeevent_once",
            violation_error_message=_("这台样机的这个节点已经登记。"))]

    def __str__(self) -> str:
        return f"{self.prototype} {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a day that has not come, another owner's product, and one of which nothing is told."""
        super().clean()
        refuse_ahead(self, "reached_on")
        if self.archived_at is None:
            refuse_foreign(self, "product")
            if self.product.military:
                raise ValidationError(_t("{product} 涉军：不登记样机进度。").format(product=self.product))

    @classmethod
    def refuse_together(cls, written: list["PrototypeEvent"]) -> None:
        """Refuse a prototype that was tested before it was assembled."""
        days: dict[tuple[int, str], dict[str, date]] = {}
        for each in cls.objects.current().filter(product_id__in={row.product_id for row in written}):
            days.setdefault((each.product_id, each.prototype), {})[each.stage] = each.reached_on
        problems = [
            _t("样机 {prototype}：测试日期 {tested} 早于组装日期 {assembled}，请核对。").format(prototype=prototype, **told)
            for (_product, prototype), told in days.items() if len(told) == len(PrototypeStage) and told["tested"] < told["assembled"]]
        if problems:
            raise ValidationError(problems)


class Aircraft(Record):
    """航空器：有出厂序列号的一架飞机；制造企业登记它的交付，运营单位登记它的国籍登记号。

    One record is one serial number of one maker, and so has at most one delivery, of a day on which an approval of that
    model was valid. Whoever only flies an aircraft leaves the delivery empty: the maker's ledger has it.
    """

    register = "aircraft"
    columns = ("code", "serial_number", "model", "maker", "registration", "delivered_on", "buyer", "delivered_evidence")
    listed = ("code", "serial_number", "model", "maker", "registration", "delivered_on", "buyer")
    code_prefix = "HK"
    keys = (("maker", "serial_number"), ("code",))
    headings = {
        "serial_number": ("序列号", "出厂编号", "机号"), "model": ("机型",), "maker": ("制造商", "生产企业"), "registration": ("注册号",),
        "delivered_on": ("交付时间",), "buyer": ("客户", "用户", "购买方")}

    serial_number = models.CharField(_("出厂序列号"), max_length=40)
    model = models.CharField(_("型号"), max_length=40)
    maker = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("制造企业"), related_name="+")
    registration = models.CharField(_("国籍登记号"), max_length=20, blank=True)
    delivered_on = models.DateField(_("交付日期"), null=True, blank=True)
    buyer = models.CharField(_("接收方"), max_length=100, blank=True, help_text=_("单位名称；个人写代号"))
    delivered_evidence = evidence(_("交付凭证"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("航空器")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("maker", "serial_number"), condition=Q(archived_at=None), name="aircraft_serial_number",
            violation_error_message=_("这家企业的这个出厂序列号已经登记；一个序列号只交付一次。"))]

    def __str__(self) -> str:
        return f"{self.serial_number} {self.model}"

    def clean(self) -> None:
        """Refuse half a delivery, one to come, and one of a day on which no approval of the model was valid."""
        super().clean()
        refuse_ahead(self, "delivered_on")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "maker")
        if (self.delivered_on is None) != (not self.buyer):
            raise ValidationError(_t("「交付日期」和「接收方」要一起填。"))
        same = {name: getattr(self, name) for name in ("pk", "delivered_on", "model", "maker_id")}
        if self.delivered_on is None or self.pk and Aircraft.objects.filter(**same).exists():
            return  # what was delivered stays so, though its certificate be corrected: the record's page says so
        if not permits(self.owner_id, self.maker_id, self.model, self.delivered_on):
            told = _t("{day} 没有 {maker} 生产 {model} 的有效批准，不能交付。请先在「资质证照」登记，或核对型号和日期。")
            raise ValidationError(told.format(day=self.delivered_on, maker=self.maker, model=self.model))

    @classmethod
    def refuse_together(cls, written: list["Aircraft"]) -> None:
        """Refuse to let an aircraft go away under its sorties."""
        refuse_leaving(written)

    def warnings(self) -> list[str]:
        """Say that no approval of the model is valid: on the day of its delivery, or today where it is still to be delivered."""
        day = self.delivered_on or clock.today()
        if permits(self.owner_id, self.maker_id, self.model, day) or self.delivered_on is None and self.registration:
            return []
        return [_t("{day} 没有这个型号的有效生产批准：过期的请先续办，登记有误的请更正证照。").format(day=day)]
