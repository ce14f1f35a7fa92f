"""What people do with visits, and who looks after an enterprise; archiving and plain entry come from the kernel."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.assigning import succeed
from kaifaqu.registers.issues.actions import opened
from kaifaqu.registers.issues.models import CATEGORIES, Channel
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.visits.kinds import JOINT
from kaifaqu.registers.visits.lifecycle import VISIT_LIFECYCLE, VisitStage
from kaifaqu.registers.visits.limits import names_of, parties, refuse, refuse_incomplete
from kaifaqu.registers.visits.models import ServiceAssignment, ServiceRole, Visit, VisitIssue, Visitor

Into = Annotated[Visit, _("并入哪一次")]
INVOLVED = ("owner", "department", "partner")
if TYPE_CHECKING:
    Category = str
else:
    Category = TextChoices("Category", [(value.upper(), (value, label)) for value, label in CATEGORIES])  # of issues, to be chosen


@action("visits.create", right="visits.edit", label=_("登记"), creates=Visit)
def create(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan a visit, planned or already made; above the ceiling or on a quiet day it gives a reason."""
    change = plan_new(Visit, owner, facts, source=source, reason=reason)
    _refuse(change)
    return change


@action("visits.correct", right="visits.edit", label=_("更正"))
def correct(record: Visit, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a visit; one that is moved to another year or to a quiet day is asked as a new one is."""
    change = plan_correction(record, facts, reason=reason)
    if {*change.names} & {"enterprise", "kind", "planned_on", "visited_on", "exception", "stage", "department", "partner"}:
        _refuse(change, None if "exception" in change.names else record)  # a reason that goes leaves the visit as a new one without
    return change


@action("visits.complete", right="visits.record", label=_("完成走访"), of=INVOLVED)
def complete(
    visit: Visit, *, by: User, version: int, visited_on: Annotated[date | None, _("走访日期（空着为今天）")] = None,
    came: Annotated[bool, _("我参加了")] = True, received_by: str = "", heard: str = "", appeals: str = "", exception: str = "",
) -> Iterator[Change]:
    """Plan that the visit was made; a joint one needs a person of each party. The person who says so came along, unless he says not."""
    day = visited_on or clock.today()
    told = {"received_by": received_by, "heard": heard, "appeals": appeals, "exception": exception}
    facts = {"visited_on": day, **{name: value for name, value in told.items() if value}}
    step = VISIT_LIFECYCLE.plan(visit, VisitStage.DONE, facts=facts, occurred_on=PartialDate.parse(day))
    side = _side(visit, by) if came else None
    is_known = Visitor.objects.current().filter(visit=visit, person_id=by.pk).exists()
    _refuse(step, visit, {side.pk} if side and not is_known else None)
    yield step
    if side and not is_known:
        yield Change(Visitor(owner_id=visit.owner_id), {"visit": visit, "party": side, "person": by})


def _refuse(planned: Change, before: Visit | None = None, coming: set[int] | None = None) -> None:
    """Refuse a visit that would stand without what it needs: a reason on a quiet day, or a person of each party."""
    visit = cast(Visit, planned.result)
    refuse(visit, before)
    refuse_incomplete(visit, coming or set())


def _side(visit: Visit, by: Any) -> Party | None:
    """Return the party of the visit for which the person comes: the one where he works, else the department of the zone."""
    if by.pk is None:
        return None
    works = {*by.units()}
    if own := sorted(works & parties(visit)):
        return Party.objects.get(pk=own[0])
    return visit.department if visit.owner_id in works else None


@action("visits.join", right="visits.record", label=_("加参加人"), of=INVOLVED)
def join(visit: Visit, *, by: User, version: int, party: Party, person: User | None = None, name: str = "") -> Change:
    """Plan one person more at the visit, for one of its parties."""
    if party.pk not in (wanted := parties(visit)):
        raise ValidationError(_t("「参加单位」{party} 不是这次走访的单位。可填：{names}；别的单位要参加，请更正联合单位。").format(
            party=party, names=names_of(wanted)))
    return Change(Visitor(owner_id=visit.owner_id), {"visit": visit, "party": party, "person": person, "name": name})


@action("visits.raise_issue", right="visits.record", label=_("诉求转难点堵点"), of=INVOLVED)
def raise_issue(
    visit: Visit, *, by: User, version: int, category: Annotated[Category, _("类别")],
    title: Annotated[str, _("问题（空着为诉求的第一行）")] = "", demand: Annotated[str, _("具体情况（空着为诉求全文）")] = "",
    hard: Annotated[bool, _("疑难或涉及多部门")] = False,
) -> Iterator[Change]:
    """Plan an issue of what the enterprise asked for: it is opened now, with the time limits of its kind, and the visit leads to it."""
    lines = visit.appeals.split("\n")
    title = (title or lines[0]).strip()[:200]
    if visit.stage != VisitStage.DONE or not title:
        raise ValidationError(_t("{visit}：先完成走访、记下「诉求」，才能转成难点堵点。").format(visit=visit))
    issue = opened(visit.owner, {
        "title": title, "category": category, "demand": demand or visit.appeals, "hard": hard, "channel": Channel.VISIT,
        "enterprise": visit.enterprise, "project": visit.project,
    })  # fmt: skip
    yield issue
    yield Change(VisitIssue(owner_id=visit.owner_id), {"visit": visit, "issue": issue.result})
    yield Change(visit, {})  # writes nothing; who sent the form goes on from the visit


@action("visits.merge", right="visits.edit", label=_("并入另一次"))
def merge(visit: Visit, *, by: User, version: int, into: Into, reason: str = "") -> Iterator[Change]:
    """Plan that the visit is made together with another one, which goes on with the purposes and persons of both."""
    if into.stage != VisitStage.PLANNED:
        raise ValidationError(_t("{visit} 不在计划中，不能并入。").format(visit=into))
    yield VISIT_LIFECYCLE.plan(visit, VisitStage.MERGED, facts={"merged_into": into}, reason=reason)
    together: dict[str, Any] = {name: getattr(into, name) or getattr(visit, name) for name in (*Visit.PURPOSES, "project", "partner")}
    together["purpose"] = "；".join(dict.fromkeys(filter(None, (into.purpose, visit.purpose))))[:200]
    if visit.department_id != into.department_id:
        together |= {"kind": JOINT, "partner": into.partner or visit.department}
    elif visit.kind == JOINT:
        together["kind"] = JOINT
    yield Change(into, together, reason=reason)
    there = {*Visitor.objects.current().filter(visit=into).exclude(person=None).values_list("person_id", flat=True)}
    for each in Visitor.objects.current().filter(visit=visit):  # who was to come to both comes once
        yield Change(each, {"archived_at": clock.now()} if each.person_id in there else {"visit": into}, reason=reason)
    for earlier in Visit.objects.current().filter(merged_into=visit):  # who was to come with it comes with the other one
        yield Change(earlier, {"merged_into": into}, reason=reason)


@action("visits.cancel", right="visits.edit", label=_("取消走访"))
def cancel(visit: Visit, *, by: User, version: int, cancel_reason: str) -> Change:
    """Plan that the visit will not be made, with the reason."""
    return VISIT_LIFECYCLE.plan(visit, VisitStage.CANCELLED, facts={"cancel_reason": cancel_reason}, reason=cancel_reason)


@action("enterprises.assign", right="service_assignments.edit", label=_("包保"))
def assign(
    enterprise: Enterprise, *, by: User, version: int, role: ServiceRole, since: date, person: User | None = None,
    office: Party | None = None, document: str = "", reason: str = "",
) -> Iterator[Change]:
    """Plan who looks after the enterprise in a role from a day on; whoever did so before stays known until that day."""
    yield from succeed(ServiceAssignment, enterprise, role, since, reason, person=person, office=office, document=document)
