"""Learning sessions of party branches: when, in which way, on what topic, how many came. No document's content is kept."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.records import Record


class Mode(models.TextChoices):
    """The four ways in which the newspaper page of the demo says that branches learn (M2-08)."""

    LED = "led", _("领读")
    GATHERED = "gathered", _("集中学习")
    PARTY_DAY = "party_day", _("主题党日")
    PLATFORM = "platform", _("平台自学")


class StudySession(Record):
    """学习活动：一个支部一次学习。

    One record is one session of one branch on one day under one topic. 第一议题 is an item of an office meeting's agenda,
    not a session of its own.
    """

    register = "study_sessions"
    columns = ("code", "held_on", "mode", "branch", "topic", "attendance")
    code_prefix = "XX"
    keys = (("held_on", "branch", "topic"), ("code",))
    totals = ("attendance",)
    headings = {"held_on": ("日期", "时间"), "mode": ("方式", "形式"), "topic": ("题目", "学习内容"), "attendance": ("人数",)}
    files_closed = _("学习活动只登记题目，不附文件：党内文件的内容不进本系统。")

    held_on = models.DateField(_("活动日期"))
    mode = models.CharField(_("学习方式"), max_length=12, choices=Mode)
    branch = models.ForeignKey(Party, models.PROTECT, verbose_name=_("支部"), related_name="+", help_text=_("支部所在的单位"))
    topic = models.CharField(_("学习主题"), max_length=100, help_text=_("只写题目，不写文件内容"))
    attendance = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("学习活动")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"

    def clean(self) -> None:
        """Refuse a session of a day that has not come: it is no session yet."""
        super().clean()
        if self.archived_at is None and self.held_on > clock.today():
            raise ValidationError(_t("「活动日期」{day} 还没有到（今天是 {today}）；学习过后再登记。").format(
                day=self.held_on, today=clock.today()))


class StudyAttendance(Record):
    """参加人员：谁参加了一次学习；名单可以不登记，人数以学习活动上的为准."""

    register = "study_attendances"
    columns = ("code", "session", "person")
    code_prefix = "CJ"
    keys = (("session", "person"), ("code",))
    session = models.ForeignKey(StudySession, models.PROTECT, verbose_name=_("学习活动"), related_name="+")
    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("人员"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("参加人员")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("session", "person"), condition=models.Q(archived_at=None), name="attendance_once",
            violation_error_message=_("这个人在这次学习的名单上已经有了。"))]

    def clean(self) -> None:
        """Refuse another owner's session."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "session")
