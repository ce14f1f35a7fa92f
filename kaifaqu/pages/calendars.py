"""Pages of the working days: a year month by month, the clocks as a table, and a notice read from its text."""

import calendar as weeks
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kaifaqu.clocks import reading, rules
from kaifaqu.clocks.calendar import (
    AWAITED,
    CALENDAR,
    FIRST,
    HOLIDAY,
    LAST,
    Calendar,
    lacking,
    notices,
    shipped,
    unshipped,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.world import World
from kaifaqu.pages import contents
from kaifaqu.pages.asked import number
from kaifaqu.pages.forms import CHANGE_ROWS, ActionForm
from kaifaqu.pages.views import Request

WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


class Cell(NamedTuple):
    """A day on the sheet of a month: its number, what it is (work, rest, off or instead), and what that rests on."""

    day: date
    kind: str
    title: str


class Month(NamedTuple):
    """One month: its first day, its weeks from Monday on, with None for days of other months, and its working days."""

    first: date
    weeks: list[list[Cell | None]]
    working_days: int


class Entry(NamedTuple):
    """What a notice lays down for days that follow on each other: from the first to the last, and in which document."""

    first: date
    last: date
    working: bool
    holiday: str
    document: str

    @property
    def length(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1


def months(year: int, calendar: Calendar) -> list[Month]:
    """Return the months of a year as the calendar has them."""
    sheets = weeks.Calendar()
    found = []
    for month in range(1, 13):
        sheet = [[_cell(day, calendar) if day.month == month else None for day in week] for week in sheets.monthdatescalendar(year, month)]
        working = sum(each.kind in ("work", "instead") for week in sheet for each in week if each)
        found.append(Month(date(year, month, 1), sheet, working))
    return found


def _cell(day: date, calendar: Calendar) -> Cell:
    laid = calendar.days.get(day)
    if laid is None:
        return Cell(day, "work" if day.weekday() < 5 else "rest", f"{day} {_('工作日') if day.weekday() < 5 else _('休息日')}")
    told = _t("{holiday}调休上班") if laid.working else _t("{holiday}放假")
    return Cell(day, "instead" if laid.working else "off", f"{day} {told.format(holiday=laid.holiday)}：{laid.document}")


def entries(year: int, calendar: Calendar) -> list[Entry]:
    """Return what is laid down for the days of a year, days that follow on each other together."""
    found: list[Entry] = []
    for day, laid in sorted(calendar.days.items()):
        if day.year == year:
            last = found[-1] if found else None
            if last and (day - last.last).days == 1 and laid == (last.working, last.holiday, last.document):
                found[-1] = last._replace(last=day)
            else:
                found.append(Entry(day, day, *laid))
    return found


@dataclass(frozen=True)
class Years:
    """Which years are laid down for an owner, those by notices of its own, and sentences about those that are missing."""

    owner: Party
    years: list[int]
    own: set[int]
    missing: list[str]

    @classmethod
    def of(cls, owner: Party, world: World) -> "Years":
        """Return how the calendar of the owner stands today."""
        today = clock.today()
        laid = Calendar.of(owner.pk, today, world).years
        product = Calendar.from_notices(shipped(), today).years
        return cls(owner, sorted(laid, reverse=True), {*laid} - product, [missing(each) for each in lacking(owner.pk, today, world)])


def missing(year: int) -> str:
    """Return the sentence that there is no notice of the year yet."""
    if year > clock.today().year:
        return _t("下一年度的工作日历还没有录入。国务院办公厅公布 {year} 年的节假日安排后，请录入；在那以前，跨年的期限是暂定的。").format(
            year=year)
    return _t("{year} 年的工作日历还没有录入，今年的期限都是暂定的。请录入国务院办公厅关于 {year} 年节假日安排的通知。").format(year=year)


def _owner(request: Request) -> tuple[Party | None, list[Party]]:
    """Return the owner whose rules are asked for, and all whose rules the person may look at; none for who may look at none."""
    owners = list(Party.objects.current().filter(pk__in=request.user.owners("rules.view")).order_by("code"))
    asked = number(request.GET.get("owner", ""))
    return next((each for each in owners if each.pk == asked), owners[0] if owners else None), owners


@login_required
@require_safe
def year(request: Request, year: int) -> HttpResponse:
    """Show the working days of a year: of the owner, or of the shipped notices to a person who may not look at its rules."""
    if not FIRST <= year <= LAST:
        raise Http404
    owner, owners = _owner(request)
    today = clock.today()
    calendar = Calendar.of(owner.pk, today, World()) if owner else Calendar.from_notices(shipped(), today)
    sheets = months(year, calendar)
    return render(request, "pages/calendar.html", {
        "year": year, "months": sheets, "entries": entries(year, calendar), "owner": owner, "owners": owners,
        "laid": year in calendar.years, "working_days": sum(each.working_days for each in sheets), "weekdays": WEEKDAYS,
        "before": year - 1 if year > FIRST else None, "after": year + 1 if year < LAST else None,
    })  # fmt: skip


@login_required
@require_safe
def clocks(request: Request) -> HttpResponse:
    """Show the clocks that hold today, as words: the owner's, and the shipped ones where it has none."""
    owner, owners = _owner(request)
    product = rules.shipped()
    told = rules.clocks_of(owner.pk, clock.today(), World()) if owner else product
    rows = [{
        "code": code, "label": each.label, "basis": each.basis, "is_own": product.get(code) != each,
        "time": rules.time_of(each.rule), "start": rules.start_of(each.rule),
        "extension": rules.extension_of(each.rule), "escalation": rules.escalation_of(each.rule),
    } for code, each in told.items()]  # fmt: skip
    return render(request, "pages/clocks.html", {
        "rows": rows, "owner": owner, "owners": owners, "kind": rules.CLOCKS,
        "may_make": owner is not None and request.user.may("rules.edit", owner.pk),
    })  # fmt: skip


# A notice that is entered


def notice_form(request: Request, owner: Party, action: Action) -> tuple[ActionForm, dict[str, Any]]:
    """Return the form of a new notice, which comes on top of those that hold, and what is shown with it.

    What is read of a text that was put in stands in the fields; what of it was not read is shown as long as the text is there.
    """
    sent: QueryDict = request.POST
    just_read = sent.get(CHANGE_ROWS) == "read"
    text = sent.get("notice", "").strip()
    found = reading.read(text, number(sent.get("content-notices-0-years", ""))) if text else None
    if found and just_read:
        sent = _filled(sent, found)
    initial = {"kind": CALENDAR.code, "owner": owner.pk, "content": contents.text(_blank()), **request.GET.dict()}
    form = ActionForm(action, request.user, None, sent if request.method == "POST" else None, initial=initial, drafted=False)
    if just_read:
        form.fields["content"].widget.attrs.pop("autofocus", None)  # what was read is looked at first
    return form, {
        "is_notice": True, "notice": text, "read": found, "just_read": just_read, "change": CHANGE_ROWS,
        "calendars": [Years.of(owner, World())] if request.user.may("rules.view", owner.pk) else [],
        "months": _drawn(contents.read(form["content"].value() or "")), "weekdays": WEEKDAYS,
    }  # fmt: skip


def _blank() -> dict[str, Any]:
    """Return the content with which a new notice begins: of next year, from October on, else of this one."""
    today = clock.today()
    return {"notices": [{"years": [today.year + (today.month >= AWAITED)], "holidays": [{}]}]}


def _filled(sent: QueryDict, found: reading.Reading) -> QueryDict:
    """Return what was sent, with what was read of the notice in the fields."""
    sent = sent.copy()
    sent["content"] = contents.text(found.content)
    if found.document:
        sent["source_document"] = found.document
    if found.published_on:
        sent["published_on"] = sent["since"] = f"{found.published_on}"
    return sent


def _drawn(content: Any) -> list[Month]:
    """Return the months on which a content lays something down, whatever of it can be read."""
    listed = content.get("notices") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        return []
    holidays = [entry for each in listed if isinstance(each, dict) for entry in each.get("holidays") or () if not HOLIDAY(entry)]
    calendar = Calendar.from_notices(notices({"notices": [{"holidays": holidays}]}), date.max)
    touched = {(day.year, day.month) for day in calendar.days}
    return [each for year in sorted({year for year, _month in touched}) for each in months(year, calendar)
            if (year, each.first.month) in touched]  # fmt: skip


def owners_lacking(user: User, world: World) -> list[tuple[Party, int]]:
    """Return for which owners whose rules the person lays down a calendar is missing, and of which year."""
    if not unshipped(clock.today()):
        return []  # as on most days
    owners = Party.objects.current().filter(pk__in=user.owners("rules.edit")).order_by("code")
    return [(owner, year) for owner in owners for year in lacking(owner.pk, clock.today(), world)]

