"""Capacity pools: what a zone can give to projects, from when on, and what leads and projects have reserved of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.infrastructure import balances
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.units import display
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects.models import Lead, Project

SCALE = 6  # of 亩, into which hectares and square metres turn exactly


class PoolKind(models.TextChoices):
    """What is given out of a pool."""

    LAND = "land", _("土地")
    POWER = "power", _("电力")
    WATER = "water", _("供水")
    WASTEWATER = "wastewater", _("污水")
    HEAT = "heat", _("供热")


UNITS = {  # in which each is counted
    PoolKind.LAND: "亩", PoolKind.POWER: "千伏安", PoolKind.WATER: "立方米/日", PoolKind.WASTEWATER: "立方米/日",
    PoolKind.HEAT: "吨/小时",
}  # fmt: skip


class CapacityPool(Record):
    """容量池：一处可以分给项目的同一种容量，如一个片区的可供土地、一座变电站的可供容量。

    One record is what is given out of one source; two substations are two pools. The unit follows from the kind. How much
    it holds is told by its capacities, each from a day on; a pool without one holds nothing.
    """

    register = "capacity_pools"
    columns = ("code", "name", "kind", "park")
    code_prefix = "RL"
    keys = (("code",), ("name",))

    name = models.CharField(_("容量池名称"), max_length=100)
    kind = models.CharField(_("容量类别"), max_length=12, choices=PoolKind)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("容量池")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def unit(self) -> str:
        """Return the unit in which its amounts are told."""
        return UNITS[PoolKind(self.kind)]

    def clean(self) -> None:
        """Refuse another owner's park."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "park")

    @classmethod
    def refuse_together(cls, written: list["CapacityPool"]) -> None:
        """Refuse a pool that goes away, or turns into another kind, while something is reserved of it."""
        earlier = Q(pk__in=[])
        for each in written:
            earlier |= Q(id=each.pk, row_version=each.row_version - 1)
        kinds = dict(cls.Version.objects.filter(earlier).values_list("id", "kind"))
        gone = [each.pk for each in written if each.archived_at is not None or kinds.get(each.pk, each.kind) != each.kind]
        refuse_reserved(gone, _t("{pool} 有预留登记，不能归档或改变「容量类别」。"))


class PoolCapacity(Record):
    """池容量：一个容量池自某日起的总量，到下一次变更为止；可以增加，也可以减少。

    One record is one total from a day on, by one document. It may not fall below what is reserved.
    """

    register = "pool_capacities"
    columns = ("code", "pool", "since", "amount", "document")
    code_prefix = "RZ"
    keys = (("pool", "since"), ("code",))

    pool = models.ForeignKey(CapacityPool, models.PROTECT, verbose_name=_("容量池"), related_name="+")
    since = models.DateField(_("自何日起"))
    amount = ExactField(_("总容量"), scale=SCALE, help_text=_("土地填亩，电力填千伏安，水和污水填立方米/日，供热填吨/小时"))
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("池容量")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("pool", "since"), condition=Q(archived_at=None), name="poolcapacity_once",
            violation_error_message=_("这个容量池自这一天起的总量已经登记；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.pool} {self.since}" if self.pool_id else self.code

    def clean(self) -> None:
        """Refuse less than nothing, and another owner's pool."""
        super().clean()
        if self.amount < 0:
            raise ValidationError(_t("「总容量」不能小于 0。"))
        if self.archived_at is None:
            refuse_foreign(self, "pool")

    @classmethod
    def refuse_together(cls, written: list["PoolCapacity"]) -> None:
        """Refuse a total below what is reserved; a row may have left another pool, so all pools of its owner are looked at."""
        pools = CapacityPool.objects.filter(owner_id__in={each.owner_id for each in written})
        refuse_oversold(pools.values_list("pk", flat=True))


class Reservation(Dated):
    """预留：一个容量池里为一条线索或一个项目留出的数量，自某日起，到某日止或一直。

    One record is one amount for one lead or one project out of one pool. It stands until the day before `until`, or until
    it was released. When the lead is signed, its reservation ends and one of the project begins.
    """

    register = "reservations"
    columns = ("code", "pool", "lead", "project", "amount", "since", "until", "released_on", "release_reason", "document")
    listed = ("code", "pool", "lead", "project", "amount", "since", "until", "released_on")
    code_prefix = "YL"
    headings = {"amount": ("数量", "预留量"), "pool": ("容量池名称",)}

    pool = models.ForeignKey(CapacityPool, models.PROTECT, verbose_name=_("容量池"), related_name="+")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, verbose_name=_("线索"), related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, verbose_name=_("项目"), related_name="+")
    amount = ExactField(_("预留数量"), scale=SCALE, help_text=_("土地填亩，电力填千伏安，水和污水填立方米/日，供热填吨/小时"))
    since = models.DateField(_("预留自"))
    until = models.DateField(_("预留至（不含）"), null=True, blank=True)
    released_on = models.DateField(_("释放日期"), null=True, blank=True)
    release_reason = models.CharField(_("释放原因"), max_length=200, blank=True)
    document = models.CharField(_("预留依据"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("预留")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.code  # whose it is, is told to whoever may see the lead or the project

    @property
    def holder(self) -> Lead | Project | None:
        """Return for whom it is."""
        return self.project or self.lead

    @property
    def over_on(self) -> date | None:
        """Return the first day on which it no longer stands; None where no end is known."""
        return min((day for day in (self.until, self.released_on) if day), default=None)

    def standing(self, day: date) -> str:
        """Tell how it stands on the day: it is to come, stands, was released, or is over."""
        if self.since > day:
            return "ahead" if self.over_on is None or self.over_on > self.since else "released"
        if self.over_on is None or self.over_on > day:
            return "now"
        return "released" if self.released_on == self.over_on else "over"

    @staticmethod
    def on(day: date) -> Q:
        """Return the condition: it stands on that day."""
        return Dated.on(day) & (Q(released_on=None) | Q(released_on__gt=day))

    def clean(self) -> None:
        """Refuse one for nobody or for two, of nothing, released without a reason, and another owner's pool, lead or project."""
        super().clean()
        if self.amount <= 0:
            raise ValidationError(_t("「预留数量」要大于 0。"))
        if (self.lead_id is None) == (self.project_id is None):
            raise ValidationError(_t("「线索」和「项目」请填一个，也只填一个。"))
        if self.released_on is not None and not self.release_reason:
            raise ValidationError(_t("填了「释放日期」的，请写明「释放原因」。"))
        if self.released_on is not None and self.released_on > clock.today():
            raise ValidationError(_t("「释放日期」{day} 还没有到；约定的期限请填「预留至（不含）」。").format(day=self.released_on))
        if self.archived_at is None:
            refuse_foreign(self, "pool", "lead", "project")

    @classmethod
    def refuse_together(cls, written: list["Reservation"]) -> None:
        """Refuse what oversells a pool on any day, and what is reserved of a pool that has gone away."""
        pools = {each.pool_id for each in written}
        archived = CapacityPool.objects.filter(pk__in=pools).exclude(archived_at=None)
        refuse_reserved(archived.values_list("pk", flat=True), _t("{pool} 已归档，不能从中预留，请另选容量池。"))
        refuse_oversold(pools, {each.pk for each in written})


def refuse_reserved(pools: Iterable[int], sentence: str) -> None:
    """Raise ValidationError with the sentence for each of these pools of which anything is reserved."""
    reserved = Reservation.objects.current().filter(pool_id__in=[*pools]).values("pool_id")
    if found := list(CapacityPool.objects.filter(pk__in=reserved).order_by("code")):
        raise ValidationError([sentence.format(pool=pool) for pool in found])


def standings(pools: Iterable[int]) -> dict[int, list[balances.Step]]:
    """Return the steps of each pool, read in two statements."""
    wanted = {*pools}
    held, taken = defaultdict(list), defaultdict(list)
    for row in PoolCapacity.objects.current().filter(pool_id__in=wanted):
        held[row.pool_id].append((row.since, row.amount))
    for each in Reservation.objects.current().filter(pool_id__in=wanted):
        taken[each.pool_id].append((each.since, each.over_on, each.amount))
    return {pool: balances.steps(held[pool], taken[pool]) for pool in wanted}


def refuse_oversold(pools: Iterable[int], asking: Iterable[int] = ()) -> None:
    """Raise ValidationError for each pool of which more is reserved on some day than it holds; `asking` are the rows just written."""
    told = standings(pools)
    oversold = {pool: step for pool, steps in told.items() if (step := next((each for each in steps if each.free < 0), None))}
    if oversold:
        named = CapacityPool.objects.in_bulk(oversold)
        raise ValidationError([*_sentences(oversold, named, {*asking})])


def _sentences(oversold: dict[int, balances.Step], named: dict[int, CapacityPool], asking: set[int]) -> Iterator[str]:
    for pool, step in sorted(oversold.items()):
        mine = Reservation.objects.current().filter(Reservation.on(step.day), pool_id=pool, pk__in=asking)
        asked, unit = sum((each.amount for each in mine), Decimal(0)), named[pool].unit
        if asked:
            sentence = _t(
                "{pool}：{day} 的容量是 {capacity}，已预留 {taken}，只剩 {free}，这次要 {asked}。请减少数量、改期，或先释放别的预留。")
        else:
            sentence = _t("{pool}：{day} 起的容量 {capacity} 少于已预留的 {taken}。请先释放预留，或改容量和日期。")
        yield sentence.format(
            pool=named[pool], day=step.day, capacity=display(step.capacity, unit), taken=display(step.reserved - asked, unit),
            free=display(max(step.free + asked, Decimal(0)), unit), asked=display(asked, unit))
