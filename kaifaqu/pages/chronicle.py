"""The chronicle of a record: one list by date of what happened to it in all rooms, each of which says what of its own belongs there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, ExtractDay, ExtractMonth, ExtractYear
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kaifaqu.files.models import Attachment
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.fields import PartialDate, PartialDateField
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.pages import domains, manners
from kaifaqu.pages.asked import number
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, register_named

SHOWN = 10  # on the record's own page
SIZE = 50  # on one page of the whole

Told = Callable[[Reader, Any], str]
Rows = Callable[[User, Record], Q]


@dataclass(frozen=True)
class Strand:
    """What one register tells about a record: by which path or condition its rows belong to it, and on which days.

    `days` are columns or expressions with what happened on them; `told` returns further words for a row.
    """

    register: type[Record]
    belongs: str | Rows
    days: Mapping[Any, Any]
    told: Told | None = None

    def rows(self, user: User, record: Record) -> models.QuerySet:
        """Return the rows that belong to the record, as far as the person may see them and what they hang on."""
        rows = self.register.objects.visible_to(user)
        if not isinstance(self.belongs, str):
            return rows.filter(self.belongs(user, record))
        *way, last = self.belongs.split("__")
        register, prefix = self.register, ""
        for name in way:
            register, prefix = related(field_of(register, name)), f"{prefix}{name}__"
            rows = rows.filter(**{f"{prefix}owner_id__in": user.owners(register.right_to("view"))})
        return rows.filter(**{f"{prefix}{last}": record.pk})

    def dated(self, user: User, record: Record) -> Iterable[models.QuerySet]:
        """Yield for each kind of day the rows with its number: 20240305, or 20240300 where only the month is known."""
        for day in self.days:
            yield self.rows(user, record).annotate(day=_numbered(self.register, day)).values("id", "day").order_by()


def _numbered(register: type[Record], day: Any) -> Any:
    """Return the expression of a day as a number by which all days are put in one order."""
    column = field_of(register, day) if isinstance(day, str) and "__" not in day else None
    if isinstance(column, PartialDateField):
        return Cast(F(day), models.IntegerField())
    zone: Any = {"tzinfo": clock.ZONE} if isinstance(getattr(day, "output_field", column), models.DateTimeField) else {}
    return ExtractYear(day, **zone) * 10000 + ExtractMonth(day, **zone) * 100 + ExtractDay(day, **zone)


_strands: dict[type[Record], list[Strand]] = {}
left_out: dict[str, str] = {}  # registers that refer to such a record and are no part of the list, with the reason


def strand(of: type[Record], register: type[Record], belongs: str | Rows, days: Mapping[Any, Any], told: Told | None = None) -> None:
    """Declare what the register tells about the records of another; of the first, the record's page gets the section."""
    if of not in _strands:
        manners.panel(of, "pages/_chronicle.html")(_panel)
    _strands.setdefault(of, []).append(Strand(register, belongs, days, told))


def leave_out(register: type[Record], reason: str) -> None:
    """Declare that a register refers to records that have a chronicle and tells nothing in it, and why."""
    left_out[register.register] = reason


def strands_of(register: type[Record]) -> list[Strand]:
    """Return what is told about the register's records, files that are attached to any of it among them."""
    off = domains.off()
    own = [each for each in _strands.get(register, ()) if each.register._meta.app_label not in off]
    return [*own, _files(own)] if own else []


def _files(own: list[Strand]) -> Strand:
    """Return what is told of files: when each was attached, to the record or to what belongs to it."""

    def belongs(user: User, record: Record) -> Q:
        found = Q(subject=record._meta.label_lower, subject_id=record.pk)
        for each in own:
            found |= Q(subject=each.register._meta.label_lower, subject_id__in=each.rows(user, record).values("id"))
        return found

    written = Subquery(Event.objects.filter(seq=OuterRef("id")).values("at")[:1], output_field=models.DateTimeField())
    return Strand(Attachment, belongs, {written: _("附上一个文件")}, lambda reader, row: row.name)


class Line(NamedTuple):
    """One thing that happened: the day, what kind of record tells it, the record as a link, what happened, and more words."""

    day: str
    kind: str
    name: str
    what: str
    words: str


@dataclass
class Chronicle:
    """A page of what happened, the latest first; how much there is of each kind; `more` tells whether earlier things follow."""

    lines: list[Line]
    kinds: list[tuple[str, str, int]]
    more: bool

    @property
    def count(self) -> int:
        """Return how much there is in all."""
        return sum(count for _code, _label, count in self.kinds)


def chronicle(user: User, record: Record, kind: str = "", size: int = SIZE, page: int = 1) -> Chronicle:
    """Return a page of what happened to the record, of one register where `kind` names it, as far as the person may see it."""
    strands = strands_of(type(record))
    places = [(each, day) for each in strands for day in each.days]
    union, given = _union([rows for each in strands for rows in each.dated(user, record)])
    if not union:
        return Chronicle([], [], False)
    counts: dict[str, int] = defaultdict(int)
    wanted = [str(place) for place, (each, _day) in enumerate(places) if kind in ("", each.register.register)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT strand, COUNT(*) FROM ({union}) AS told WHERE day IS NOT NULL GROUP BY strand", given)
        for place, count in cursor.fetchall():
            counts[places[place][0].register.register] += count
        cursor.execute(
            f"SELECT strand, id, day FROM ({union}) AS told WHERE day IS NOT NULL AND strand IN ({', '.join(wanted) or '-1'}) "
            f"ORDER BY day DESC, id DESC, strand DESC LIMIT {size + 1} OFFSET {(page - 1) * size}", given)
        found = cursor.fetchall()
    labels = {each.register.register: str(each.register._meta.verbose_name) for each in strands}
    kinds = [(code, label, counts[code]) for code, label in labels.items() if counts[code]]
    return Chronicle(list(_told(Reader(user), places, found[:size])), kinds, len(found) > size)


def _union(asked: list[models.QuerySet]) -> tuple[str, list[Any]]:
    """Return one statement of all the rows, each with the place of what it came from."""
    parts: list[str] = []
    given: list[Any] = []
    for place, rows in enumerate(asked):
        with suppress(EmptyResultSet):  # nothing that the person may see
            sql, values = rows.query.sql_with_params()
            parts.append(f"SELECT {place} AS strand, id, day FROM ({sql}) AS strand_{place}")
            given += values
    return " UNION ALL ".join(parts), given


def _told(reader: Reader, places: list[tuple[Strand, Any]], found: list[tuple[int, int, int]]) -> Iterable[Line]:
    """Yield the lines in words; the records of each register are read in one statement."""
    rows: dict[type[Record], dict[int, Any]] = {}
    for register in {places[place][0].register for place, _pk, _day in found}:
        rows[register] = register.objects.in_bulk([pk for place, pk, _day in found if places[place][0].register is register])
        reader.expect(register, rows[register].values())
        for each in rows[register].values():
            reader.met(each)
    for place, pk, day in found:
        of, when = places[place]
        row = rows[of.register][pk]
        what = of.days[when]
        yield Line(
            str(PartialDate.from_number(int(day))), str(of.register._meta.verbose_name), reader.name(of.register, pk),
            str(what(row) if callable(what) else what), of.told(reader, row) if of.told else "")


def _panel(user: User, record: Record) -> dict[str, Any] | None:
    """Return the latest of what happened; None where there is nothing that the person may see."""
    found = chronicle(user, record, size=SHOWN)
    return {"found": found, "record": record} if found.lines else None


@login_required
@require_safe
def show(request: Request, register: str, pk: int) -> HttpResponse:
    """Show all that happened to a record, of one kind where the address names it, a page at a time."""
    model = register_named(register)
    if not strands_of(model):
        raise Http404
    record = get_object_or_404(model.objects.seen_by(request.user), pk=pk)
    kind, page = request.GET.get("kind", ""), max(1, number(request.GET.get("page", "")) or 1)
    found = chronicle(request.user, record, kind, page=min(page, 10_000))
    return render(request, "pages/chronicle.html", {"found": found, "record": record, "model": model, "kind": kind, "page": page})
