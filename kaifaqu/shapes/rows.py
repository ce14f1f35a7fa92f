"""Rows: an item that is a list of entries, or a table of them by code, each with one shape."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.shapes.items import NOTHING, Differences, Item, Words
from kaifaqu.shapes.shape import Shape

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows(Item):
    """Entries of one shape, at least one.

    They are stored as a list, where there is a `key` as a table by that code. `flat` entries are stored as the list of
    their values. An entry is called by the value of the item `title`, else by its number. `follows` returns the entry with
    which a new one may begin, from those that there are, `again` says so on a button; `brief` tells an entry in a few words.
    """

    kind = "rows"
    entry: Shape
    key: Item | None = None
    flat: bool = False
    title: str = ""
    between: Words = "；"
    follows: Callable[[list[Row]], Row] | None = None
    again: Words = ""
    brief: Callable[[Row], str] | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Return what is typed in a row: its key, if it has one, and the items of the entry."""
        return (*([self.key] if self.key else []), *self.entry.items)

    @property
    def example(self) -> Any:
        return self.joined([{item.path: item.example for item in self.items if not item.optional}])

    def permitted(self) -> str:
        return _("至少一行，写成 {example}").format(example=json.dumps(self.example, ensure_ascii=False))

    def rows(self, value: Any) -> list[Row]:
        """Return the entries of a value as they are typed, with their keys."""
        if self.key and isinstance(value, dict):
            return [{self.key.path: key, **(entry if isinstance(entry, dict) else {})} for key, entry in value.items()]
        return [self._row(each) for each in value] if isinstance(value, list) else []

    def joined(self, rows: list[Row]) -> Any:
        """Return the value of entries as they were typed; they stay a list while a key is missing or stands twice."""
        if self.flat:
            return [[row.get(item.path) for item in self.entry.items] for row in rows]
        keys = [row.get(self.key.path) for row in rows] if self.key else []
        if not self.key or not all(keys) or len({*keys}) < len(keys):
            return rows
        return {row[self.key.path]: self._entry(row) for row in rows}

    def may_be(self, value: Any) -> bool:
        return not [*self.problems(value)]

    def problems(self, value: Any) -> Iterator[str]:
        """Yield what is wrong with each entry, naming it; of the whole, where there is none."""
        entries = [*value.values()] if self.key and isinstance(value, dict) else value
        if not entries or not isinstance(entries, list):
            yield self._please()
            return
        rows = self.rows(value)
        if self.key:
            yield from self._key_problems(self.key, rows)
            if isinstance(value, list):  # as `joined` leaves it while it is typed
                if self.joined(rows) is not rows:
                    yield self._please()
                entries = [*map(self._entry, rows)]
        for number, (entry, row) in enumerate(zip(entries, rows, strict=True), 1):
            if self.flat and not (isinstance(entry, list) and len(entry) == len(self.entry.items)):
                yield f"{self.name(row, number)}：{self._please()}"
            else:
                yield from (f"{self.name(row, number)}：{problem}" for problem in self.entry.problems(row if self.flat else entry))

    def _key_problems(self, key: Item, rows: list[Row]) -> Iterator[str]:
        """Yield which keys are missing, not permitted, or stand twice."""
        counts = Counter(str(row.get(key.path) or "") for row in rows)
        for number, row in enumerate(rows, 1):
            if not key.may_be(row.get(key.path)):
                yield f"{self.name(row, number)}：{next(key.problems(row.get(key.path)))}"
        for code, count in counts.items():
            if code and count > 1:
                yield _("「{code}」写了 {count} 次，请改用不同的代码或去掉一行。").format(code=code, count=count)

    def name(self, row: Row, number: int) -> str:
        """Return by what an entry is called: its key, else its number and what its title says."""
        if self.key and row.get(self.key.path):
            return f"{self.label}「{self.key.value(row[self.key.path])}」"
        title = self._title(row)
        return _("{label}第 {number} 行").format(label=self.label, number=number) + (f"「{title}」" if title else "")

    def _title(self, row: Row) -> str:
        found = next((item for item in self.entry.items if item.path == self.title), None)
        value = self.entry.value(row, found) if found else None
        return found.value(value) if found and found.may_be(value) else ""

    def value(self, value: Any) -> str:
        return str(self.between).join(map(self._told, self.rows(value))) or NOTHING

    def _told(self, row: Row) -> str:
        """Return an entry in words, with its key where the entry does not tell of itself what it is."""
        told = self.entry.words(self._entry(row))
        return f"{self.key.value(row[self.key.path])}：{told}" if self.key and not self.entry.tell else told

    def words(self, value: Any) -> str:
        return super().words(value) if self.told else self.value(value)

    def differences(self, before: Any, after: Any) -> Differences:
        """Yield what differs, entry by entry; of flat ones, which are short, all together."""
        if self.flat:
            yield from super().differences(before, after)
            return
        earlier, later = self._called(before), self._called(after)
        for code in {**earlier, **later}:
            name, (was, now) = (earlier.get(code) or later[code])[0], (each.get(code, (None, None))[1] for each in (earlier, later))
            if was is not None and now is not None:
                yield from ((f"{name}：{label}", one, other) for label, one, other in self.entry.differences(was, now))
            else:
                one, other = (NOTHING if each is None else self.entry.words(self._entry(each)) for each in (was, now))
                yield name, one, other

    def _called(self, value: Any) -> dict[str, tuple[str, Row]]:
        """Return the entries with what they are called, by their keys or names, those that share a name with their numbers."""
        found: dict[str, tuple[str, Row]] = {}
        for number, row in enumerate(self.rows(value), 1):
            name = self._title(row) or self.name(row, number)
            code = str(self.key and row.get(self.key.path) or name)
            found[f"{code} {number}" if code in found else code] = name, row
        return found

    def _row(self, entry: Any) -> Row:
        if self.flat and isinstance(entry, list):
            return dict(zip((item.path for item in self.entry.items), entry, strict=False))
        return entry if isinstance(entry, dict) else {}

    def _entry(self, row: Row) -> Row:
        return {name: each for name, each in row.items() if not self.key or name != self.key.path}
