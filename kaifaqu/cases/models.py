"""Cases and their steps, abstract: a register of cases is two classes of a few lines beside what the cases are about."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases import keeping
from kaifaqu.cases.lifecycle import DONE, FIRST, HALTED_STAGES, OVER, Stage
from kaifaqu.clocks.clocks import Moment, first_moment
from kaifaqu.clocks.moments import Kind
from kaifaqu.clocks.rules import LEVELS, REMIND, Named
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record, RecordQuerySet, registers
from kaifaqu.shapes import Time


class Satisfaction(models.TextChoices):
    """How the requester rates what was done; nobody who handles a case does."""

    SATISFIED = "satisfied", _("满意")
    FAIR = "fair", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")


class Word(models.TextChoices):
    """How the requester's word came: by an own account, by a link, on a sheet, by a call of the office."""

    ACCOUNT = "account", _("本单位账户")
    LINK = "link", _("链接")
    SHEET = "sheet", _("书面")
    CALL = "call", _("回访电话")


class What(models.TextChoices):
    """What happened to a case."""

    ACCEPTED = "accepted", _("受理")
    ASSIGNED = "assigned", _("交办")
    OBJECTED = "objected", _("退回改派")
    RESPONDED = "responded", _("回应")
    UPDATED = "updated", _("进展")
    REMINDED = "reminded", _("催办")
    PAUSED = "paused", _("挂起")
    RESUMED = "resumed", _("恢复办理")
    ASKED = "asked", _("申请延期")
    GRANTED = "granted", _("同意延期")
    DECLINED = "declined", _("不同意延期")
    RESOLVED = "resolved", _("办结")
    SENT_BACK = "sent_back", _("退回重办")
    VERIFIED = "verified", _("核实")
    CONFIRMED = "confirmed", _("确认解决")
    DISPUTED = "disputed", _("没有解决")
    REOPENED = "reopened", _("重新交办")
    PUT_OFF = "put_off", _("转长期事项")
    TAKEN_UP = "taken_up", _("重新办理")
    REFUSED = "refused", _("不予受理")


def _time(label: Any) -> models.CharField:
    return models.CharField(label, max_length=5, blank=True, help_text=_("如 14:30；按小时计时的才需要"))


def _due(label: Any) -> models.DateField:
    return models.DateField(label, null=True, blank=True, editable=False)


def moment_of(day: date, at: str) -> Moment:
    """Return the day, or where a time is given the moment of it in Asia/Shanghai."""
    return datetime.combine(day, time.fromisoformat(at), clock.ZONE) if at else day


class Case(Record):
    """What a party owes another by a time, abstract. A day stands with the time of day where that is known.

    It is kept by its owner, who assigns and closes it; its holder does it; its requester has asked for it, and where
    `confirmed` says so only his word closes it. What people do to it is a step of its own (`steps`, a register of
    CaseStep); `opened_on`, `responded_on` and the others are those of the last opening. When something is due, from when
    on escalation has which level and the working days it took follow from these, the rules and the calendar.
    """

    STATED: ClassVar[tuple[str, ...]] = (  # entered with an old case only; of the others the steps say so
        "responded_on", "resolved_on", "result", "confirmed_on", "satisfaction")
    columns: ClassVar[tuple[str, ...]] = (
        "code", "title", "demand", "requester", "holder", "person", "opened_on", "opened_time", "agreed_on", *STATED)
    listed: ClassVar[tuple[str, ...]] = (
        "code", "title", "stage", "holder", "person", "opened_on", "resolution_due_on", "yellow_on")
    shared = ("requester", "holder")
    revives = False  # a case under the code of an archived one is another case: the old one's steps do not move its clocks
    clock_codes: ClassVar[Mapping[Kind, str]] = {}  # which clocks of the dated rule `clocks.rules` run
    clock_names: ClassVar[Mapping[Kind, Any]] = {}  # what these are called, where a register has words of its own
    confirmed: ClassVar[bool] = True  # only the requester's word closes it
    without: ClassVar[frozenset[str]] = frozenset()  # verbs of the actions of cases that a register has not, or has its own of
    Step: ClassVar[Any]  # the register of its steps
    _known: list[Any]  # its steps, where `learn_steps` has read them

    title = models.CharField(_("事项"), max_length=200)
    demand = models.TextField(_("具体情况和诉求"), blank=True)
    requester = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("提出单位"), related_name="+")
    holder = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("承办单位"), related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("承办人"), related_name="+")
    opened_on = models.DateField(_("登记日期"))
    opened_time = _time(_("登记时刻"))
    agreed_on = models.DateField(_("约定办结日期"), null=True, blank=True, help_text=_("不填的，按规定的时限计算"))
    responded_on = models.DateField(_("回应日期"), null=True, blank=True)
    responded_time = models.CharField(_("回应时刻"), max_length=5, blank=True, editable=False)
    resolved_on = models.DateField(_("办结日期"), null=True, blank=True)
    resolved_time = models.CharField(_("办结时刻"), max_length=5, blank=True, editable=False)
    result = models.TextField(_("办理结果"), blank=True)
    confirmed_on = models.DateField(_("确认日期"), null=True, blank=True)
    word = models.CharField(_("确认方式"), max_length=12, choices=Word, blank=True, editable=False)
    satisfaction = models.CharField(_("满意度"), max_length=12, choices=Satisfaction, blank=True)
    historical = models.BooleanField(_("历史补录"), default=False, editable=False)
    stage = models.CharField(_("状态"), max_length=12, choices=Stage, default=Stage.REGISTERED, editable=False)
    reopened = models.PositiveIntegerField(_("重办次数"), default=0, editable=False)
    asked = models.PositiveIntegerField(_("申请延期"), null=True, blank=True, editable=False)
    response_due_on = _due(_("回应期限"))
    response_due_time = models.CharField(_("回应期限时刻"), max_length=5, blank=True, editable=False)
    resolution_due_on = _due(_("办结期限"))
    resolution_due_time = models.CharField(_("办结期限时刻"), max_length=5, blank=True, editable=False)
    response_late = models.BooleanField(_("逾期回应"), default=False, editable=False)
    resolution_late = models.BooleanField(_("逾期办结"), default=False, editable=False)
    silence_due_on = _due(_("更新期限"))
    silence_due_time = models.CharField(_("更新期限时刻"), max_length=5, blank=True, editable=False)
    provisional = models.BooleanField(_("期限暂定"), default=False, editable=False)
    provisional_due_on = _due(_("暂定办结期限"))
    remind_on = _due(_("提醒日期"))
    remind_time = models.CharField(_("提醒时刻"), max_length=5, blank=True, editable=False)
    yellow_on = _due(_("黄牌日期"))
    yellow_time = models.CharField(_("黄牌时刻"), max_length=5, blank=True, editable=False)
    red_on = _due(_("红牌日期"))
    red_time = models.CharField(_("红牌时刻"), max_length=5, blank=True, editable=False)
    supervise_on = _due(_("督办日期"))
    supervise_time = models.CharField(_("督办时刻"), max_length=5, blank=True, editable=False)
    days_taken = models.PositiveIntegerField(_("办理用时（工作日）"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def codes(self) -> Mapping[Kind, str]:
        """Return which clock of the rules runs of each kind; a subclass may choose by the case's own facts."""
        return self.clock_codes

    def own(self, kind: Kind, named: Named) -> Named:
        """Return a clock of the rules as it runs for this case; a subclass may give it days of its own."""
        return named

    def granted(self, steps: Iterable[Any]) -> int:
        """Return how much more time these steps granted."""
        return sum(step.amount or 0 for step in steps if step.kind == What.GRANTED)

    def began(self, kind: Kind) -> Moment | None:
        """Return when a clock began to run: at the opening; a subclass may let one wait (None) for something else."""
        return self.opened

    @property
    def opened(self) -> Moment:
        """Return when it was opened."""
        return moment_of(self.opened_on, self.opened_time)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is owed any more."""
        return self.stage in OVER

    def moment(self, name: str) -> Moment | None:
        """Return when it was `responded` or `resolved`, since it was opened last, or comes to a level; None while it is not."""
        day = getattr(self, f"{name}_on")
        return day and moment_of(day, getattr(self, f"{name}_time"))

    @property
    def level(self) -> str:
        """Return how far it has escalated by now: the highest level whose moment has come; of one that is done, what it had come to."""
        now = clock.now()
        return next((level for level in reversed(LEVELS) if (at := self.moment(level)) and first_moment(at) <= now), "")

    def get_level_display(self) -> str:
        """Return the level in words."""
        return str(LEVELS.get(self.level, ""))

    def steps(self) -> list[Any]:
        """Return what happened to it, the earliest first, with what is being planned."""
        stored = getattr(self, "_known", None) if self.pk else []
        if stored is None:
            stored = list(self.Step.objects.current().filter(subject_id=self.pk).order_by("on", "time", "id"))
        return [*stored, *getattr(self, "pending", ())]

    def told_steps(self) -> list[Any]:
        """Return its steps for a page, read once however often it asks."""
        if not hasattr(self, "_known"):
            self.learn_steps([self])
        return self.steps()

    @classmethod
    def learn_steps(cls, cases: Iterable["Case"]) -> None:
        """Read the steps of many cases in one statement."""
        by_case: dict[int, list[Any]] = {each.pk: [] for each in cases}
        rows = cls.Step.objects.current().filter(subject_id__in=by_case)
        for step in rows.select_related("holder").order_by("on", "time", "id"):
            by_case[cast(Any, step).subject_id].append(step)
        for each in cases:
            each._known = by_case[each.pk]

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: more time is granted where it was asked for."""
        if verb in ("grant", "decline"):
            return self.asked is not None and self.stage not in DONE
        if verb in ("update", "remind", "ask"):
            return self.stage not in (*DONE, *HALTED_STAGES)
        return True

    def clean(self) -> None:
        """Refuse days that cannot be, and a time of day that is none."""
        problems = [*self._of_days(), *self._of_times()]
        if problems:
            raise ValidationError(problems)

    def _of_days(self) -> Iterator[str]:
        days = [(name, getattr(self, name)) for name in ("opened_on", "responded_on", "resolved_on", "confirmed_on")]
        for name, day in days:
            if day is not None and day > clock.today():
                yield _t("「{label}」{day} 还没有到（今天是 {today}）。").format(label=self._label(name), day=day, today=clock.today())
            if day is not None and day < self.opened_on:
                yield _t("「{label}」{day} 早于登记日期 {opened}。").format(label=self._label(name), day=day, opened=self.opened_on)
        if self.confirmed and self.confirmed_on and not self.resolved_on:
            yield _t("填了确认日期的，请填写办结日期。")
        if self.resolved_on and self.confirmed_on and self.confirmed_on < self.resolved_on:
            yield _t("确认日期 {confirmed} 早于办结日期 {resolved}。").format(confirmed=self.confirmed_on, resolved=self.resolved_on)
        if self.agreed_on and self.agreed_on < self.opened_on:
            yield _t("约定办结日期 {agreed} 早于登记日期 {opened}。").format(agreed=self.agreed_on, opened=self.opened_on)

    def _of_times(self) -> Iterator[str]:
        if not self._has_time():
            yield _t("「{label}」请写成 14:30 的样子。").format(label=self._label("opened_time"))

    def _has_time(self) -> bool:
        """Tell whether the time of day at which it was opened is one, or left open."""
        return not self.opened_time or Time(path="", label="").may_be(self.opened_time)

    def derived(self) -> dict[str, Any]:
        """Return the stage of one that comes in with its days, and what its clocks say."""
        if not self._has_time():
            return {}  # `clean` says so
        stage = {} if self.row_version else self._stage()
        return {**stage, **keeping.kept(self, stage.get("stage", self.stage))} if self.opened_on else stage

    def _stage(self) -> dict[str, Any]:
        """Return the stage that the days of a new case say; one with an answer already is an old one."""
        over = self.confirmed_on if self.confirmed else self.resolved_on
        stages = (
            (Stage.CLOSED, over), (Stage.RESOLVED, self.resolved_on), (Stage.HANDLING, self.responded_on), (Stage.ASSIGNED, self.holder),
        )
        stage = next((stage for stage, fact in stages if fact), Stage.REGISTERED)
        return {"stage": stage, "historical": any(getattr(self, name) for name in self.STATED)}

    def _label(self, name: str) -> str:
        return str(cast(Any, self._meta.get_field(name)).verbose_name)

    @classmethod
    def open(cls) -> Q:
        """Return the condition: the holder's part is not done yet."""
        return ~Q(stage__in=DONE)

    @classmethod
    def held_by(cls, user_id: int, units: Any) -> Q:
        """Return the condition: of what is open, the person or one of these units has to do something now."""
        return Q(person=user_id) | Q(person=None, holder__in=units)

    @classmethod
    def asked_of_office(cls) -> Q:
        """Return the condition: its owner has to take it in, to check it or to decide about more time."""
        return Q(stage__in=(*FIRST, Stage.RESOLVED)) | Q(asked__isnull=False)

    @classmethod
    def overdue(cls, at: datetime) -> Q:
        """Return the condition: it is not done, and the time for it is over."""
        return cls.open() & passed("resolution_due", at)

    @classmethod
    def raised(cls, at: datetime) -> Q:
        """Return the condition: it is not done, and escalation has brought it further than to a reminder."""
        yellow, red, supervise = (begun(level, at) for level in LEVELS if level != REMIND)
        return cls.open() & (yellow | red | supervise)


def begun(name: str, at: datetime) -> Q:
    """Return the condition that the moment in the two columns of this name has come: a day with its beginning."""
    at = at.astimezone(clock.ZONE)
    return Q(**{f"{name}_on__lt": at.date()}) | Q(**{f"{name}_on": at.date(), f"{name}_time__lte": f"{at:%H:%M}"})


def passed(name: str, at: datetime) -> Q:
    """Return the condition that the moment in the two columns of this name is over: a day with its end, a time of day at once."""
    at = at.astimezone(clock.ZONE)
    today = Q(**{f"{name}_on": at.date(), f"{name}_time__gt": "", f"{name}_time__lt": f"{at:%H:%M}"})
    return Q(**{f"{name}_on__lt": at.date()}) | today


class Head(models.Model):
    """Up to which change of the rules the cases have been counted again; no fact, one row."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.seq)


class StepQuerySet(RecordQuerySet):
    """Steps, of which everybody sees as much as of their case."""

    def seen_by(self, user: Any) -> "StepQuerySet":
        """Return the steps, archived ones included, of the cases that the user may look at."""
        cases = cast(Any, self.model)._meta.get_field("subject").related_model
        return self.filter(subject__in=cases.objects.seen_by(user))


class CaseStep(Record):
    """One thing that happened to a case, abstract; a concrete one adds `subject`, a foreign key to its register of cases.

    `basis` is the ground in law of a pause or an extension, `amount` how much more time, in the unit of the rule.
    """

    revives = False
    belongs_to = "subject"
    listed = ("code", "subject", "kind", "on", "time", "text", "actor")
    code_prefix = "BL"

    kind = models.CharField(_("事由"), max_length=12, choices=What)
    on = models.DateField(_("日期"))
    time = models.CharField(_("时刻"), max_length=5, blank=True)
    text = models.TextField(_("内容"), blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    amount = models.PositiveIntegerField(_("延长多少"), null=True, blank=True)
    asked_on = models.DateField(_("申请日期"), null=True, blank=True)
    holder = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("承办单位"), related_name="+")
    actor = models.CharField(_("办理人"), max_length=40, blank=True)
    contact = PersonalField(_("联系人"), max_length=100, blank=True)

    objects = StepQuerySet.as_manager()  # type: ignore[misc]  # a manager that narrows by the case

    class Meta(Record.Meta):
        abstract = True

    @classmethod
    def right_to(cls, verb: str) -> str:
        """Return the right of its cases: whoever may see a case may see its steps."""
        return cast(Any, cls._meta.get_field("subject")).related_model.right_to(verb)

    def __str__(self) -> str:
        return f"{self.code} {cast(Any, self).get_kind_display()}"

    def parties(self) -> set[int]:
        """Return the parties that see its case."""
        return cast(Any, self).subject.parties()

    @property
    def moment(self) -> Moment:
        """Return when it happened."""
        return moment_of(self.on, self.time)


def registers_of_cases() -> list[type[Case]]:
    """Return every register of cases."""
    return [each for each in registers().values() if issubclass(each, Case)]


def last(steps: Iterable[Any], *kinds: What) -> Any:
    """Return the last step of these kinds, or None."""
    return next((each for each in reversed([*steps]) if each.kind in kinds), None)
