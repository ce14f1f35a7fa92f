"""What waits for one person: projects that he answers for, what stays behind, what is to be done, what others have done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import access, clock, indicators
from kaifaqu.kernel.access import Membership, User
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, registers
from kaifaqu.kernel.world import World
from kaifaqu.pages.reading import Reader, on_visible_records
from kaifaqu.registers.projects.lifecycle import ProgressStage, Stage
from kaifaqu.registers.projects.lights import Colour, Light, lights
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress
from kaifaqu.sheets import collecting
from kaifaqu.sheets.models import Collection, Upload, UploadState

OPEN_STAGES = (Stage.SIGNED, Stage.LANDED, Stage.UNDER_CONSTRUCTION)
ASKED_FOR = timedelta(days=60)  # a collection that was due longer ago is not pressed for any more
DUE_WITHIN = timedelta(days=30)
SHOWN = 12


@dataclass
class Followed:
    """One project with its light, who answers for it, and in which roles the person himself does."""

    project: Any
    light: Light
    roles: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)


@dataclass
class Duty:
    """One thing to be done: in words, with how many, where it is done, and whether it is late."""

    words: str
    address: str
    count: int | None = None
    is_late: bool = False


def own_projects(user: User, reader: Reader) -> list[Followed]:
    """Return the projects for which the person, or a unit that he works in, answers today; the worst first."""
    units = Membership.objects.current().filter(Membership.on(clock.today()), user_id=user.pk).values("party_id")
    held = ProjectAssignment.objects.visible_to(user).filter(ProjectAssignment.on(clock.today()))
    mine = held.filter(Q(person_id=user.pk) | Q(person=None, office_id__in=units))
    roles: dict[int, list[str]] = defaultdict(list)
    for each in mine.order_by("id"):
        roles[each.subject_id].append(each.get_role_display())
    projects = Project.objects.visible_to(user).filter(id__in=[*roles]).exclude(stage=Stage.TERMINATED)
    return _followed(projects, reader, roles)


def behind(user: User, reader: Reader, colours: Iterable[str] = (Colour.RED, Colour.YELLOW)) -> list[Followed]:
    """Return the projects that the person may see and that stay behind, the worst first."""
    projects = Project.objects.visible_to(user).filter(stage__in=OPEN_STAGES)
    found = lights(projects, clock.today(), World())
    late = [pk for pk, light in found.items() if light.colour in colours]
    return _followed(Project.objects.filter(id__in=late), reader, {})


def _followed(projects: QuerySet, reader: Reader, roles: dict[int, list[str]]) -> list[Followed]:
    rows = list(projects)
    found = lights(rows, clock.today(), World())
    holders: dict[int, list[str]] = defaultdict(list)
    answering = ProjectAssignment.objects.visible_to(reader.user).filter(ProjectAssignment.on(clock.today()), subject_id__in=[*found])
    for each in answering.select_related("person", "office").order_by("subject_id", "role", "id"):
        holder = each.person or each.office
        if holder is not None:
            holders[each.subject_id].append(f"{each.get_role_display()} {reader.text(holder)}")
    told = [Followed(row, found[row.id], roles.get(row.id, []), holders[row.id]) for row in rows]
    return sorted(told, key=lambda each: (-each.light.rank[0], -each.light.rank[1], each.project.code))


def duties(user: User) -> list[Duty]:
    """Return what the person has to do, what is late first."""
    return sorted((*_months(user), *_collections(user), *_unfinished(user)), key=lambda duty: not duty.is_late)


def _months(user: User) -> Iterator[Duty]:
    """Yield what is to be done about last month's reports."""
    first = clock.today().replace(day=1)
    month = Period.parse(f"{first - timedelta(days=1):%Y-%m}")
    if user.owners("progress.edit"):
        figure = indicators.find("projects.progress.unreported.count").figure(month, scope=access.scope(), user=user)
        if figure.value:
            yield Duty(
                _("{month}还没有报进展的在建项目").format(month=month.label),
                f"{reverse('figure', args=[figure.indicator.code])}?period={month}", int(figure.value), clock.today().day > 10)
    if user.owners("progress.lock"):
        waiting = ProjectProgress.objects.visible_to(user).filter(stage=ProgressStage.REPORTED)
        if count := waiting.count():
            yield Duty(_("等待审核的月度进展"), f"{reverse('records', args=['progress'])}?stage={ProgressStage.REPORTED}", count)
        reviewed = ProjectProgress.objects.visible_to(user).filter(stage=ProgressStage.REVIEWED, month__lt=month.start)
        if count := reviewed.count():
            yield Duty(
                _("已审核、还没有锁定的月度进展"), f"{reverse('records', args=['progress'])}?stage={ProgressStage.REVIEWED}", count)


def _collections(user: User) -> Iterator[Duty]:
    """Yield the collections from which something is still awaited."""
    if not user.owners("collections.view") or not user.owners("collection_units.view"):
        return
    today = clock.today()
    for each in Collection.objects.visible_to(user).order_by("-id")[:SHOWN]:
        if each.due_on is not None and each.due_on < today - ASKED_FOR:
            continue
        counts = collecting.board(each).counts
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


def due_soon(user: User) -> list[tuple[date, str, Any]]:
    """Return the planned starts and completions of the coming days: what was promised by when, of which project."""
    today = clock.today()
    until = today + DUE_WITHIN
    projects = Project.objects.visible_to(user)
    told = (
        ("expected_start_on", _("计划开工"), projects.filter(stage__in=(Stage.SIGNED, Stage.LANDED))),
        ("expected_completion_on", _("计划竣工"), projects.filter(stage=Stage.UNDER_CONSTRUCTION)),
    )
    found = []
    for column, label, rows in told:
        for row in rows.filter(**{f"{column}__gte": today.replace(day=1), f"{column}__lte": until}):
            planned = getattr(row, column)
            if today <= planned.last <= until or planned.first <= today <= planned.last:
                found.append((planned.last, _("{planned} {label}").format(planned=planned, label=label), row))
    return sorted(found, key=lambda each: (each[0], each[2].code))


def others_did(user: User, since: int) -> tuple[QuerySet[Event], list[tuple[type[Record], int]]]:
    """Return the events of others since one, as far as the person may see them, the latest first, and counts by register."""
    rows = Event.objects.filter(on_visible_records(user), seq__gt=since).exclude(actor=user.code).order_by("-seq")
    counts = rows.order_by().values("subject").annotate(count=Count("seq")).order_by("-count", "subject")
    by_label = {each._meta.label_lower: each for each in registers().values()}
    return rows, [(by_label[each["subject"]], each["count"]) for each in counts]
