"""Machines at work underground: robots with their tasks and faults, new-energy vehicles with their hours and energy."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.products import RDProduct
from kaifaqu.domains.research.rules import DIESEL, PEOPLE_SAVED
from kaifaqu.kernel import dated
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.registers.amounts import refuse_negative, refuse_nothing
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.listing import listed, refuse_unlisted
from kaifaqu.registers.organisations.models import Enterprise

DAY = 24  # hours

class Machine(Record):
    """A machine by its name: of which product it is, at whose mine, from when to when it is in use."""

    columns = ("code", "name", "product", "mine", "in_use_on", "retired_on")
    keys = (("code",), ("name",))
    headings = {"name": ("名称",), "mine": ("煤矿", "使用单位"), "in_use_on": ("投用时间",)}

    name = models.CharField(_("设备名称"), max_length=100)
    product = models.ForeignKey(RDProduct, models.PROTECT, null=True, blank=True, verbose_name=_("产品"), related_name="+")
    mine = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("使用煤矿"), related_name="+")
    in_use_on = models.DateField(_("投用日期"), null=True, blank=True)
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse days to come, and another owner's product or mine."""
        super().clean()
        refuse_ahead(self, "in_use_on", "retired_on")
        if self.archived_at is None:
            refuse_foreign(self, "product", "mine")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a machine of which there are logs."""
        refuse_leaving(written)


class MineRobot(Machine):
    """作业机器人：一台辅助作业机器人.

    One record is one robot, at whichever mine it works.
    """

    register = "mine_robots"
    code_prefix = "JQ"

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("作业机器人")
        constraints = [*Record.Meta.constraints]


class RobotTask(Record):
    """机器人任务：一台机器人完成的一次任务，用了几小时，按规则替代了几人.

    One record is one task of one robot on one day. How many people it saves is declared for its kind by the rule of that day.
    """

    register = "robot_tasks"
    columns = ("code", "robot", "worked_on", "task", "hours")
    listed = ("code", "robot", "worked_on", "task", "hours", "people_saved")
    code_prefix = "RW"
    totals = ("hours", "people_saved")
    headings = {"worked_on": ("日期",), "task": ("任务",), "hours": ("运行时长", "工时")}

    robot = models.ForeignKey(MineRobot, models.PROTECT, verbose_name=_("作业机器人"), related_name="+")
    worked_on = models.DateField(_("作业日期"))
    task = models.CharField(_("任务种类"), max_length=40, help_text=_("规则「机器人任务替代人数」里的名称"))
    hours = ExactField(_("运行（小时）"), scale=2)
    people_saved = models.PositiveSmallIntegerField(_("替代人次"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("机器人任务")
        constraints = [*Record.Meta.constraints]

    def derived(self) -> dict[str, Any]:
        """Return how many people the rule of the day says a task of this kind saves; what it no longer lists keeps its number."""
        row = listed(PEOPLE_SAVED, "tasks", self.owner_id, self.worked_on).get(self.task)
        return {"people_saved": row["people"]} if row else {}

    def clean(self) -> None:
        """Refuse a day to come, no hours, a kind that the rule of the day does not have, and another owner's robot."""
        super().clean()
        refuse_ahead(self, "worked_on")
        refuse_nothing(self, "hours")
        refuse_unlisted(self, "task", PEOPLE_SAVED, "tasks", of="worked_on")
        if self.archived_at is None:
            refuse_foreign(self, "robot")


class RobotFault(Record):
    """机器人故障：一台机器人的一次故障，停了几小时.

    One record is one fault, until the robot works again.
    """

    register = "robot_faults"
    columns = ("code", "robot", "found_on", "down", "cause")
    code_prefix = "GZ"
    totals = ("down",)
    headings = {"found_on": ("日期", "发生日期"), "down": ("停机时长",), "cause": ("原因",)}

    robot = models.ForeignKey(MineRobot, models.PROTECT, verbose_name=_("作业机器人"), related_name="+")
    found_on = models.DateField(_("故障日期"))
    down = ExactField(_("停机（小时）"), scale=2)
    cause = models.CharField(_("故障原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("机器人故障")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a day to come, hours below nothing, and another owner's robot."""
        super().clean()
        refuse_ahead(self, "found_on")
        refuse_negative(self, "down")
        if self.archived_at is None:
            refuse_foreign(self, "robot")


class MiningVehicle(Machine):
    """新能源矿用车辆：一辆井下用的新能源车辆.

    One record is one vehicle, at whichever mine it runs.
    """

    register = "mining_vehicles"
    code_prefix = "KC"

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("新能源矿用车辆")
        constraints = [*Record.Meta.constraints]


class MiningVehicleUse(Record):
    """车辆运行：一辆车一天运行几小时、用多少电，同类柴油车要烧多少油.

    One record is one vehicle on one day. What a diesel vehicle would have burnt follows from the hours by the rule of that day.
    """

    register = "mining_vehicle_uses"
    columns = ("code", "vehicle", "used_on", "hours", "energy")
    listed = ("code", "vehicle", "used_on", "hours", "energy", "diesel")
    code_prefix = "YX"
    keys = (("vehicle", "used_on"), ("code",))
    totals = ("hours", "energy", "diesel")
    headings = {"used_on": ("日期",), "hours": ("工时", "运行时长"), "energy": ("耗电", "用电量", "充电量")}

    vehicle = models.ForeignKey(MiningVehicle, models.PROTECT, verbose_name=_("新能源矿用车辆"), related_name="+")
    used_on = models.DateField(_("运行日期"))
    hours = ExactField(_("运行（小时）"), scale=2)
    energy = ExactField(_("耗电（千瓦时）"), scale=2)
    diesel = ExactField(_("柴油车对照（升）"), scale=4, default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("车辆运行")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle", "used_on"), condition=Q(archived_at=None), name="miningvehicleuse_a_day",
            violation_error_message=_("这辆车这一天已经登记；数变了的，请更正那一条。"))]

    def derived(self) -> dict[str, Any]:
        """Return what a diesel vehicle would have burnt in these hours."""
        litres = dated.resolve(DIESEL.code, self.owner_id, self.used_on, World()).content["litres_per_100_hours"]
        return {"diesel": self.hours * litres / 100}

    def clean(self) -> None:
        """Refuse a day to come, hours that no day has, energy below nothing, and another owner's vehicle."""
        super().clean()
        refuse_ahead(self, "used_on")
        refuse_negative(self, "hours", "energy")
        if self.hours > DAY:
            raise ValidationError(_t("「运行（小时）」{hours} 超过一天的 {day} 小时，请核对。").format(hours=self.hours, day=DAY))
        if self.archived_at is None:
            refuse_foreign(self, "vehicle")
