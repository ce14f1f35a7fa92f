"""Sending: a request goes out to units, each with a workbook that is filled in as far as its facts are known."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import IO, Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY, Change, commit
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.sheets import blanks
from kaifaqu.sheets.models import Collection, CollectionUnit, subjects_of

RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)  # names that Windows keeps for itself
LONGEST = 60  # characters of a part of a file's name


def start(owner: Party, by: User, facts: Mapping[str, Any], units: Iterable[Mapping[str, Any]]) -> Collection:
    """Enter a collection with its units in one commit. Raise ValidationError where a record has two units, or there is none."""
    units, met = list(units), dict[str, str]()
    if not units:
        raise ValidationError(_("还没有填报单位。"))
    first = cast(Change, actions.find("collections.create").plan(owner, by=by, facts=dict(facts)))
    changes = [first]
    for unit in units:
        planned = actions.find("collection_units.create").plan(owner, by=by, facts={**unit, "collection": first.result})
        change = cast(Change, planned)
        for code in cast(CollectionUnit, change.result).codes:
            if (other := met.setdefault(code, unit["name"])) != unit["name"]:
                raise ValidationError(_("{code} 同时列在「{one}」和「{other}」，一条记录只由一家填。").format(
                    code=code, one=other, other=unit["name"]))
        changes.append(change)
    return commit(changes, by=by)[0]


def units_of(collection: Collection) -> list[CollectionUnit]:
    """Return the units of a collection in the order of their codes."""
    return list(CollectionUnit.objects.current().filter(collection=collection, owner_id=collection.owner_id).order_by("id"))


def rows_of(unit: CollectionUnit, by: User) -> list[Record]:
    """Return what stands in the unit's workbook: its records, or for each subject the period's record, made up where none is."""
    collection = unit.collection
    register = collection.model
    subjects = subjects_of(register).objects.visible_to(by).filter(owner_id=unit.owner_id, code__in=unit.codes).order_by("code")
    if subjects.model is register:
        return list(subjects)
    subject_name, period_name = register.periodic  # type: ignore[attr-defined]
    known = register.objects.visible_to(by).filter(owner_id=unit.owner_id, **{f"{subject_name}__in": subjects})
    there = {getattr(row, f"{subject_name}_id"): row for row in known.filter(**{period_name: collection.month})}
    carried = carried_over(collection, known)
    rows = []
    for subject in subjects:
        period = {subject_name: subject, period_name: collection.month}
        rows.append(there.get(subject.pk, register(owner_id=unit.owner_id, **period, **carried.get(subject.pk, {}))))
    return rows


def carried_over(collection: Collection, known: QuerySet) -> dict[int, dict[str, Any]]:
    """Return by subject what a form of the period brings along: what the last record before it in its year says, of those known."""
    names = getattr(collection.model, "carried", ())
    if not names:
        return {}
    subject_name, period_name = collection.model.periodic  # type: ignore[attr-defined]
    found = {}
    for row in known.filter(owner_id=collection.owner_id).order_by(period_name):
        if str(getattr(row, period_name))[:4] == collection.period[:4] and str(getattr(row, period_name)) < collection.period:
            facts = {name: getattr(row, name) for name in names}
            found[getattr(row, f"{subject_name}_id")] = {name: value for name, value in facts.items() if value not in EMPTY}
    return found


def send_one(unit: CollectionUnit, by: User, stream: IO[bytes]) -> None:
    """Write the unit's workbook to the stream; its mark says whose it is."""
    rows = rows_of(unit, by)
    blanks.blank(unit.collection.model, by, stream, rows, owner=Party.objects.get(pk=unit.owner_id), among=_among(rows),
                 extra=_extra(unit.collection, unit))


def send(collection: Collection, by: User, stream: IO[bytes]) -> int:
    """Write a zip with the workbook of each unit to the stream; return how many there are."""
    units, names = units_of(collection), set[str]()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for unit in units:
            book = io.BytesIO()
            send_one(unit, by, book)
            name = file_name(unit)
            while name.lower() in names:
                name = f"{name.removesuffix('.xlsx')}_{unit.code}.xlsx"
            names.add(name.lower())
            archive.writestr(name, book.getvalue())
    return len(units)


def forward(collection: Collection, by: User, stream: IO[bytes]) -> int:
    """Write one workbook with the rows of all units, each with its unit, to be forwarded; return how many rows there are."""
    told = [(row, unit.name) for unit in units_of(collection) for row in rows_of(unit, by)]
    rows = [row for row, _name in told]
    blanks.blank(collection.model, by, stream, rows, owner=Party.objects.get(pk=collection.owner_id), among=_among(rows),
                 extra=_extra(collection), units=[name for _row, name in told])
    return len(rows)


def file_name(unit: CollectionUnit) -> str:
    """Return the name of the unit's workbook, such that every system can store it."""
    return f"{plain(unit.name)}_{plain(unit.collection.name)}.xlsx"


def plain(text: str) -> str:
    """Return the text as a part of a file's name, such that every system can store it."""
    kept = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', " ", text).strip(" .")[:LONGEST].strip(" .")
    return f"_{kept}" if RESERVED.fullmatch(kept) else kept or "_"


def _among(rows: Iterable[Record]) -> dict[str, list[Record]]:
    """Return by column the records that the rows refer to: only these may a drop-down name."""
    found: dict[str, dict[int, Record]] = defaultdict(dict)
    for row in rows:
        for name in type(row).columns:
            if field_of(type(row), name).is_relation and (record := getattr(row, name)) is not None:
                found[name][record.pk] = record
    return {name: list(records.values()) for name, records in found.items()}


def _extra(collection: Collection, unit: CollectionUnit | None = None) -> dict[str, Any]:
    return {"collection": {
        "id": collection.pk, "code": collection.code, "name": collection.name, "period": collection.period, "unit": unit and unit.pk,
    }}
