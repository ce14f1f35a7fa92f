"""The register of subscriptions, and what is no fact: how each stands, what was told, and the mails on their way."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import access, clock, indicators, units
from kaifaqu.kernel.access import User
from kaifaqu.kernel.fields import ExactField, PersonalField
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, RecordQuerySet
from kaifaqu.reporting import calls

LAST_DAY = 31


class Rhythm(models.TextChoices):
    """When a subscription tells its figure."""

    DAILY = "daily", _("每日")
    WEEKLY = "weekly", _("每周一")
    MONTHLY = "monthly", _("每月几日")
    CHANGED = "changed", _("有变化时")
    CROSSED = "crossed", _("达到界限时")


class Side(models.TextChoices):
    """On which side of its border a value is told."""

    ABOVE = "above", _("高于")
    BELOW = "below", _("低于")


class SubscriptionQuerySet(RecordQuerySet):
    """Subscriptions, found by whose they are."""

    def own(self, user: User) -> "SubscriptionQuerySet":
        """Return the person's own subscriptions that have not ended."""
        return self.current().filter(person_id=user.pk)


class Subscription(Record):
    """订阅：一个人要一个指标（某期间、某范围、某一组）按某种频率送来，或要某个模板的简报签发时送来。

    One record is one wish of one person; two with the same wish are one. `period` is a word that is read on the day on
    which the figure is told, with that day's month as its own period, or a period that stays. `person` is whoever makes it.
    """

    register = "subscriptions"
    revives = False
    columns = ("figure", "period", "by", "group", "scope", "brief", "rhythm", "day", "side", "border", "by_mail", "address")
    listed = ("code", "person", "figure", "period", "scope", "brief", "rhythm", "by_mail")
    code_prefix = "DY"

    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("订阅人"), related_name="+", editable=False)
    figure = models.CharField(_("指标"), max_length=120, blank=True)
    period = models.CharField(
        _("期间"), max_length=20, default="累计", blank=True,
        help_text=_("累计、本月、上月、本年、上年、年初，送出那天再算；或固定的期间，如 2024-H1。"))
    by = models.CharField(_("分组"), max_length=40, blank=True)
    group = models.CharField(_("其中一组"), max_length=100, blank=True, help_text=_("分组时写组的名称，只送这一组的数。"))
    scope = models.CharField(
        _("范围"), max_length=200, blank=True, help_text=_("单位编号，几个用逗号分开，加号表示含下级；不写就是本开发区。"))
    brief = models.CharField(_("简报模板"), max_length=40, blank=True, help_text=_("订阅简报时写模板的编号，指标留空；签发时送来。"))
    rhythm = models.CharField(_("频率"), max_length=12, choices=Rhythm, default=Rhythm.WEEKLY)
    day = models.PositiveSmallIntegerField(
        _("每月的日子"), null=True, blank=True, help_text=_("只用于「每月几日」：1 至 31；没有这一天的月份，在末日送。"))
    side = models.CharField(_("界限方向"), max_length=8, choices=Side, blank=True)
    border = ExactField(
        _("界限"), scale=6, null=True, blank=True,
        help_text=_("只用于「达到界限时」，按指标的计量单位：越过时送一次，回来后再越过才再送。"))
    by_mail = models.BooleanField(_("也发邮件"), default=False)
    address = PersonalField(_("邮箱"), max_length=200, blank=True)

    objects = SubscriptionQuerySet.as_manager()  # type: ignore[misc]  # a manager with one question more

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("订阅记录")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("person", "figure", "period", "by", "group", "scope", "brief", "rhythm"), condition=Q(archived_at=None),
                name="subscription_wish", violation_error_message=_("您已有同样的订阅。")),
        ]

    def __str__(self) -> str:  # of a version as well: facts only
        if self.brief:
            return _t("简报 {template}").format(template=self.brief)
        return " ".join(filter(None, (figure_name(self.figure), self.group, self.period))) or self.code

    @property
    def when(self) -> str:
        """Return when it is told, in words."""
        if self.brief:
            return _t("签发时")
        if self.rhythm == Rhythm.MONTHLY:
            return _t("每月 {day} 日").format(day=self.day)
        if self.rhythm == Rhythm.CROSSED:
            unit = indicators.catalogue()[self.figure].unit if self.figure in indicators.catalogue() else ""
            return f"{self.get_side_display()} {units.display(self.border or 0, unit)}"
        return str(self.get_rhythm_display())

    def problems(self) -> list[str]:
        """Return everything for which the wish cannot be fulfilled; asked when it is made or changed, never when it ends."""
        return [*self._wrong_subject(), *self._wrong_rhythm(), *self._wrong_address()]

    def _wrong_subject(self) -> list[str]:
        if self.brief and not self.figure:
            return [] if self.rhythm == Rhythm.CHANGED else [_t("「频率」：简报在签发时送来，请选「有变化时」。")]
        problems = [_t("「指标」和「简报模板」请填其中一个。")] if bool(self.figure) == bool(self.brief) else []
        try:
            if self.figure and self.by:
                indicators.dimension(calls.definition_of(self.figure), self.by)
            elif self.figure:
                calls.definition_of(self.figure)
        except LookupError as problem:
            problems.append(_t("「指标」{problem}").format(problem=problem.args[0]))
        if bool(self.by) != bool(self.group):
            problems.append(_t("「其中一组」和「分组」请都填写，或都不填。"))
        for label, read in ((_t("期间"), self.period_now), (_t("范围"), self.scope_now)):
            try:
                read()
            except ValueError as problem:
                problems.append(f"「{label}」{problem}")
        return problems

    def _wrong_rhythm(self) -> list[str]:
        problems = []
        if (self.rhythm == Rhythm.MONTHLY) != (self.day is not None) or self.day is not None and not 1 <= self.day <= LAST_DAY:
            problems.append(_t("「每月的日子」：「每月几日」请写 1 至 31；别的频率请留空。"))
        if (self.rhythm == Rhythm.CROSSED) != (self.border is not None) or bool(self.side) != (self.border is not None):
            problems.append(_t("「界限」：「达到界限时」请选方向并写界限；别的频率请都留空。"))
        return problems

    def _wrong_address(self) -> list[str]:
        if self.by_mail and not self.address:
            return [_t("「邮箱」：也发邮件的，请填写邮箱。")]
        try:
            if self.address:
                validate_email(str(self.address))
        except ValidationError:
            return [_t("「邮箱」不是邮箱地址，请写成 name@example.cn。")]
        return []

    def period_now(self) -> Period:
        """Return the period that is meant today. Raise ValueError with a sentence for words that mean none."""
        return calls.period_of(self.period or "累计", Period.parse(f"{clock.today():%Y-%m}"))

    def scope_now(self) -> frozenset[int]:
        """Return the owners whose records are counted. Raise ValueError with a sentence for an unknown party."""
        try:
            return access.scope(self.scope)
        except ValueError:  # whose sentence names the parties there are
            raise ValueError(_t("没有单位「{text}」。").format(text=self.scope)) from None


class Standing(models.Model):
    """How a subscription stands: what was seen last, so that it is told what became of it, and nothing twice.

    No fact: it can be made again by looking. `turn` counts the looks; of two workers only one goes on from a turn.
    """

    subscription = models.OneToOneField(Subscription, models.PROTECT, primary_key=True, related_name="standing")
    turn = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)  # of the subscription; another one begins anew
    seen = models.BigIntegerField(default=0)  # the last event that was known when it looked
    looked_on = models.DateField(null=True)
    due = models.DateField(null=True)  # the last due date that was told
    state = models.CharField(max_length=12, blank=True)  # of the figure, as `telling` names it
    value = models.CharField(max_length=60, blank=True)  # exact, as decimal text
    shown = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=20, blank=True)
    data_date = models.DateField(null=True)
    is_beyond = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.subscription_id} #{self.turn}"


class MailState(models.TextChoices):
    """Where a mail stands."""

    QUEUED = "queued", _("待发")
    SENDING = "sending", _("正在发")
    SENT = "sent", _("已发")
    FAILED = "failed", _("未发出")


class Mail(models.Model):
    """邮件：一个人一次要收的消息合成的一封。

    No fact. The address stands in the subscription only, where it can be erased. `next_at` is when it is tried next; while
    a worker sends it, when another may think that this one is dead. Its number is that of the mail itself in all tries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=250, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("邮件")
        indexes = [models.Index(fields=("state", "next_at"), name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Level(models.TextChoices):
    """What kind of message it is."""

    ORDINARY = "ordinary", _("数据")
    BRIEF = "brief", _("简报")
    THRESHOLD = "threshold", _("越过界限")
    MISSING = "missing", _("缺数")


class Notice(models.Model):
    """消息：订阅送来的一条，在本人的收件箱里。

    One row is what was told to one person at one time, as text to copy. No fact: what it says was read from the figures,
    with the rights that the person had then. `key` names the occasion; for one occasion a subscription tells once.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("时间"))
    title = models.CharField(_("标题"), max_length=250)
    text = models.TextField(_("内容"))
    address = models.CharField(max_length=500)  # of the page it is about, within this installation
    level = models.CharField(_("种类"), max_length=10, choices=Level, default=Level.ORDINARY)
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notices")

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("消息")
        constraints = [models.UniqueConstraint(fields=("subscription", "key"), name="notice_once")]
        indexes = [
            models.Index(fields=("person", "read_at"), name="notice_unread"),
            models.Index(fields=("person", "made_at"), name="notice_of_person"),
        ]

    def __str__(self) -> str:
        return self.title


def figure_name(code: str) -> str:
    """Return the name of a figure; a code of which there is none any more, as it stands."""
    return str(indicators.catalogue()[code].label) if code in indicators.catalogue() else code


def unread(user: Any) -> int:
    """Return how many messages the person has not read."""
    return unread_by(user).count()


def unread_by(user: Any) -> models.QuerySet:
    """Return the messages that the person has not read."""
    return Notice.objects.filter(person_id=user.pk, read_at=None)
