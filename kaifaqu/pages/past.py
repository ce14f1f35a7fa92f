"""The past of a record: its events and versions a page at a time, and any two versions side by side."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kaifaqu.kernel import events
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.pages.asked import number
from kaifaqu.pages.reading import NOTHING, Entry, Reader, kind, labels_of, moment, set_cells

EVENTS = 20  # on one page
VERSIONS = 10
LONG = 80  # characters of a text in the list of versions; the whole stands in the comparison


class Line(NamedTuple):
    """One fact in two versions, and the event that last changed it between them."""

    label: str
    older: str
    newer: str
    kind: str
    entry: Entry | None = None


class Told(NamedTuple):
    """One version: its number, the event that wrote it and when, and the cells of its facts, marked against the version before.

    `comparison` is the address where it stands beside that one.
    """

    number: int
    seq: int
    at: str
    cells: str
    comparison: str


@dataclass
class Comparison:
    """Two versions of a record: the facts in which they differ, and those that are the same."""

    older: Any
    newer: Any
    changed: list[Line] = field(default_factory=list)
    same: list[Line] = field(default_factory=list)


class Past:
    """What happened to a record until event `known`.

    `asked` is what the address says: from which event (`past`) and which version (`until`) on to tell, and which two
    `versions` to compare; `problem` says what of it there is not.
    """

    def __init__(self, reader: Reader, record: Record, asked: Any, known: int | None):
        self.reader, self.register, self.problem, self._asked = reader, type(record), "", asked
        columns = [field_of(self.register, name) for name in self.register.columns or self.register.listed]
        lifecycle = self.register.lifecycle
        derived = [*([lifecycle.field] if lifecycle else []), "archived_at"]
        self.columns, self.compared = columns, list(dict.fromkeys((*columns, *(field_of(self.register, name) for name in derived))))
        limit = {"seq__lte": known} if known else {}
        self._all = self.register.Version.objects.filter(id=record.pk, **limit).order_by("-row_version")
        self.is_turned = {name: number(asked.get(name, "")) is not None for name in ("past", "until")}  # to an older page
        self._events = _from(events.timeline(record).filter(**limit), "seq", asked.get("past", ""), EVENTS)
        self._versions = _from(self._all, "row_version", asked.get("until", ""), VERSIONS)
        self._pair = self._asked_pair(",".join(asked.getlist("versions")))
        reader.expect(self.register, [*self._versions, *self._pair])

    @property
    def earlier_event(self) -> int | None:
        """Return the event with which the next page begins, if there is one."""
        return self._events[EVENTS].seq if len(self._events) > EVENTS else None

    @property
    def earlier_version(self) -> int | None:
        """Return the version with which the next page begins, if there is one."""
        return self._versions[VERSIONS].row_version if len(self._versions) > VERSIONS else None

    @cached_property
    def last(self) -> int:
        """Return the number of the last version; 0 where there was none yet."""
        newest = self._all.first() if self.is_turned["until"] else self._versions[0] if self._versions else None
        return newest.row_version if newest else 0

    @property
    def offered(self) -> tuple[int, int]:
        """Return the numbers of the two versions that are compared, or that may well be: the last two."""
        older, newer = [each.row_version for each in self._pair] or (max(self.last - 1, 1), self.last)
        return older, newer

    @cached_property
    def timeline(self) -> list[Entry]:
        """Return the events in words, the latest first."""
        return list(self.reader.entries(self._events[:EVENTS], with_facts=True))

    @cached_property
    def versions(self) -> tuple[list[str], list[Told]]:
        """Return the labels of the columns that are filled somewhere, and each version, the latest first."""
        told = self.reader.table(self.register, self._versions, self.columns).rows
        used = [place for place in range(len(self.columns)) if any(texts[place] != NOTHING for _version, texts in told)]
        tags = {place: f'<td class="{kind(self.columns[place])}">' for place in used}
        kept = self._asked.copy()
        kept.pop("versions", None)
        rows = []
        for place, (version, texts) in enumerate(told[:VERSIONS]):
            before = told[place + 1][1] if place + 1 < len(told) else texts
            cells = set_cells(tags.values(), [
                _begun(texts[each]) if texts[each] == before[each] else format_html("<mark>{}</mark>", _begun(texts[each]))
                for each in used])
            kept["versions"] = f"{version.row_version - 1},{version.row_version}"
            rows.append(Told(
                version.row_version, version.seq, moment(self._written[version.seq].at), cells,
                f"?{kept.urlencode(safe=',')}#versions" if version.row_version > 1 else ""))
        return [labels_of(self.register)[self.columns[place].attname] for place in used], rows

    @cached_property
    def comparison(self) -> Comparison | None:
        """Return the two versions side by side, what differs first; None where none are asked for."""
        if not self._pair:
            return None
        older, newer = self._pair
        wrote = self._changes
        entries = {each.event.seq: each for each in self.reader.entries([self._written[seq] for seq in sorted({*wrote.values()})])}
        found = Comparison(older, newer)
        for each in self.compared:
            one, other = (self.reader.tell(each, getattr(version, each.attname), version) for version in (older, newer))
            line = Line(str(each.verbose_name), one, other, kind(each), entries.get(wrote.get(each.attname, 0)))
            if each.attname in wrote:
                found.changed.append(line)
            elif one != NOTHING:
                found.same.append(line)
        return found

    def _asked_pair(self, text: str) -> list[Any]:
        """Return the two versions to be compared, the older first; none where they are not asked for."""
        if not text:
            return []
        wanted = [number(part.strip()) for part in text.split(",")]
        if len({*wanted}) == 2 and None not in wanted:
            found = list(self._all.filter(row_version__in=wanted).order_by("row_version"))
            if len(found) == 2:
                return found
        self.problem = _("没有要比较的版本「{asked}」：请写两个不同的版本号，现有 1 至 {last}。").format(asked=text[:20], last=self.last)
        return []

    @cached_property
    def _changes(self) -> dict[str, int]:
        """Return for each column in which the pair differs the number of the event that last changed it."""
        older, newer = self._pair
        names = [each.attname for each in self.compared if getattr(older, each.attname) != getattr(newer, each.attname)]
        if newer.row_version == older.row_version + 1:
            return dict.fromkeys(names, newer.seq)
        between = self._all.filter(row_version__gt=older.row_version, row_version__lte=newer.row_version).order_by("row_version")
        wrote: dict[str, int] = {}
        before = [getattr(older, name) for name in names]
        for seq, *values in between.values_list("seq", *names).iterator():
            wrote |= {name: seq for name, value, earlier in zip(names, values, before, strict=True) if value != earlier}
            before = values
        return wrote

    @cached_property
    def _written(self) -> dict[int, Event]:
        """Return the events that wrote what is shown here, in one statement."""
        known = {event.seq: event for event in self._events}
        needed = {version.seq for version in self._versions[:VERSIONS]} | ({*self._changes.values()} if self._pair else set())
        return known | (Event.objects.in_bulk(needed - {*known}) if needed - {*known} else {})


def _from(rows: models.QuerySet, name: str, start: str, size: int) -> list[Any]:
    """Return a page of the rows, from the number that is asked for down, and the one that follows it."""
    first = number(start)
    return list((rows if first is None else rows.filter(**{f"{name}__lte": first}))[:size + 1])


def _begun(text: str) -> str:
    """Return how a long text begins; what is set already, a link, as it is."""
    return text if isinstance(text, SafeString) or len(text) <= LONG else f"{text[:LONG]}…"
