"""Changes and the one way to write them: records, versions and events in a few statements, wholly or not at all."""

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.apps import apps as installed
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, models, transaction
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, events
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.records import Record, related

EMPTY = (None, "")
CHUNK = 500
scrubbing: list[Callable[..., bool]] = []  # what drives erased values of some registers, or of all, out of files


class Conflict(ValidationError):
    """Records were changed by somebody else since they were read; `records` are as they stand now."""

    def __init__(self, *records: Any):
        self.records = records
        super().__init__([
            _("{record}：已被他人修改（现为第 {version} 版）。请核对后再保存。").format(record=record, version=record.row_version)
            for record in records
        ])


class _Stale(Exception):
    """An update met fewer rows of the version read than it was given."""


@dataclass
class Change:
    """One planned write: a record as read (or new, without id) and the facts that it will have.

    The facts are cleaned when the change is planned. Raise ValidationError that names the record and everything that
    is wrong with it. `note` plans an event about the record that changes nothing, for example a sign-in. `erases`
    names personal facts to be emptied in every version.
    """

    record: Record
    after: Mapping[str, Any]
    origin: str = ""
    target: str = ""
    occurred_on: PartialDate | None = None
    reason: str = ""
    note: str = ""
    erases: tuple[str, ...] = ()
    action: str = field(init=False, default="")  # stamped by @action, with the person who planned
    planner: Any = field(init=False, default=None)
    is_new: bool = field(init=False)  # creates its record
    names: list[str] = field(init=False, default_factory=list)  # of the facts that really change
    result: Record = field(init=False)  # the record as it will be

    def __post_init__(self) -> None:
        self.is_new = self.record.pk is None
        self.result = self.record if self.is_new else _twin(self.record)
        problems = [*self._assign(self.after), *self._missing()]
        if not problems:
            derived = {name: value for name, value in self.result.derived().items() if name not in self.after}
            problems = self._assign(derived) or _messages(self.result.clean)
        if problems:
            raise ValidationError([_("{record}：{problem}").format(record=named(self.result), problem=text) for text in problems])

    @property
    def writes(self) -> bool:
        """Tell whether the record itself changes; a bare note writes an event only."""
        return bool(self.is_new or self.names or self.erases)

    def _assign(self, facts: Mapping[str, Any]) -> list[str]:
        """Set the cleaned facts on the result; return what is wrong with them."""
        problems, get_field = [], cast(Callable[[str], models.Field], self.record._meta.get_field)  # asked for a million facts
        for name, value in facts.items():
            fact = get_field(name)
            try:
                changed = self._assign_one(fact, value)
            except ValidationError as error:
                problems += [_("「{field}」{problem}").format(field=fact.verbose_name, problem=text) for text in error.messages]
                continue
            if changed and name not in self.names:
                self.names.append(name)
        return problems

    def _assign_one(self, column: models.Field, value: Any) -> bool:
        """Set one cleaned fact; tell whether it differs from what stood there."""
        before = getattr(self.result, column.attname)
        if isinstance(column, models.ForeignKey):
            if value in EMPTY and not column.null:
                raise ValidationError(_("请填写。"))
            if value not in EMPTY and not isinstance(value, related(column)):  # a bare number would escape the look at its right
                raise ValidationError(_("没有这条记录。"))
            setattr(self.result, column.name, value or None)
            return getattr(value, "pk", None) != before or value is not None and value.pk is None
        cleaned = column.clean(value, self.result)
        if cleaned is before or (before is not None and cleaned == before):  # keeps the salt of a personal fact that stays the same
            return False
        setattr(self.result, column.attname, cleaned)
        return True

    def _missing(self) -> list[str]:
        """Return a sentence for each required fact that a new record lacks."""
        if not self.is_new:
            return []
        columns = (column for column in self.record._meta.concrete_fields if column.editable and column.name not in self.after)
        return [
            _("请填写「{field}」。").format(field=column.verbose_name) for column in columns
            if not column.blank and column.name != "code" and _value(self.result, column) in EMPTY
        ]


def _twin(record: Record) -> Record:
    """Return what copy.copy returns, in a third of the time."""
    twin = type(record).__new__(type(record))
    vars(twin).update(record.__getstate__())
    return twin


def named(record: Record) -> str:
    """Return the record as a sentence names it; one that lacks what its name is made of, by its code and register."""
    try:
        return str(record).strip() or str(record._meta.verbose_name)
    except ObjectDoesNotExist:
        return f"{record._meta.verbose_name} {record.code}".strip()


def commit(changes: Iterable[Change | Iterable[Change]], *, by, changeset: int = 0) -> list[Any]:
    """Write the planned changes with their versions and events in one transaction; return the records as written.

    `changeset` continues one that an earlier part of the same transaction began; by default this commit is its own.
    Raise PermissionDenied for a change that no action of the same person planned, Conflict when a record was changed
    since it was read, and ValidationError with every sentence when the database's constraints refuse.
    """
    planned = list(_flat(changes))
    for change in planned:
        if not change.action or change.planner is not by:
            raise PermissionDenied(_("{record}：变更没有经过本人办理的事项，不能保存。").format(record=change.result))
    written = [change for change in planned if change.writes or change.note]
    _refuse_twice(written)
    before = [(change, change.is_new, change.record, vars(change.result).copy()) for change in written]
    try:
        with transaction.atomic():
            Writer(by.code).write(written, changeset)
            for register in {type(change.result) for change in written if change.writes}:
                register.refuse_together([change.result for change in written if isinstance(change.result, register)])
            if erased := {type(change.result) for change in written if change.erases}:
                transaction.on_commit(lambda: scrub(*erased), robust=True)  # what cannot be scrubbed now, the doctor says
    except BaseException as error:
        for change, is_new, record, facts in before:  # as if nothing had been tried
            change.is_new, change.record = is_new, record
            vars(change.result).update(facts)
        if isinstance(error, _Stale):
            raise Conflict(*_stale(written)) from None
        if isinstance(error, IntegrityError):
            raise ValidationError(_explain(written)) from error
        raise
    return [change.result for change in planned]


def migrate_rows(apps, changes: Iterable[tuple[models.Model, Mapping[str, Any]]], *, migration: str, reason: str) -> int:
    """Write facts that a data migration changes, each with its version and an event that names the migration.

    `changes` pairs a row of the migration's historical model with its new facts; return how many rows were written.
    """
    written = []
    for row, facts in changes:
        change = object.__new__(Change)  # a historical model has no rules to clean by
        change.__dict__ |= {
            "record": copy.copy(row), "result": row, "names": list(facts), "reason": reason, "action": f"migration:{migration}",
            "origin": "", "target": "", "occurred_on": None, "note": "", "erases": (), "is_new": False,
        }
        for name, value in facts.items():
            setattr(row, name, value)
        written.append(change)
    with transaction.atomic():
        Writer("migration", apps).write(written)
    return len(written)


class Writer:
    """Writes one commit. Takes the head of the chain first, so that writers never wait for each other in a circle."""

    def __init__(self, actor: str, apps=installed):
        self.actor = actor
        self.get_model: Callable[[str], Any] = apps.get_model

    def write(self, changes: list[Change], changeset: int = 0) -> None:
        """Write records, versions and events of the changes, and the new head."""
        if not changes:
            return
        heads = self.get_model("kernel.Head").objects
        head = heads.select_for_update().get()
        at = max(clock.now(), head.at or clock.now())
        if changeset and not self.get_model("kernel.Event").objects.filter(seq=head.seq, changeset=changeset, actor=self.actor).exists():
            raise ValueError("Only the changeset that this person has just begun can be continued.")
        _revive([change for change in changes if change.is_new and change.result.code])
        numbered = list(enumerate(changes, head.seq + 1))
        for seq, change in numbered:
            if change.writes:
                change.result.row_version += 1
            if change.is_new:
                change.result.pk = seq
        self._resolve([change.result for change in changes])
        self._write_rows(numbered)
        rows = [head]
        for seq, change in numbered:
            rows.append(self._event(seq, at, change, rows[-1].hash, changeset or head.seq + 1))
        columns = self.get_model("kernel.Event")._meta.concrete_fields
        _insert(self.get_model("kernel.Event"), columns, [_prepared(row, columns) for row in rows[1:]])
        heads.filter(pk=head.pk).update(seq=numbered[-1][0], at=at, hash=rows[-1].hash)

    def _resolve(self, records: list[Record]) -> None:
        """Give each record the ids of records made in the same commit, and a code where none was given."""
        numbers: dict[tuple, Iterator[str]] = {}
        for record in records:
            for column in record._meta.concrete_fields:
                if isinstance(column, models.ForeignKey) and column.is_cached(record):
                    target = column.get_cached_value(record)
                    setattr(record, column.attname, target and target.pk)
            if not record.code:
                key = (type(record), record.owner_id)
                if key not in numbers:
                    numbers[key] = _free_codes(*key)
                record.code = next(numbers[key])

    def _write_rows(self, numbered: list[tuple[int, Change]]) -> None:
        by_model = defaultdict(list)
        for seq, change in numbered:
            if change.writes:
                by_model[type(change.result)].append((seq, change))
        for model, rows in by_model.items():
            columns = model._meta.concrete_fields
            prepared = [_prepared(change.result, columns) for seq, change in rows]
            # Updates first: a row that ends, or is archived, makes room for the one that follows it.
            changed = {name for _seq, change in rows if not change.is_new for name in change.names}
            _update(model, columns, changed, [row for row, (seq, change) in zip(prepared, rows, strict=True) if not change.is_new])
            _insert(model, columns, [row for row, (seq, change) in zip(prepared, rows, strict=True) if change.is_new])
            version = self.get_model(f"{model._meta.label}Version")
            versioned = [version._meta.pk, *columns]
            _insert(version, versioned, [[seq, *row] for row, (seq, change) in zip(prepared, rows, strict=True)])
            for _seq, change in rows:
                for name in change.erases:
                    _blank(version, name, change.result.pk)

    def _event(self, seq: int, at: datetime, change: Change, previous: str, changeset: int):
        record = change.result
        columns = record._meta.concrete_fields
        payload: dict[str, Any] = {"code": record.code}
        if change.note:
            payload["note"] = change.note
        if change.writes:
            facts = {column.attname: events.fact(column, record) for column in columns}
            attnames = {column.attname for column in columns if column.name in change.names}
            payload |= {
                "after": facts if change.is_new else {name: facts[name] for name in attnames},
                "before": {} if change.is_new else {
                    column.attname: events.fact(column, change.record) for column in columns if column.attname in attnames},
                "row_version": record.row_version,
                "columns": [*facts],
                "digest": events.digest(facts),
            }
            if personal := {c.attname: facts[c.attname] for c in columns if hasattr(c, "personal") and facts[c.attname]}:
                payload["personal"] = personal
            if change.erases:
                payload["erased"] = list(change.erases)
        event = self.get_model("kernel.Event")(
            seq=seq, at=at, actor=self.actor, party=record.owner_id, action=change.action,
            subject=record._meta.label_lower, subject_id=record.pk, origin=change.origin, target=change.target,
            occurred_on=change.occurred_on, reason=change.reason, changeset=changeset,
            payload=events.canonical(payload), algorithm=events.ALGORITHM, previous=previous,
        )
        event.hash = events.hash_of(event)
        return event


def _revive(changes: list[Change]) -> None:
    """Let each new record whose code stands on an archived one take that record's place and history."""
    codes: dict[tuple, dict[str, Change]] = defaultdict(dict)
    for change in (change for change in changes if change.result.revives):
        codes[type(change.result), change.result.owner_id][change.result.code] = change
    for (model, owner_id), by_code in codes.items():
        wanted = list(by_code)
        for start in range(0, len(wanted), CHUNK):
            same = model.objects.filter(owner_id=owner_id, code__in=wanted[start:start + CHUNK]).order_by("id")
            for archived in same.exclude(archived_at=None):
                change = by_code[archived.code]
                change.is_new, change.record = False, archived
                change.names = [column.name for column in model._meta.concrete_fields if column.name not in ("id", "row_version")]
                change.result.pk, change.result.row_version = archived.pk, archived.row_version


def _insert(model: type[models.Model], columns: Sequence[models.Field], rows: list[list[Any]]) -> None:
    """Insert the prepared rows as they are, with their keys."""
    if rows:
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(column.column)) for column in columns)
        holes = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({holes})", rows)


def _update(model: type[models.Model], columns: Sequence[models.Field], changed: set[str], rows: list[list[Any]]) -> None:
    """Write back what has changed in the prepared rows, comparing in the same statement the row version that each was read with."""
    if rows:
        names = [column.name for column in columns]
        key, version = names.index("id"), names.index("row_version")
        places = [place for place, name in enumerate(names) if name in changed or place == version]
        quote = connection.ops.quote_name
        sets = ", ".join(f"{quote(str(columns[place].column))} = %s" for place in places)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE id = %s AND row_version = %s",
                [[*(row[place] for place in places), row[key], int(row[version]) - 1] for row in rows],
            )
            if cursor.rowcount != len(rows):
                raise _Stale


def _blank(version: type[models.Model], name: str, pk: int) -> None:
    models.QuerySet(version).filter(id=pk).update(**{name: ""})  # a version's own manager never writes


def scrub(*erased: type[Record]) -> bool:
    """Drive erased values of the registers, by default of all, out of every file; tell whether it was possible now."""
    return not [each for each in scrubbing if not each(*erased)]  # each is asked, whatever another could not do


def _prepared(row: Any, columns: Sequence[models.Field]) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]  # looked up once; `connection` looks it up at each use
    return [column.get_db_prep_save(getattr(row, column.attname), database) for column in columns]


def _free_codes(register: type[Record], owner_id: int) -> Iterator[str]:
    """Yield the codes after the highest number that the owner's register uses."""
    prefix = register.code_prefix
    used = register.objects.filter(owner_id=owner_id, code__startswith=prefix).values_list("code", flat=True)
    numbers = (code[len(prefix):] for code in used)
    last = max((int(number) for number in numbers if number.isascii() and number.isdecimal()), default=0)
    while True:
        last += 1
        yield f"{prefix}{last:04d}"


def _refuse_twice(changes: list[Change]) -> None:
    """Refuse two changes of one record in one commit: the second was planned on what the first replaces."""
    met = Counter((type(change.result), change.result.pk) for change in changes if change.result.pk is not None)
    if twice := [change.result for change in changes if met[type(change.result), change.result.pk] > 1]:
        raise ValidationError(_("{records}：同一批中有两处变更，请合并后再保存。").format(
            records="、".join(dict.fromkeys(named(record) for record in twice))))


def _stale(changes: list[Change]) -> Iterator[Record]:
    """Yield the records, as they stand now, that are no longer at the version that a change has read."""
    for record in (change.record for change in changes if not change.is_new):
        if (current := type(record).objects.get(pk=record.pk)).row_version != record.row_version:
            yield current


def _flat(changes: Iterable[Change | Iterable[Change]]) -> Iterator[Change]:
    for change in changes:
        if isinstance(change, Change):
            yield change
        else:
            yield from _flat(change)


def _value(row: models.Model, column: models.Field) -> Any:
    """Return the row's value; of a key to a record that is not yet written, that record."""
    if isinstance(column, models.ForeignKey) and column.is_cached(row):
        return column.get_cached_value(row)
    return getattr(row, column.attname)


def _messages(check: Callable[[], None]) -> list[str]:
    try:
        check()
    except ValidationError as error:
        return error.messages
    return []


def _explain(changes: list[Change]) -> list[str]:
    """Return a sentence for each change that breaks a constraint."""
    seen: dict[tuple, Record] = {}
    problems = []
    for change in changes:
        record = change.result
        texts = _messages(record.validate_constraints)
        key = (type(record), record.owner_id, record.code)
        if key in seen and record.archived_at is None:
            texts.append(_("编号与同一批中的「{other}」相同。").format(other=seen[key]))
        seen[key] = record
        problems += [_("{record}：{problem}").format(record=named(record), problem=text) for text in texts]
    return problems or [_("数据库拒绝保存：记录互相矛盾，或引用了不存在的记录。请刷新页面后重试。")]
