"""The audit: walks the chain of events, and holds versions and live rows against it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import DatabaseError, models
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from kaifaqu.kernel import events
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.records import Record, registers

CHUNK = 2000
UNREADABLE = (TypeError, ValueError, ArithmeticError, DatabaseError)  # what a changed byte makes of a row
MISSING = object()  # no version row, as against one that cannot be read


@dataclass
class Audit:
    """What an audit counted and found; `problems` are sentences, the first broken row first."""

    events: int = 0
    versions: int = 0
    records: int = 0
    head: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(limit: int = 20, only: Iterable[type[Record]] = ()) -> Audit:
    """Return the audit of the installation, or of the registers named; it stops looking after `limit` problems."""
    result = Audit()
    result.problems += islice(_walk(result, [*only] or [*registers().values()]), limit)
    installation = Installation.objects.first()
    if installation is not None:
        result.notes.append(_("这是演示安装：时钟可以移动，记录时间不代表真实时间。") if installation.demo
                            else _("这是正式安装：本系统的时钟不能设定，记录时间取自本机时钟，且不早于前一事件。"))
    return result


def _walk(result: Audit, looked: list[type[Record]]) -> Iterator[str]:
    yield from _chain(result, looked)
    for register in looked:
        yield from _live(register, result)


def _chain(result: Audit, looked: list[type[Record]]) -> Iterator[str]:
    """Yield the breaks of the chain, and the versions that are not what their events say."""
    previous, last, moment = "", 0, None
    erased = _erased()
    while seqs := list(Event.objects.filter(seq__gt=last).order_by("seq").values_list("seq", flat=True)[:CHUNK]):
        chunk = _read(Event, "seq", seqs)
        versions = _versions(seqs, looked)
        for seq in seqs:
            result.events += 1
            if seq != last + 1:
                yield _("事件 #{seq}：前一个是 #{last}，中间缺少事件。").format(seq=seq, last=last)
            last = seq
            event = chunk.get(seq)
            if event is None:
                yield _("事件 #{seq}：内容无法读取，已被改动。").format(seq=seq)
                [previous] = Event.objects.filter(seq=seq).values_list("hash", flat=True)
                continue
            if event.previous != previous:
                yield _("事件 #{seq}：与前一个事件的哈希不相接。").format(seq=seq)
            version = versions.pop((event.subject, seq), MISSING)
            if event.algorithm != events.ALGORITHM or event.hash != events.hash_of(event):
                yield _("事件 #{seq}（{action}）：内容与哈希不符，已被改动。").format(seq=event.seq, action=event.action)
            else:  # what a forged event says of its version means nothing
                yield from _version(event, version, erased, result)
            previous, moment = event.hash, event.at
        for label, seq in sorted(versions):
            yield _("版本 {label} #{seq}：没有对应的事件。").format(label=label, seq=seq)
    for register in looked:
        outside = Q(seq__gt=last) | Q(seq__lt=1)
        if beyond := register.Version.objects.filter(outside).values_list("seq", flat=True).first():
            yield _("版本 {label} #{seq}：没有对应的事件。").format(label=register._meta.label_lower, seq=beyond)
    for event in Event.objects.filter(seq__lt=1).values_list("seq", flat=True):
        yield _("事件 #{seq}：序号从 1 开始，这不是系统写入的。").format(seq=event)
    head = Head.objects.first() or Head()
    result.head = f"#{head.seq} {head.hash}"
    if (head.seq, head.hash, head.at) != (last, previous, moment):
        yield _("链头 #{head}：与最后一个事件 #{last} 不符，链尾可能被截断。").format(head=head.seq, last=last)


def _read(model: type[models.Model], key: str, values: list[int]) -> dict[int, Any]:
    """Return the rows by their key; a row that a changed byte has made unreadable is left out."""
    rows = model._base_manager.filter(**{f"{key}__range": (values[0], values[-1])}) if values else model._base_manager.none()
    try:
        return {getattr(row, key): row for row in rows}
    except UNREADABLE:
        found = {}
        for value in values:
            with suppress(*UNREADABLE):
                found[value] = rows.get(**{key: value})
        return found


def _versions(seqs: list[int], looked: list[type[Record]]) -> dict[tuple[str, int], Any]:
    """Return the version rows of these events, by register and number; None for one that cannot be read."""
    found: dict[tuple[str, int], Any] = {}
    for register in looked:
        numbers = register.Version.objects.filter(seq__range=(seqs[0], seqs[-1])).values_list("seq", flat=True)
        written = sorted(numbers)
        rows = _read(register.Version, "seq", written)
        found |= {(register._meta.label_lower, seq): rows.get(seq) for seq in written}
    return found


def _version(event: Event, version: Any, erased: dict[tuple[str, int], dict[str, int]], result: Audit) -> Iterator[str]:
    """Yield what is wrong with the version row of one event."""
    payload = event.facts
    if "digest" not in payload:
        if version is not MISSING:
            yield _("版本 {label} #{seq}：事件只是备注，不应有版本。").format(label=event.subject, seq=event.seq)
        return
    named = {"label": event.subject, "seq": event.seq, "code": payload.get("code")}
    if version is MISSING:
        yield _("版本 {label} #{seq}（{code}）：缺少该版本。").format(**named)
        return
    result.versions += 1
    if version is None:
        yield _("版本 {label} #{seq}（{code}）：内容无法读取，已被改动。").format(**named)
        return
    columns = {column.attname: column for column in version._meta.concrete_fields}
    facts = {name: events.fact(columns[name], version) for name in payload["columns"] if name in columns}
    for name, told in payload.get("personal", {}).items():
        emptied_at = erased.get((event.subject, event.subject_id), {}).get(name, 0)
        if facts.get(name) is None and emptied_at > event.seq:
            facts[name] = told  # erased by an event that says so: the HMAC stands for the value
    if version.id != event.subject_id or events.digest(facts) != payload["digest"]:
        yield _("版本 {label} #{seq}（{code}）：内容与事件中的摘要不符，已被改动。").format(**named)


def _erased() -> dict[tuple[str, int], dict[str, int]]:
    """Return for each record the personal facts that were erased, with the number of the last event that did so."""
    found: dict[tuple[str, int], dict[str, int]] = {}
    seqs = Event.objects.filter(payload__contains='"erased":[').order_by("seq").values_list("seq", flat=True)
    for seq, event in sorted(_some(Event, list(seqs)).items()):
        with suppress(*UNREADABLE):  # the walk of the chain names it
            names = event.facts.get("erased", [])
            found.setdefault((event.subject, event.subject_id), {}).update(dict.fromkeys(names, seq))
    return found


def _live(register: type[Record], result: Audit) -> Iterator[str]:
    """Yield the live rows that are not what their last version says, and the versions without a live row."""
    label = register._meta.label_lower
    last = dict(register.Version.objects.values_list("id").annotate(last=Max("seq")))
    ids = sorted(register.objects.values_list("id", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start:start + CHUNK]
        rows = _read(register, "id", part)
        numbers = sorted(last[pk] for pk in part if pk in last)
        versions = {number: version for first in range(0, len(numbers), 500)
                    for number, version in _some(register.Version, numbers[first:first + 500]).items()}
        for pk in part:
            result.records += 1
            seq, row = last.pop(pk, None), rows.get(pk)
            if row is None:
                yield _("现存行 {label} {id}：内容无法读取，已被改动。").format(label=label, id=pk)
            elif seq is None:
                yield _("现存行 {label} {id}（{code}）：没有版本。").format(label=label, id=pk, code=row.code)
            elif (version := versions.get(seq)) is not None and (differing := _differing(row, version)):
                yield _("现存行 {label} {id}（{code}）：与最后版本 #{seq} 不符：{columns}。").format(
                    label=label, id=pk, code=row.code, seq=seq, columns="、".join(differing))
    for pk in sorted(last):
        yield _("现存行 {label} {id}：不见了，只剩版本。").format(label=label, id=pk)


def _some(version: type[models.Model], numbers: list[int]) -> dict[int, Any]:
    """Return these versions by number; one that cannot be read is left out, the walk of the chain has named it."""
    try:
        return version._base_manager.in_bulk(numbers)
    except UNREADABLE:
        return {number: row for number in numbers for row in _read(version, "seq", [number]).values()}


def _differing(row: Record, version: Any) -> list[str]:
    """Return the columns in which a live row is not its last version."""
    columns = row._meta.concrete_fields
    return [str(column.verbose_name) for column in columns if events.fact(column, row) != events.fact(column, version)]
