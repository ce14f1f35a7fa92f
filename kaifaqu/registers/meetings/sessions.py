"""Meetings: one slot of a plan's component, with agenda, who was there, frozen figures, minutes and signatures."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.registers.meetings.lifecycle import DONE, HELD, MEETING_LIFECYCLE, PLANNED, SIGNED, MeetingStage
from kaifaqu.registers.meetings.planning import calendar_of
from kaifaqu.registers.meetings.plans import PlanComponent, partner


class Meeting(Record):
    """会议活动：计划里的一次会议、调研或走访，看哪一期的数据，哪天前出纪要，开过没有，纪要各方签了没有。

    One record is one session; a session held over two days is one. What it looked at is frozen when it is held
    (`frozen_sha256`), what was signed is kept under the hash that each signature carries (`sheet_sha256`: the last one).
    """

    register = "meetings"
    shared = ("partner",)
    columns = ("code", "component", "number", "topic", "period", "looks_at", "planned_on", "due_on", "place", "chair")
    listed = ("code", "component", "number", "topic", "period", "stage", "planned_on", "held_on", "due_on", "minuted_on")
    code_prefix = "HY"
    keys = (("code",), ("component", "number"))
    headings = {"number": ("次", "第几次"), "topic": ("会议主题", "调研主题"), "period": ("数据期", "期间"), "due_on": ("纪要期限",)}
    lifecycle = MEETING_LIFECYCLE

    component = models.ForeignKey(PlanComponent, models.PROTECT, verbose_name=_("计划组成部分"), related_name="+")
    partner = partner(editable=False)
    number = models.PositiveSmallIntegerField(_("第几次"))
    topic = models.CharField(_("主题"), max_length=100, blank=True)
    period = models.CharField(_("数据期间"), max_length=20, help_text=_("看哪一期的数据，如 2024-05（一个月）、2024-Q1（一季度）"))
    period_end = models.DateField(_("数据期末"), editable=False)
    looks_at = models.CharField(_("改看什么"), max_length=200, blank=True, help_text=_("这一期没有报表时，会上看什么"))
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    due_on = models.DateField(_("纪要期限"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    chair = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("主持人"), related_name="+")
    held_on = models.DateField(_("召开日期"), null=True, blank=True)
    minutes = models.TextField(_("纪要"), blank=True)
    supplement = models.TextField(_("补充纪要"), blank=True)
    minuted_on = models.DateField(_("纪要写成日期"), null=True, blank=True)
    cancelled_for = models.CharField(_("取消原因"), max_length=200, blank=True)
    signed_parties = models.PositiveSmallIntegerField(_("已签署单位数"), default=0, editable=False)
    frozen_sha256 = models.CharField(_("会上数据 SHA-256"), max_length=64, blank=True, editable=False)
    sheet_sha256 = models.CharField(_("所签内容 SHA-256"), max_length=64, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=10, choices=MeetingStage, default=PLANNED, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("会议活动")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("component", "number"), condition=Q(archived_at=None), name="meeting_number",
                violation_error_message=_("这个组成部分已经有第几次相同的会议活动。")),
            models.CheckConstraint(
                condition=~Q(stage__in=(HELD, *DONE)) | Q(held_on__isnull=False), name="meeting_held_has_day",
                violation_error_message=_("已召开的会议活动必须有召开日期。")),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.component.name, self.asked.label if self.period else "", self.topic)))

    @property
    def asked(self) -> Period:
        """Return the period whose data it looks at. Raise ValueError where it names none."""
        return Period.parse(self.period)

    def derived(self) -> dict[str, Any]:
        """Return the partner, which is that of the component, and the day on which the period ends whose data it looks at."""
        with suppress(ValueError):  # `clean` says what is wrong
            return {"partner": self.component.partner, "period_end": self.asked.end}
        return {}

    def clean(self) -> None:
        """Refuse another owner's component, what is no period, a day in the future, and minutes due before the planned day."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "component")
        found = []
        try:
            Period.parse(self.period)
        except ValueError as problem:
            found.append(str(problem))
        if self.held_on and self.held_on > clock.today():
            found.append(_t("「召开日期」{day} 在今天（{today}）之后，还没有开的会不要登记。").format(
                day=self.held_on, today=clock.today()))
        if self.planned_on and self.due_on < self.planned_on:
            found.append(_t("「纪要期限」{due} 早于「计划日期」{planned}，请核对。").format(due=self.due_on, planned=self.planned_on))
        if found:
            raise ValidationError(found)

    def warnings(self) -> list[str]:
        """Say what is late, and what is due in a year whose working days are not laid down yet."""
        found = []
        if self.is_late(clock.today()):
            found.append(_t("纪要应在 {due} 前写成，已过期限。").format(due=self.due_on))
        if self.stage in (PLANNED, HELD) and not calendar_of(self.owner_id).is_laid_down(self.due_on):
            found.append(_t("{year} 年的工作日还没有公布，纪要期限 {due} 是暂定的。").format(year=self.due_on.year, due=self.due_on))
        return found

    def is_late(self, today: date) -> bool:
        """Tell whether the day on which its minutes were due is over without them."""
        return self.stage in (PLANNED, HELD) and self.due_on < today

    @staticmethod
    def on_time() -> Q:
        """Return the condition: the minutes were written by the day on which they were due."""
        return Q(stage__in=DONE, minuted_on__lte=F("due_on"))

    def signers(self) -> list[Party]:
        """Return the parties whose signature it needs: the owner, and the partner where it has one."""
        return [self.owner, *([self.partner] if self.partner else [])]


class Part(Record):
    """What belongs to one meeting: both parties see it, and once all have signed nobody changes it."""

    shared = ("partner",)
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("会议活动"), related_name="+")
    partner = partner(editable=False)

    class Meta(Record.Meta):
        abstract = True

    def derived(self) -> dict[str, Any]:
        """Return the partner, which is that of the meeting."""
        return {"partner": self.meeting.partner}

    def clean(self) -> None:
        """Refuse another owner's meeting, and a change of what all have signed."""
        if self.archived_at is None:
            refuse_foreign(self, "meeting")
        if meeting := signed_meeting(self):
            raise ValidationError(_t("{meeting} 已由各方签署，不能再改；要补充的请先办「补充纪要」。").format(meeting=meeting))


def signed_meeting(part: Any) -> Meeting | None:
    """Return the meeting of a part, or the one from which it is taken, if all parties have signed it; else None."""
    stored = type(part).objects.filter(pk=part.pk).values("meeting_id")
    rows = Meeting.objects.filter(Q(pk=part.meeting_id) | Q(pk__in=stored), stage=SIGNED)
    return rows.select_related("component").first()


class AgendaKind(models.TextChoices):
    """Why something stands on an agenda."""

    EARLIER = "earlier", _("上次议定事项")
    RED = "red", _("亮灯事项")
    FIGURE = "figure", _("数据")
    OTHER = "other", _("其他")


class AgendaItem(Part):
    """议题：一次会议活动议程上的一项，写明是上次议定事项、亮灯事项、数据还是其他，当时怎么说的。

    One record is one topic of one meeting. `text` is what was known of it when it was put on the agenda; a red item or an
    earlier decision points at its record by `subject` and `subject_id`.
    """

    register = "agenda_items"
    columns = ("code", "meeting", "order", "kind", "topic", "text", "figure")
    listed = ("code", "meeting", "order", "kind", "topic", "text")
    code_prefix = "YT"
    headings = {"topic": ("议程", "议题名称"), "text": ("情况说明",)}

    order = models.PositiveSmallIntegerField(_("次序"), default=1)
    kind = models.CharField(_("议题来源"), max_length=10, choices=AgendaKind, default=AgendaKind.OTHER)
    topic = models.CharField(_("议题"), max_length=200)
    text = models.TextField(_("当时情况"), blank=True)
    figure = models.CharField(_("指标代码"), max_length=80, blank=True)
    subject = models.CharField(_("所指台账"), max_length=80, blank=True, editable=False)
    subject_id = models.BigIntegerField(_("所指记录"), null=True, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("议题")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.topic


class Attendance(Part):
    """参会人员：谁代表哪个单位参加了一次会议活动，可以写到人，也可以只写岗位。

    One record is one person, or one office, at one meeting.
    """

    register = "attendances"
    columns = ("code", "meeting", "party", "person", "office")
    code_prefix = "CH"
    headings = {"party": ("单位", "代表单位"), "person": ("人员", "姓名"), "office": ("职务", "岗位")}

    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("参会单位"), related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("参会人"), related_name="+")
    office = models.CharField(_("职务或岗位"), max_length=60, blank=True)

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("参会人员")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.party), str(self.person or ""), self.office)))

    def clean(self) -> None:
        """Refuse nobody, beside what every part of a meeting refuses."""
        super().clean()
        if self.archived_at is None and self.person is None and not self.office:
            raise ValidationError(_t("「参会人」和「职务或岗位」至少填一项。"))


class Signature(Record):
    """签署：一个单位的人对一次会议活动的纪要签了字，签的是哪一份内容。

    One record is one party's signature on one content, whose hash it carries; a content that changes afterwards needs
    another. Nobody enters or corrects one: it comes of signing.
    """

    register = "signatures"
    shared = ("partner",)
    listed = ("code", "meeting", "party", "person", "signed_at", "sha256")
    code_prefix = "QS"

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("会议活动"), related_name="+")
    partner = partner(editable=False)
    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("签署单位"), related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("签署人"), related_name="+")
    signed_at = models.DateTimeField(_("签署时间"))
    sha256 = models.CharField(_("所签内容 SHA-256"), max_length=64)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("签署")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("meeting", "party", "sha256"), condition=Q(archived_at=None), name="signature_once",
                violation_error_message=_("这个单位已经签过这份内容。")),
        ]

    def derived(self) -> dict[str, Any]:
        """Return the partner, which is that of the meeting."""
        return {"partner": self.meeting.partner}
