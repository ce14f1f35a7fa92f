"""Pages of meetings: the board of a plan for a year, one meeting as a sheet, what is signed on paper, and a figure it looked at."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.files.models import Content
from kaifaqu.kernel import clock, indicators
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import views
from kaifaqu.pages.asked import number
from kaifaqu.pages.freezing import source_of, tables_of
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand
from kaifaqu.registers.meetings import looking, minutes
from kaifaqu.registers.meetings.board import LATE, board
from kaifaqu.registers.meetings.decisions import Decision, to_report
from kaifaqu.registers.meetings.lifecycle import PLANNED
from kaifaqu.registers.meetings.models import AgendaItem, Attendance, Meeting, MeetingPlan, Signature

PLANS = 100  # to choose from; the latest years stand first


@login_required
@require_safe
def meetings(request: Request) -> HttpResponse:
    """Show the board of one plan: exactly its components, and their slots with what is done, due and late."""
    demand(request.user, "meeting_plans.view")
    seen = MeetingPlan.objects.visible_to(request.user).select_related("owner", "partner")
    plans = list(seen.order_by("-year", "id")[:PLANS])
    asked = number(request.GET.get("plan", ""))
    plan = seen.filter(pk=asked).first() if asked else next(iter(plans), None)
    if asked and plan is None:
        raise Http404
    lines = board(plan, request.user) if plan else []
    late = [(line, cell) for line in lines for cell in line.cells if cell.standing == LATE]
    counts = {"done": sum(line.done for line in lines), "all": sum(line.all for line in lines), "late": len(late)}
    return render(request, "meetings/board.html", {
        "model": MeetingPlan, "plans": plans if plan is None or plan in plans else [*plans, plan], "plan": plan,
        "lines": lines, "late": late, "counts": counts,
        "may_lay_out": plan is not None and request.user.may("meeting_plans.edit", plan.owner_id),
    })  # fmt: skip


@login_required
@require_safe
def meeting(request: Request, pk: int) -> HttpResponse:
    """Show one meeting as a sheet: earlier decisions first, agenda, figures, decisions, who was there, minutes, signatures."""
    found, user = _seen(request.user, pk), request.user
    problems, looked = _looked(found)
    agenda_items = list(AgendaItem.objects.visible_to(user).filter(meeting=found).order_by("order", "id"))
    return render(request, "meetings/meeting.html", {
        "meeting": found, "model": Meeting, "live": found, "reader": Reader(user), "problems": problems, "looked": looked,
        "preview": _preview(found, user) if found.stage == PLANNED else [], "agenda": agenda_items,
        "earlier": to_report(found, user), "decisions": _decisions(found, user),
        "present": list(Attendance.objects.visible_to(user).filter(meeting=found).select_related("party", "person").order_by("id")),
        "signatures": _signatures(found, user), "changed": minutes.is_changed(found),
        "steps": list(views._steps(user, found)), "others": list(views._others(user, found)),
        "may_edit": user.may("meetings.edit", found.owner_id) and found.archived_at is None, "is_late": found.is_late(clock.today()),
    })  # fmt: skip


@login_required
@require_safe
def paper(request: Request, pk: int) -> HttpResponse:
    """Show the sheet of a meeting for paper: as it was last signed, as one signature has it, or as it stands, marked as not signed."""
    found, user = _seen(request.user, pk), request.user
    asked = number(request.GET.get("signature", ""))
    signature = get_object_or_404(Signature.objects.visible_to(user).filter(meeting=found), pk=asked) if asked else None
    sha256 = signature.sha256 if signature else found.sheet_sha256 if found.signed_parties else ""
    try:
        sheet = Content.read(sha256) if sha256 else minutes.sheet(found)
        looked = looking.frozen(sheet["figures"])
    except LookupError as problem:
        return render(request, "meetings/paper.html", {"meeting": found, "model": Meeting, "problem": problem.args[0]}, status=409)
    names = {each.code: str(each) for each in Party.objects.filter(code__in=[*sheet["parties"], *(row[0] for row in sheet["attendance"])])}
    codes = [sheet["chair"], *(row[1] for row in sheet["attendance"]), *(row[3] for row in sheet["decisions"])]
    people = {each.code: str(each) for each in User.objects.filter(code__in=[*filter(None, codes)])}
    signed = {each.party_id: each for each in _signatures(found, user) if each.sha256 == sha256}
    return render(request, "meetings/paper.html", {
        "meeting": found, "model": Meeting, "sheet": sheet, "sha256": sha256, "looked": looked, "names": names, "people": people,
        "period": Period.parse(sheet["period"]), "signers": [(party, signed.get(party.pk)) for party in found.signers()],
    })  # fmt: skip


@login_required
@require_safe
def figure(request: Request, pk: int, place: int) -> HttpResponse:
    """Show a figure that a meeting looked at: its value then with the records behind it, and beside it today's value."""
    found, user = _seen(request.user, pk), request.user
    _problems, looked = _looked(found)
    if place >= len(looked):
        raise Http404
    told = looked[place]
    tables, hidden = tables_of(told.now, user)
    now = looking.today(told.now, found.owner_id, user)
    return render(request, "meetings/figure.html", {
        "meeting": found, "model": Meeting, "looked": told, "number": told.now, "tables": tables, "hidden": hidden, "today_is": now,
        "is_other": now is not None and now.value is not None and looking.text_of(now) != told.now.value, "source": source_of(told.now),
        "problem": _problem(told.now, user),
    })  # fmt: skip


def _seen(user: User, pk: int) -> Meeting:
    """Return a meeting that the person may see."""
    rows = Meeting.objects.seen_by(user).select_related("component__plan", "owner", "partner", "chair")
    return get_object_or_404(rows, pk=pk)


def _looked(found: Meeting) -> tuple[list[str], list[looking.Looked]]:
    """Return what is wrong with the frozen figures, and the figures."""
    try:
        return [], looking.frozen(found.frozen_sha256)
    except LookupError as problem:
        return [problem.args[0]], []


def _preview(found: Meeting, user: User) -> list[Figure]:
    """Return the figures that a meeting would look at now."""
    asked: list[Any] = [(definition, found.asked) for definition, _target in found.component.looked_at()]
    return evaluate(asked, scope=[found.owner_id], user=user) if asked else []


def _decisions(found: Meeting, user: User) -> list[Decision]:
    return list(Decision.objects.visible_to(user).filter(meeting=found).select_related("holder", "person").order_by("id"))


def _signatures(found: Meeting, user: User) -> list[Signature]:
    rows = Signature.objects.visible_to(user).filter(meeting=found)
    return list(rows.select_related("party", "person").order_by("signed_at", "id"))


def _problem(number: Any, user: User) -> str:
    """Return why a figure had no value; the reason names records, which only those read who may see them."""
    definition = indicators.catalogue().get(number.code)
    read = {part.register for part in definition.parts()} if definition else set()
    owners = {*Party.objects.filter(code__in=number.scope).values_list("id", flat=True)}
    may = all(owners <= user.owners(register.right_to("view")) for register in read)
    return number.problem if may or not number.problem else _("当时无法计算，或提出数据的人无权查看；记录不开放，原因从略。")
