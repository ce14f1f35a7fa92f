"""Production: runs of the lines, tests of the machines that come off them, and deliveries, which a failed test stops."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.orders import InstituteOrder
from kaifaqu.domains.research.products import RDProduct
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving


class ProductionRun(Record):
    """生产班次：一条生产线一个班生产一种产品.

    One record is one line, one shift of one day and one product.
    """

    register = "production_runs"
    columns = ("code", "line", "run_on", "shift", "product", "order", "units")
    code_prefix = "SC"
    keys = (("code",), ("line", "run_on", "shift", "product"))
    totals = ("units",)
    headings = {"line": ("产线",), "run_on": ("日期",), "shift": ("班",), "units": ("产量",)}

    line = models.CharField(_("生产线"), max_length=60)
    run_on = models.DateField(_("生产日期"))
    shift = models.CharField(_("班次"), max_length=20, blank=True)
    product = models.ForeignKey(RDProduct, models.PROTECT, verbose_name=_("产品"), related_name="+")
    order = models.ForeignKey(InstituteOrder, models.PROTECT, null=True, blank=True, verbose_name=_("业务订单"), related_name="+")
    units = models.PositiveIntegerField(_("产出（台）"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("生产班次")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "line", "run_on", "shift", "product"), condition=Q(archived_at=None), name="productionrun_once",
            violation_error_message=_("这条线这一班的这种产品已经登记；数变了的，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.line} {self.run_on}"

    def clean(self) -> None:
        """Refuse a day to come, and another owner's product or order."""
        super().clean()
        refuse_ahead(self, "run_on")
        if self.archived_at is None:
            refuse_foreign(self, "product", "order")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a run of whose machines there are tests."""
        refuse_leaving(written)


class ProductTest(Record):
    """出厂检验：一台产品的一次出厂检验；不合格的返工以后再检，另登记一次.

    One record is one test of one machine; the last one by a day says whether the machine may be delivered on it.
    """

    register = "product_tests"
    columns = ("code", "product", "serial", "run", "tested_on", "passed", "defect")
    code_prefix = "JY"
    headings = {"serial": ("机号",), "tested_on": ("检验时间",), "passed": ("是否合格",), "defect": ("缺陷",)}

    product = models.ForeignKey(RDProduct, models.PROTECT, verbose_name=_("产品"), related_name="+")
    serial = models.CharField(_("出厂编号"), max_length=40)
    run = models.ForeignKey(ProductionRun, models.PROTECT, null=True, blank=True, verbose_name=_("生产班次"), related_name="+")
    tested_on = models.DateField(_("检验日期"))
    passed = models.BooleanField(_("合格"), default=False)
    defect = models.CharField(_("不合格项"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("出厂检验")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.serial}"

    def clean(self) -> None:
        """Refuse a day to come, another owner's product or run, and a run of another product."""
        super().clean()
        refuse_ahead(self, "tested_on")
        if self.archived_at is None:
            refuse_foreign(self, "product", "run")
            if self.run is not None and self.run.product_id != self.product_id:
                raise ValidationError(_t("{run} 生产的不是这种产品，请核对。").format(run=self.run))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse what would leave a machine delivered that had not passed."""
        versions: Any = cls.Version.objects.filter(id__in=[each.pk for each in written])  # what it was a test of before, too
        refuse_untested(versions.values_list("serial", flat=True))


class InstituteDelivery(Record):
    """产品交付：一台出厂检验合格的产品交给客户.

    One record is one machine by its serial number. Its last test by the day of delivery was passed; else it is not delivered.
    """

    register = "institute_deliveries"
    columns = ("code", "product", "serial", "order", "delivered_on", "document")
    code_prefix = "JF"
    keys = (("code",), ("product", "serial"))
    headings = {"serial": ("机号",), "delivered_on": ("交货日期", "发货日期"), "document": ("交接单号",)}

    product = models.ForeignKey(RDProduct, models.PROTECT, verbose_name=_("产品"), related_name="+")
    serial = models.CharField(_("出厂编号"), max_length=40)
    order = models.ForeignKey(InstituteOrder, models.PROTECT, null=True, blank=True, verbose_name=_("业务订单"), related_name="+")
    delivered_on = models.DateField(_("交付日期"))
    document = models.CharField(_("交接单"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("产品交付")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("product", "serial"), condition=Q(archived_at=None), name="institutedelivery_once",
            violation_error_message=_("这台产品已经交付。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.serial}"

    def clean(self) -> None:
        """Refuse a day to come, and another owner's product or order."""
        super().clean()
        refuse_ahead(self, "delivered_on")
        if self.archived_at is None:
            refuse_foreign(self, "product", "order")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a machine that has not passed its last test."""
        refuse_untested(each.serial for each in written if each.archived_at is None)


def refuse_untested(serials: Iterable[str]) -> None:
    """Raise ValidationError for each delivered machine among these that was not tested by its day, or failed the last test; read in two
    statements.
    """
    asked = {*serials}
    tests: dict[tuple[int, str], list[ProductTest]] = {}
    for test in ProductTest.objects.current().filter(serial__in=asked).order_by("tested_on", "id"):
        tests.setdefault((test.product_id, test.serial), []).append(test)
    problems = []
    for each in InstituteDelivery.objects.current().filter(serial__in=asked).select_related("product").order_by("id"):
        before = [test for test in tests.get((each.product_id, each.serial), []) if test.tested_on <= each.delivered_on]
        if not before:
            problems.append(_t("{product} {serial} 到 {day} 还没有出厂检验，不能交付。请先登记「出厂检验」。").format(
                product=each.product.name, serial=each.serial, day=each.delivered_on))
        elif not before[-1].passed:
            problems.append(_t("{product} {serial} 于 {tested} 检验不合格，不能在 {day} 交付。返工并再检合格以后再交付。").format(
                product=each.product.name, serial=each.serial, tested=before[-1].tested_on, day=each.delivered_on))
    if problems:
        raise ValidationError(problems)
