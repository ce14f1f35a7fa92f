"""What waits for one person: projects that he answers for, what stays behind, what is to be done, what others have done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.cases.waiting import QUEUES, Waiting
from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import clock, dated, indicators
from kaifaqu.kernel.access import SYSTEM, Installation, User
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda, calendars
from kaifaqu.pages.reading import Reader, on_visible_records
from kaifaqu.pages.related import counted
from kaifaqu.registers.meetings import waiting as meetings
from kaifaqu.registers.projects.answering import roles_of
from kaifaqu.registers.projects.lifecycle import ProgressStage, Stage
from kaifaqu.registers.projects.lights import Colour, Light, candidates, seen
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress
from kaifaqu.registers.projects.rules import REPORTING
from kaifaqu.registers.visits import contact
from kaifaqu.reporting.subscriptions.models import unread_by
from kaifaqu.sheets import collecting
from kaifaqu.sheets.models import Collection, Upload, UploadState

ASKED_FOR = timedelta(days=60)  # a collection that was due longer ago is not pressed for any more
SHOWN = 12


@dataclass
class Followed:
    """One project with its light where the person may see one, who answers for it, and in which roles he does; what his own waits for."""

    project: Any
    light: Light | None
    roles: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    waiting: str = ""


@dataclass
class Duty:
    """One thing to be done: in words, with how many, where it is done, and whether it is late."""

    words: str
    address: str
    count: int | None = None
    is_late: bool = False


class Following:
    """The projects that one person follows: `own`, for which he or his unit answers today, and those that stay `behind`.

    All are asked together, the worst first; of those that stay behind the first are named with whoever answers for them.
    """

    def __init__(self, user: User, reader: Reader, shown: int = SHOWN):
        self.user, self.reader, self.world, today = user, reader, World(), clock.today()
        self.roles = roles_of(user)
        open_to = Project.objects.visible_to(user)
        rows = list(open_to.filter(Q(id__in=[*self.roles]) & ~Q(stage=Stage.TERMINATED) | candidates(today)))
        self._lights = seen(user, rows, today, self.world)
        mine = [row for row in rows if row.id in self.roles]
        lit = [row for row in rows if row.id in self._lights]
        behind = sorted((row for row in lit if self._lights[row.id].colour != Colour.GREEN), key=self._worst)
        red, self.yellow = ([row for row in behind if self._lights[row.id].colour == each] for each in (Colour.RED, Colour.YELLOW))
        named = (sorted(mine, key=self._worst), behind[:shown], red[:shown])
        self._holders = self._held({row.id for rows in named for row in rows})
        self.own, self.behind, self.red = ([self._told(row) for row in rows] for rows in named)
        waiting = contact.waiting(user, self.roles, self.world)
        for each in self.own:
            each.waiting = waiting.get(each.project.id, "")

    def _worst(self, row: Any) -> tuple[Any, ...]:
        rank = self._lights[row.id].rank if row.id in self._lights else (0, 0)
        return *(-part for part in rank), row.code

    def _held(self, projects: set[int]) -> dict[int, list[str]]:
        """Return by project who answers for it, each with his role."""
        holders: dict[int, list[str]] = defaultdict(list)
        answering = ProjectAssignment.objects.visible_to(self.user).filter(ProjectAssignment.on(clock.today()), subject_id__in=projects)
        for each in answering.select_related("person", "office").order_by("subject_id", "role", "id"):
            holder = each.person or each.office
            if holder is not None:
                holders[each.subject_id].append(f"{each.get_role_display()} {self.reader.text(holder)}")
        return holders

    def _told(self, row: Any) -> Followed:
        return Followed(row, self._lights.get(row.id), self.roles.get(row.id, []), self._holders.get(row.id, []))


def duties(user: User, figure: Figure, world: World) -> list[Duty]:
    """Return what the person has to do, what is late first; `figure` is that of the projects without a report."""
    found = (
        *_months(user, figure, world),
        *_cases(user),
        *_counted(user, figure.period, world),
        *_collections(user),
        *_unfinished(user),
        *_calendar(user, world),
    )
    return sorted(found, key=lambda duty: not duty.is_late)


def unread(found: Iterable[Duty]) -> int:
    """Return how many messages the person has not read, of all that he has to do."""
    return next((each.count or 0 for each in found if each.address == reverse("inbox")), 0)


def _counted(user: User, month: Period, world: World) -> Iterator[Duty]:
    """Yield what is a number of records only: all of them are counted in one statement."""
    rooms = [(Duty(each.words, each.address, is_late=each.is_late), [each.rows]) for each in agenda.queues(user, world)]
    unread = (Duty(_("没有看过的消息"), reverse("inbox")), [unread_by(user)])
    asked = [*_meetings(user), *_reports(user, month), *rooms, unread]
    counts = counted([rows for _duty, parts in asked for rows in parts])
    place = 0
    for duty, parts in asked:
        duty.count = sum(counts.get(place + n, 0) for n in range(len(parts)))
        place += len(parts)
        if duty.count:
            yield duty


def _cases(user: User) -> Iterator[Duty]:
    """Yield the cases that wait for the person, by what they wait for."""
    labels = {each.name: each.label for each in QUEUES}
    for queue, count in Waiting(user).counts("held", "office", "back", "confirm", "overdue").items():
        if count:
            yield Duty(_("{queue}事项").format(queue=labels[queue]), f"{reverse('cases')}?kind={queue}", count, queue == "overdue")


def _reports(user: User, month: Period) -> Iterator[tuple[Duty, list[QuerySet]]]:
    """Yield the monthly reports that wait to be reviewed or locked."""
    if user.owners("progress.lock"):
        rows, address = ProjectProgress.objects.visible_to(user), reverse("records", args=["progress"])
        yield Duty(_("等待审核的月度进展"), f"{address}?stage=reported"), [rows.filter(stage=ProgressStage.REPORTED)]
        reviewed = rows.filter(stage=ProgressStage.REVIEWED, month__lt=month.start)
        yield Duty(_("已审核、还没有锁定的月度进展"), f"{address}?stage=reviewed"), [reviewed]


def unreported() -> tuple[indicators.Definition, Period]:
    """Return the figure of the projects under construction without a report of last month, and the month."""
    first = clock.today().replace(day=1)
    return indicators.find("projects.progress.unreported.count"), Period.parse(f"{first - timedelta(days=1):%Y-%m}")


def _meetings(user: User) -> Iterator[tuple[Duty, list[QuerySet]]]:
    """Yield the minutes that are late, and those that wait for the signature of the person's party."""
    if user.owners("meetings.edit"):
        yield Duty(_("已过期限、还没有纪要的会议活动"), reverse("meetings"), is_late=True), [meetings.late(user)]
    if user.owners("meetings.sign"):
        yield Duty(_("等本单位签署的纪要"), f"{reverse('records', args=['meetings'])}?stage=minuted"), [meetings.unsigned(user)]


def _months(user: User, figure: Figure, world: World) -> Iterator[Duty]:
    """Yield the projects without a report of last month."""
    month, today = figure.period, clock.today()
    due_days = [dated.resolve(REPORTING.code, owner, today, world).content["due_day"] for owner in user.owners("progress.edit")]
    if due_days and figure.value:
        yield Duty(
            _("{month}还没有报进展的在建项目").format(month=month.label),
            f"{reverse('figure', args=[figure.indicator.code])}?period={month}", int(figure.value), today.day > min(due_days))


def _collections(user: User) -> Iterator[Duty]:
    """Yield the collections from which something is still awaited."""
    if not user.owners("collections.view") or not user.owners("collection_units.view"):
        return
    today = clock.today()
    recent = Q(due_on=None) | Q(due_on__gte=today - ASKED_FOR)
    collections = list(Collection.objects.visible_to(user).filter(recent).order_by("-id")[:SHOWN])
    for each, board in zip(collections, collecting.boards(collections), strict=True):
        counts = board.counts
        waiting, ready = counts[collecting.NOT_BACK], counts[collecting.BACK]
        told = [*([_("未交 {count} 家").format(count=waiting)] if waiting else []),
                *([_("有错误 {count} 家").format(count=counts[collecting.FAULTY])] if counts[collecting.FAULTY] else []),
                *([_("待汇总 {count} 家").format(count=ready)] if ready else [])]
        if told:
            due = _("，{day} 截止").format(day=each.due_on) if each.due_on else ""
            yield Duty(f"{each.name}：{'，'.join(told)}{due}", reverse("collection", args=[each.pk]),
                       is_late=bool(each.due_on and each.due_on < today and waiting))


def _unfinished(user: User) -> Iterator[Duty]:
    """Yield the person's own tables on their way, and jobs that have failed."""
    states = (UploadState.ASKING, UploadState.CHECKED)
    for upload in Upload.objects.filter(person=user, collection=None, state__in=states).order_by("-made_at")[:5]:
        yield Duty(_("导入没有完成：{name}").format(name=upload.name), reverse("import", args=[upload.pk]))
    for job in Job.objects.filter(person=user, state=State.FAILED, made_at__gte=clock.now() - timedelta(days=7)).order_by("-made_at")[:5]:
        yield Duty(_("后台任务没有成功：{told}").format(told=job.told.partition("\n")[0][:60]), reverse("job", args=[job.pk]), is_late=True)


def _calendar(user: User, world: World) -> Iterator[Duty]:
    """Yield the calendars that are missing: next year's from October on, and this year's, which is late."""
    for owner, year in calendars.owners_lacking(user, world):
        late = year <= clock.today().year
        words = _("{year} 年的工作日历还没有录入") if late else _("下一年度的工作日历还没有录入（{year} 年）")
        yield Duty(words.format(year=year), f"{reverse('new-rule')}?kind=clocks.calendar&owner={owner.pk}", is_late=late)


def others_did(user: User, since: Any) -> QuerySet[Event]:
    """Return the changes of others since the event of a number, as far as the person may see them, the latest first."""
    rows = Event.objects.filter(on_visible_records(user), seq__gt=since).order_by("-seq")
    rows = rows.exclude(actor__in=(user.code, SYSTEM.code)).exclude(subject=Installation._meta.label_lower)
    # Others are notes: somebody signed in, a password was set, a list was exported. PostgreSQL takes LIKE for a rare match
    # and would read all events for the last few.
    return rows.alias(facts_at=StrIndex("payload", Value('"after":'))).filter(facts_at__gt=0)
