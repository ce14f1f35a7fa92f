"""The world on the columnar engine: all registers as known at an event, out of the files of one manifest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections, models
from django.db.models import sql

from kaifaqu.engine.backend.statements import View
from kaifaqu.engine.parquet import Manifest, folder
from kaifaqu.kernel.records import Record, registers
from kaifaqu.kernel.world import World

ALIAS = "columnar"


class ColumnarQuery(sql.Query):
    """A query whose text is asked for without a database, and which means this one and not the default."""

    def sql_with_params(self) -> tuple[str, tuple]:
        """Return the text for the columnar database."""
        return self.get_compiler(using=ALIAS).as_sql()


@dataclass(frozen=True)
class ColumnarWorld(World):
    """All registers as known at event `known`, which is never None here; it can be asked while it is opened."""

    def rows(self, register: type[Record]) -> models.QuerySet:
        """Return the register's rows in this world, archived ones left out."""
        rows = register.objects.using(ALIAS).current()
        rows.query = rows.query.chain(klass=ColumnarQuery)
        return rows


@contextmanager
def opened(manifest: Manifest, known: int) -> Iterator[World]:
    """Open the world as known at the event, which the manifest must have reached, for as long as the block lasts."""
    if known > manifest.seq:
        raise ValueError(f"#{known} lies after #{manifest.seq}, the last event in the files.")
    with connections[ALIAS].showing(views(manifest), known):  # type: ignore[attr-defined]
        yield ColumnarWorld(known)


def views(manifest: Manifest) -> dict[str, View]:
    """Return each register's table with the files that hold its versions."""
    return {
        register._meta.db_table: View(
            tuple(name for name, _type in table.columns if name != "seq"),
            tuple((folder() / name / file.name).as_posix() for file in table.files))
        for register in registers().values()
        for name in [register.Version._meta.db_table]
        for table in [manifest.tables[name]]
    }
