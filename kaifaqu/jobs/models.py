"""The table of jobs."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("等待")
    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    FAILED = "failed", _("未成")
    CANCELLED = "cancelled", _("已取消")


class Job(models.Model):
    """任务：一个人交给后台的一件事。

    One row is one piece of long work for one person, with how far it has come and what came of it. It is no record: the
    facts that the work writes are, with their events. `beat` is the last sign of life of the worker that has it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("任务"), max_length=80)
    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("经办"), related_name="+")
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.WAITING, db_index=True)
    phrase = models.CharField(_("正在做"), max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=36, blank=True)
    beat = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("交办时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    told = models.TextField(_("结果"), blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("任务")
        indexes = [models.Index(fields=("person", "made_at"), name="job_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will come of it."""
        return self.state in (State.DONE, State.FAILED, State.CANCELLED)

    @property
    def percent(self) -> int | None:
        """Return how much is done, in whole per cent rounded down; None while nobody knows."""
        return min(100, self.done * 100 // self.total) if self.total else None
