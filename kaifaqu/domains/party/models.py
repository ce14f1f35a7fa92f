"""What party branches do: learning sessions, and going down to the grass roots. No document's content is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead


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
        refuse_ahead(self, "held_on")


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


class Matter(models.TextChoices):
    """四下基层: what goes down to the grass roots (中共中央办公厅 2023 年关于学习推广“四下基层”的意见)."""

    POLICY = "policy", _("宣传党的路线方针政策下基层")
    RESEARCH = "research", _("调查研究下基层")
    PETITIONS = "petitions", _("信访接待下基层")
    OFFICE = "office", _("现场办公下基层")


class GrassrootsActivity(Record):
    """四下基层：一个支部一次下基层。

    One record is one branch on one day at one place for one of the four matters. What was found out about an enterprise is
    an issue or a visit, not a text here.
    """

    register = "grassroots"
    columns = ("code", "held_on", "matter", "branch", "place", "attendance")
    code_prefix = "XJ"
    keys = (("held_on", "branch", "place", "matter"), ("code",))
    totals = ("attendance",)
    headings = {"held_on": ("日期",), "matter": ("内容", "事项"), "place": ("地点", "村（社区）"), "attendance": ("人数",)}

    held_on = models.DateField(_("下基层日期"))
    matter = models.CharField(_("下基层事项"), max_length=12, choices=Matter)
    branch = models.ForeignKey(Party, models.PROTECT, verbose_name=_("支部"), related_name="+", help_text=_("支部所在的单位"))
    place = models.CharField(_("到了哪里"), max_length=100)
    attendance = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("四下基层")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.held_on} {self.place}"

    def clean(self) -> None:
        """Refuse a day that has not come."""
        super().clean()
        refuse_ahead(self, "held_on")
