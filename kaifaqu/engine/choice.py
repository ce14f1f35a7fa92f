"""Which figures are measured here: those of large registers, as far as the files reach, unless the installation says otherwise."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import Error

from kaifaqu.engine import parquet
from kaifaqu.engine.parquet import Manifest, NotExportable
from kaifaqu.engine.world import opened
from kaifaqu.kernel import events
from kaifaqu.kernel.guard import NotPortable
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World

AUTO, ON, OFF = "auto", "on", "off"
ONLY = "only"  # as ON, but what the engine cannot do is told: the database does not stand in for it
_mode: ContextVar[str | None] = ContextVar("engine", default=None)
log = logging.getLogger(__name__)


class EngineFailed(RuntimeError):
    """The engine could not measure what it was asked, and nothing else was to."""


@contextmanager
def using(mode: str) -> Iterator[None]:
    """Choose as if the installation's setting were this one, as long as the block lasts."""
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def place(register: type[Record], world: World) -> AbstractContextManager[World] | None:
    """Return the asked world on the engine, to be opened; None where the ordinary database shall answer."""
    mode = _mode.get() or settings.ENGINE
    manifest = None if mode == OFF else parquet.current()
    if mode == OFF or (mode == AUTO and (manifest is None or manifest.rows_of(register) <= settings.ENGINE_ROWS)):
        return None
    try:
        manifest = _reaching(manifest, world.known, mode)
    except (OSError, NotExportable) as problem:  # no room on the disk, for example: figures do not depend on the engine
        if mode == ONLY:
            raise EngineFailed(str(problem)) from problem
        log.warning("columnar: %s", problem)
        return None
    return None if manifest is None else _opened(manifest, manifest.seq if world.known is None else world.known, mode)


@contextmanager
def _opened(manifest: Manifest, known: int, mode: str) -> Iterator[World]:
    """Open the world; say what DuckDB could not do in it (memory, disk, files), before the database does it instead."""
    try:
        with opened(manifest, known) as world:
            yield world
    except (Error, NotPortable) as problem:
        if mode == ONLY:
            raise EngineFailed(str(problem)) from problem
        log.warning("columnar: %s", problem)
        raise


def _reaching(manifest: Manifest | None, known: int | None, mode: str) -> Manifest | None:
    """Return a manifest that reaches as far as the world, refreshed where that is soon done."""
    last, near = events.last_seq(), False
    if manifest is not None and manifest.is_of_this_chain():
        unfit = manifest.unfit()
        if not unfit and (last if known is None else known) <= manifest.seq:
            return manifest
        near = last - manifest.seq + sum(manifest.rows_of(register) for register in unfit) <= settings.ENGINE_LAG
    if parquet.may_be_taken_back() or not (near or mode in (ON, ONLY)):
        return None
    return parquet.refresh().manifest
