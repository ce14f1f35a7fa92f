"""The two databases as a backup sees them: written into files while others write, read back, looked at in a copy."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from kaifaqu.files import store

SESSIONS = "django_session"
PATIENCE = 20  # seconds that a restore waits for others to let go
SCRATCH = "kaifaqu_scratch"
Ask = Callable[[str], list[tuple[Any, ...]]]


class Broken(Exception):
    """What was found in a copy of the database; `problems` are sentences."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Dump:
    """A database as it stood at one moment: its files, the columns of each table file, and a way to ask it."""

    paths: list[Path]
    tables: dict[str, list[str]]
    ask: Ask


def engine() -> str:
    """Return the configured database's engine: sqlite or postgresql."""
    return connection.vendor


def dump(folder: Path) -> AbstractContextManager[Dump]:
    """Write the database as it stands now into the folder, and give the Dump; others go on writing meanwhile."""
    return _dump_sqlite(folder) if engine() == "sqlite" else _dump_postgresql(folder)


def look(folder: Path, tables: dict[str, list[str]], check: Callable[[], list[str]]) -> list[str]:
    """Return what `check` says when it asks the dumped database instead of the installation's."""
    return _look_sqlite(folder, check) if engine() == "sqlite" else _look_postgresql(folder, tables, check)


def load(folder: Path, tables: dict[str, list[str]], check: Callable[[], list[str]]) -> None:
    """Put the dumped database in the place of the installation's, wholly or not at all.

    Raise Broken with what `check` says of it, and ValidationError when others do not let go of the database; in both
    cases the installation is as it was.
    """
    if engine() == "sqlite":
        _load_sqlite(folder, check)
    else:
        _load_postgresql(folder, tables, check)


def migrations() -> list[str] | None:
    """Return the migrations that have been run in the configured database, None when it is empty."""
    recorder = MigrationRecorder(connection)
    return sorted(".".join(each) for each in recorder.applied_migrations()) if recorder.has_table() else None


def fits(tables: dict[str, list[str]]) -> bool:
    """Tell whether a dump's table files are those of the installation's own tables; SQLite's one file brings its tables."""
    return engine() == "sqlite" or [*tables] == _tables()


def prepare() -> None:
    """Make the tables of an empty database, where the dump does not bring them."""
    if engine() == "postgresql" and not migrations():
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def unusable(problem: Exception) -> str:
    """Return what to do about a database of this installation that can be neither read nor written, or has no room."""
    if store.is_full(problem):
        return store.sentence(problem)
    return _("现有数据库不能使用（{problem}）。若文件已损坏，请先把它移走，再恢复。").format(problem=problem)


def _asking(cursor: Any) -> Ask:
    def ask(statement: str) -> list[tuple[Any, ...]]:
        cursor.execute(statement)
        return cursor.fetchall()

    return ask


# SQLite: the whole file


def note_sizes() -> None:
    """Let SQLite note how much its tables hold, by which it chooses its ways to the rows; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 400")  # rows of an index that it looks at: some milliseconds in all
            cursor.execute("ANALYZE")


def _file(folder: Path) -> Path:
    return folder / "database.sqlite3"


@contextmanager
def _dump_sqlite(folder: Path) -> Iterator[Dump]:
    live = connection.copy()  # the installation's own connection may be in the middle of something
    with closing(sqlite3.connect(_file(folder))) as copy:
        try:
            live.connect()
            live.connection.backup(copy)  # in one step, so that no writer makes it begin again
        finally:
            live.close()
        copy.execute("PRAGMA secure_delete = ON")
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [SESSIONS]).fetchone():
            copy.execute(f"DELETE FROM {SESSIONS}")
            copy.commit()
        copy.execute("PRAGMA journal_mode = DELETE")
        yield Dump([_file(folder)], {}, _asking(copy.cursor()))


@contextmanager
def _instead(path: Path) -> Iterator[None]:
    """Let this thread's questions go to another SQLite file as long as the block lasts."""
    live = connections[DEFAULT_DB_ALIAS]
    scratch = live.copy()
    scratch.settings_dict["NAME"] = str(path)
    connections[DEFAULT_DB_ALIAS] = scratch
    try:
        yield
    finally:
        scratch.close()
        connections[DEFAULT_DB_ALIAS] = live


def _look_sqlite(folder: Path, check: Callable[[], list[str]]) -> list[str]:
    with _instead(_file(folder)):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            damage = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        return [_("数据库文件损坏：{damage}").format(damage="；".join(damage[:3]))] if damage else check()


def _load_sqlite(folder: Path, check: Callable[[], list[str]]) -> None:
    """Look at the file, then write its pages over the database in one transaction of SQLite's own.

    The file is not simply replaced: a server that has the old one open would go on writing into a file without a name,
    and its log, found beside the new file, would be applied to it.
    """
    if problems := _look_sqlite(folder, check):
        raise Broken(problems)
    Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    live = connection.copy()
    with closing(sqlite3.connect(_file(folder))) as source:
        try:
            live.connect()
            source.backup(live.connection, progress=_refuse_waiting)
        except sqlite3.DatabaseError as problem:
            raise ValidationError(unusable(problem)) from problem
        finally:
            live.close()


def _refuse_waiting(status: int, remaining: int, total: int) -> None:
    """Stop when the database has been busy for as long as its connections wait."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise ValidationError(_("数据库正被使用，不能恢复。请先停止服务（Ctrl-C 结束 start.py），再重试。"))


# PostgreSQL: a file a table


def _tables() -> list[str]:
    """Return the tables whose rows a backup holds: all of the installation but the sessions."""
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} - {SESSIONS})


def _quoted(*names: str) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


@contextmanager
def _dump_postgresql(folder: Path) -> Iterator[Dump]:
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO'"):  # what is written reads the same everywhere
                cursor.execute(f"SET LOCAL {setting}")
            ask, columns, paths = _asking(cursor), {}, []
            for table in _tables():
                cursor.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")
                columns[table] = [each.name for each in cursor.description]
                paths.append(folder / f"{table}.csv")
                copying = f"COPY {_quoted(table)} ({_quoted(*columns[table])}) TO STDOUT (FORMAT csv, HEADER)"
                with reader.wrap_database_errors, paths[-1].open("wb") as file, cursor.copy(copying) as rows:
                    file.writelines(rows)
            yield Dump(paths, columns, ask)
            cursor.execute("ROLLBACK")
    finally:
        reader.close()


def _fill(cursor: Any, folder: Path, tables: dict[str, list[str]]) -> None:
    """Copy the table files into the empty tables."""
    for table, columns in tables.items():
        copying = f"COPY {_quoted(table)} ({_quoted(*columns)}) FROM STDIN (FORMAT csv, HEADER)"
        with connection.wrap_database_errors, (folder / f"{table}.csv").open("rb") as file, cursor.copy(copying) as rows:
            while chunk := file.read(2**20):
                rows.write(chunk)


def _look_postgresql(folder: Path, tables: dict[str, list[str]], check: Callable[[], list[str]]) -> list[str]:
    """Look at the rows in tables of a schema that no other connection ever sees: its transaction is rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCRATCH}")
        for table in tables:
            cursor.execute(f"CREATE TABLE {SCRATCH}.{_quoted(table)} (LIKE {_quoted(table)} INCLUDING ALL)")
        cursor.execute(f"SET LOCAL search_path TO {SCRATCH}")
        try:
            _fill(cursor, folder, tables)
            problems = check()
        finally:
            transaction.set_rollback(True)
    return problems


def _load_postgresql(folder: Path, tables: dict[str, list[str]], check: Callable[[], list[str]]) -> None:
    from psycopg.errors import LockNotAvailable

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            cursor.execute(f"TRUNCATE {_quoted(*_tables(), SESSIONS)}")
            _fill(cursor, folder, tables)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # now, while it can still be refused
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
            if problems := check():
                raise Broken(problems)
    except DatabaseError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise ValidationError(_("数据库正被使用，不能恢复。请先停止服务（Ctrl-C 结束 start.py），再重试。")) from problem
        raise
