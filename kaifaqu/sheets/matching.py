"""Matching: which record a row means, and which records its references mean."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.sheets.columns import public_name

CHUNK = 500
OFFERED = 3  # codes that an ambiguous name offers
KEPT = 5000  # records referred to that are kept in mind


def with_references(records: Sequence[Record], met: dict[tuple[type[Record], int], Record] | None = None) -> None:
    """Fetch in a few statements what the records refer to: the rules of a register look at it, record by record.

    What `met` holds, by register and number, is not fetched again; what is fetched is added to it.
    """
    known = {} if met is None else met
    register = type(records[0]) if records else Record
    for column in (field_of(register, name) for name in register.columns):
        if isinstance(column, models.ForeignKey):
            target, numbers = related(column), {getattr(record, column.attname) for record in records} - {None}
            unknown = [number for number in numbers if (target, number) not in known]
            known |= {(target, number): record for number, record in target.objects.in_bulk(unknown).items()}
            for record in records:
                if (number := getattr(record, column.attname)) is not None:
                    column.set_cached_value(record, known[target, number])


def names_of(register: type[Record]) -> list[str]:
    """Return the columns by which people name one record of the register in a cell, the surest first."""
    single = [key[0] for key in register.keys if len(key) == 1 and "__" not in key[0]]
    columns = {column.name for column in register._meta.concrete_fields if not hasattr(column, "personal")}
    return [name for name in dict.fromkeys(("code", *single, "name")) if name in columns]


class References:
    """Finds the records that the cells of one reference column name, for one person and owner."""

    def __init__(self, column: models.Field, owner: Party, user: User):
        self.register = related(column)
        rows = self.register.objects.visible_to(user)
        open_to_all = self.register.register in ("parties", "users")  # people and units belong to the installation
        self.rows = rows if open_to_all else rows.filter(owner_id=owner.pk)
        self.names = names_of(self.register)
        self.known: dict[str, list[Record]] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Look up the texts that are not known yet, in a few statements."""
        asked = [text for text in dict.fromkeys(texts) if text and text not in self.known]
        for start in range(0, len(asked), CHUNK):
            part = asked[start:start + CHUNK]
            found: dict[str, dict[int, Record]] = {text: {} for text in part}
            for name in self.names:
                wanted: dict[str, list[str]] = defaultdict(list)  # "P1" and "P1 光伏组件" are one code
                for text in part:
                    if not found[text]:
                        wanted[self._spelt(name, text)].append(text)
                for record in self.rows.filter(**{f"{name}__in": [*wanted]}):
                    for text in wanted[str(getattr(record, name))]:
                        if name != "code" or self._is_named(record, text.partition(" ")[2].strip()):
                            found[text][record.pk] = record
            self.known |= {text: [*records.values()] for text, records in found.items()}

    def _is_named(self, record: Record, name: str) -> bool:
        """Tell whether what stands behind a code is the record's name, or was: a form may have been out for long."""
        if not name or "name" not in self.names or name == public_name(record):
            return True
        return self.register.Version.objects.filter(id=record.pk, name=name).exists()

    def find(self, text: str) -> Record | str:
        """Return the one record of this code or name, or the sentence that says why there is none."""
        self.learn([text])
        records = self.known[text]
        if len(records) == 1:
            return records[0]
        label = self.register._meta.verbose_name
        code, _space, name = text.partition(" ")
        if not records and name and (meant := self.rows.filter(code=code).first()):
            return _("「{text}」：编号 {code} 是「{record}」，请核对编号和名称。").format(text=text, code=code, record=meant)
        if records:
            codes = "、".join(record.code for record in records[:OFFERED])
            return _("有 {count} 条{register}叫「{text}」，请改填编号：{codes}。").format(
                count=len(records), register=label, text=text, codes=codes)
        near = get_close_matches(text, self._all(), n=1, cutoff=0.75)
        advice = _("是否指「{near}」？").format(near=near[0]) if near else _("请先登记，或核对编号和名称。")
        return _("没有{register}「{text}」。{advice}").format(register=label, text=text, advice=advice)

    def _spelt(self, name: str, text: str) -> str:
        """Return the text of a cell as the column spells it; "P1 光伏组件" names P1."""
        return text.partition(" ")[0] if name == "code" else text

    def _all(self) -> list[str]:
        if not hasattr(self, "_texts"):
            name = self.names[-1]
            self._texts = list(self.rows.values_list(name, flat=True)[:5000])
        return self._texts


@dataclass
class Match:
    """What a row was found to mean: an existing record, or a new one; `alike` asks a person, `problem` says why neither."""

    record: Record | None = None
    alike: bool = False
    key: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class Finder:
    """Finds by the register's keys the records that rows mean."""

    register: type[Record]
    owner: Party
    user: User
    _met: dict[tuple[type[Record], int], Record] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.rows = self.register.objects.visible_to(self.user).filter(owner_id=self.owner.pk)

    def find(self, rows: list[dict[str, Any]]) -> list[Match]:
        """Return for each row, given as its cleaned facts, the record that it means.

        The first key of which the row fills every column and that finds a record decides; a later key of one column that
        finds another one contradicts it. A key of several columns that is not unique finds a likeness only, which a person
        confirms.
        """
        matches = [Match() for _row in rows]
        for key in self.register.keys:
            wanted = [self._values(row, key) for row in rows]
            for place, (match, values) in enumerate(zip(matches, wanted, strict=True)):
                if match.record and (len(key) > 1 or values == self._held(match.record, key)):
                    wanted[place] = None  # it need not be looked for again
            found = self._lookup(key, {values for values in wanted if values is not None})
            for match, values in zip(matches, wanted, strict=True):
                records = found.get(values, []) if values is not None else []
                if match.problem or not records:
                    continue
                if len(records) > 1:
                    codes = "、".join(record.code for record in records[:OFFERED])
                    match.problem = _("有 {count} 条记录都符合（{codes}），请填写编号。").format(count=len(records), codes=codes)
                elif match.record is None:
                    match.record, match.key, match.alike = records[0], key, len(key) > 1 and not self._is_unique(key)
                elif match.record.pk != records[0].pk and len(key) == 1:
                    match.problem = _("「{one}」指 {first}，「{other}」却指 {second}，请核对。").format(
                        one=self._label(match.key[0]), first=match.record, other=self._label(key[0]), second=records[0])
        return matches

    def _values(self, row: dict[str, Any], key: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the row's values of the key's columns, or None where one is empty."""
        values = []
        for name in key:
            first, _double, rest = name.partition("__")
            value = row.get(first)
            value = getattr(value, rest, None) if rest and value is not None else getattr(value, "pk", value)
            if value in EMPTY:
                return None
            values.append(str(value))
        return tuple(values)

    def _lookup(self, key: tuple[str, ...], wanted: set[tuple[str, ...]]) -> dict[tuple[str, ...], list[Record]]:
        found: dict[tuple[str, ...], list[Record]] = defaultdict(list)
        firsts = sorted({values[0] for values in wanted})
        for start in range(0, len(firsts), CHUNK):
            records = list(self.rows.filter(**{f"{key[0]}__in": firsts[start:start + CHUNK]}))
            if len(self._met) > KEPT:
                self._met.clear()
            with_references(records, self._met)
            for record in records:
                if (values := self._held(record, key)) in wanted:
                    found[values].append(record)
        return found

    def _held(self, record: Record, key: tuple[str, ...]) -> tuple[str, ...]:
        """Return the record's own values of the key's columns."""
        return tuple(str(_reach(record, name if "__" in name else field_of(self.register, name).attname)) for name in key)

    def _is_unique(self, key: tuple[str, ...]) -> bool:
        """Tell whether no two records of the owner can share the key."""
        constraints = (each for each in self.register._meta.constraints if isinstance(each, models.UniqueConstraint))
        return any({*each.fields} - {"owner"} == {*key} for each in constraints)

    def _label(self, name: str) -> str:
        return str(field_of(self.register, name.partition("__")[0]).verbose_name)


def _reach(record: Any, name: str) -> Any:
    for part in name.split("__"):
        record = getattr(record, part, None)
    return "" if record is None else record
