"""The index of the search: what each current record is known by, kept up with the events and never a source of facts.

A record's names come from its register: its code, the columns by which an imported row finds it, and those that are
called a name or a code. Personal facts are not among them. A register that has nothing but codes needs no index: the
unique index of its own table finds them.
"""

import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import OperationalError, connection, models, transaction

from kaifaqu.files.models import AttachmentQuerySet
from kaifaqu.jobs import working
from kaifaqu.kernel import events
from kaifaqu.kernel.records import Record, registers
from kaifaqu.pages.initials import initials
from kaifaqu.pages.reading import kind
from kaifaqu.web.models import SearchHead, SearchText

STEP = 1000  # events followed in one transaction: others who write need not wait for more
PATIENCE = 0.5  # seconds that a page spends on following before it answers with what it has
WORKER_PATIENCE = 3  # and a worker, before it looks for jobs again
NAMING = re.compile(r"name|name_.*|.*_name|.*_code")


@cache
def names_of(register: type[Record]) -> tuple[models.Field, ...]:
    """Return the columns by which people know a record of the register, besides its code; `sought` of a register adds others."""
    keys = {*getattr(register, "sought", ()), *(name for key in register.keys for name in key)}
    return tuple(
        each for each in register._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField) and kind(each) == "text" and not each.choices and each.name != "code"
        and (each.name in keys or NAMING.fullmatch(each.name)))


def searched() -> dict[str, type[Record]]:
    """Return the registers whose records can be found, the kernel's last; a file is seen with its record only, and is found there."""
    return {
        name: each for name, each in sorted(registers().items(), key=lambda item: item[1]._meta.app_label == "kernel")
        if (each.columns or each.listed) and not isinstance(each.objects.all(), AttachmentQuerySet)
    }


def indexed() -> dict[str, type[Record]]:
    """Return by their labels the registers whose records have names."""
    return {each._meta.label_lower: each for each in searched().values() if names_of(each)}


def folded(text: str) -> str:
    """Return the text as it is sought: full width as half width, in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def follow(patience: float | None = None) -> bool:
    """Read again the records of the events since the last time; tell whether nothing is left, or the patience was too short.

    Several processes may do so at the same time: they take turns, a step each.
    """
    end = None if patience is None else time.monotonic() + patience
    while not _has_followed():
        if end is not None and time.monotonic() > end:
            return False
        try:
            with _waiting(patience), transaction.atomic():
                _step()
        except OperationalError:  # another writes, as SQLite lets one do at a time, or the disk is full
            if patience is None:
                raise
            return False
    return True


@working.idle
def follow_idly() -> None:
    """Keep the index up while no job waits, so that a search finds it ready."""
    follow(WORKER_PATIENCE)


def rebuild() -> None:
    """Forget the index and make it anew."""
    SearchHead.objects.update(columns="")
    follow()


def _columns() -> str:
    """Return what the index holds, in words: where a new version holds something else, it is made anew."""
    return "\n".join(f"{label} {' '.join(each.name for each in names_of(register))}" for label, register in sorted(indexed().items()))


def _has_followed() -> bool:
    return SearchHead.objects.filter(seq=events.last_seq(), columns=_columns()).exists()


def _step() -> None:
    """Follow a part of the events; the row of the head lets one process do it at a time."""
    SearchHead.objects.get_or_create(pk=1)
    head = SearchHead.objects.select_for_update().get(pk=1)
    if head.columns != _columns():
        SearchText.objects.all().delete()
        head.seq, head.columns = 0, _columns()
    until = min(head.seq + STEP, events.last_seq())
    touched, named = defaultdict(set), indexed()
    about = events.Event.objects.filter(seq__gt=head.seq, seq__lte=until, subject__in=named)
    for label, pk in about.values_list("subject", "subject_id"):
        touched[label].add(pk)
    for label, keys in touched.items():
        _read(named[label], keys)
    head.seq = until
    head.save()


def _read(register: type[Record], keys: set[int]) -> None:
    """Write what the records are known by today; those that are archived leave."""
    columns = [each.name for each in names_of(register)]
    rows = register.objects.current().filter(id__in=keys).values_list("id", "owner_id", "code", *columns)
    stored = dict(SearchText.objects.filter(id__in=keys).values_list("id", "text"))
    told = [SearchText(id=pk, register=register.register, owner=owner, text=_text(names)) for pk, owner, *names in rows]
    changed = [each for each in told if stored.get(each.id) != each.text]
    SearchText.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=["register", "owner", "text"])
    SearchText.objects.filter(id__in={*stored} - {each.id for each in told}).delete()


def _text(names: list[str]) -> str:
    """Return a line for the code and for each name, then for the first letters of each name that is not written in letters."""
    lines = [folded(each).replace("\n", " ") for each in names]
    letters = [initials(each) for each in lines[1:] if not each.isascii()]
    return "".join(f"{line}\n" for line in [*lines, *letters])


@contextmanager
def _waiting(patience: float | None) -> Iterator[None]:
    """Let SQLite wait no longer than the patience for others who write."""
    if patience is None or connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(1000 * patience)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {1000 * connection.settings_dict['OPTIONS'].get('timeout', 5)}")
