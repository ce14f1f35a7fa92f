"""A database of Django that is a DuckDB in this process, reading Parquet files as known at one event.

Django's compiler for PostgreSQL writes the SQL, DuckDB executes it with the parameters bound by its own driver, and
Django's converters read the answers; so every QuerySet runs as it stands. Where DuckDB would answer the same words
differently, it is set to answer as PostgreSQL does, or the statement is refused.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql import base, features, operations
from django.utils import timezone
from django.utils.functional import cached_property

from kaifaqu.engine.backend.statements import View, translated
from kaifaqu.kernel.guard import NotPortable
from kaifaqu.kernel.onepass import EVERY

ERRORS = (
    "DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError", "DatabaseError",
    "InterfaceError", "Error",
)
_opening = threading.Lock()
_opened: list[Any] = []


def _connected() -> Any:
    """Return a new connection to the one DuckDB of this process, whose threads and memory all of them share."""
    import duckdb

    with _opening:
        if not _opened:
            spill = settings.HOME / "columnar" / "spill"
            _opened.append(duckdb.connect(":memory:", config={
                "threads": settings.ENGINE_THREADS, "memory_limit": settings.ENGINE_MEMORY, "temp_directory": str(spill),
                "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",  # nothing comes from a network
                "default_null_order": "nulls_last_on_asc_first_on_desc", "integer_division": "true",  # as PostgreSQL
                "preserve_insertion_order": "false",  # a QuerySet says its order
            }))
        return _opened[0].cursor()


class Operations(operations.DatabaseOperations):
    """Values as DuckDB's driver takes and gives them."""

    compiler_module = "kaifaqu.engine.backend.compiler"

    def limit_offset_sql(self, low_mark: Any, high_mark: Any) -> str:
        """Return the limit; the one that no table reaches is left out, for DuckDB would keep all rows in memory for it."""
        return "" if not low_mark and high_mark == EVERY else super().limit_offset_sql(low_mark, high_mark)

    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        """Return the value itself, without the wrappers of psycopg."""
        return value

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Return a moment as the files hold it: in UTC, without a zone."""
        return timezone.make_naive(value, UTC) if isinstance(value, datetime) and timezone.is_aware(value) else value

    def get_db_converters(self, expression: Any) -> list[Any]:
        """Return Django's converters, and for a moment the one that says that it is in UTC."""
        converters = super().get_db_converters(expression)
        if expression.output_field.get_internal_type() == "DateTimeField":
            converters.append(lambda value, *_: value if value is None else value.replace(tzinfo=UTC))
        return converters

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return the statement with its parameters, for a developer's log."""
        return BaseDatabaseOperations.last_executed_query(self, cursor, sql, params)


class Features(features.DatabaseFeatures):
    """What is read only needs neither transactions nor constraints."""

    uses_savepoints = False
    can_defer_constraint_checks = False


class Cursor:
    """Executes one statement after the other; each is read to its end, so that another may come in between."""

    def __init__(self, wrapper: "DatabaseWrapper"):
        self.wrapper = wrapper
        self.description: Sequence[Any] | None = None
        self.found: list[Any] = []
        self.place = 0

    @property
    def rowcount(self) -> int:
        """Return the number of rows found."""
        return len(self.found)

    def execute(self, sql: str, params: Iterable[Any] | None = None) -> None:
        """Run a SELECT. Raise NotPortable for what DuckDB answers differently, and outside a world."""
        if self.wrapper.shown is None:
            raise NotPortable("No world is open: figures are measured here through kaifaqu.engine.world only.")
        views, _known = self.wrapper.shown
        done = self.wrapper.connection.execute(translated(sql, views), list(params or ()))
        self.description, self.found, self.place = done.description, done.fetchall(), 0

    def executemany(self, sql: str, params: Any) -> None:
        """Refuse: nothing is written here."""
        raise NotPortable("The columnar database is read only.")

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""
        rows = self.found[self.place:self.place + size]
        self.place += len(rows)
        return rows

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return self.fetchmany(len(self.found))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        """Forget the rows."""
        self.found = []


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection to the DuckDB of this process."""

    display_name = "DuckDB"
    ops_class = Operations
    features_class = Features
    pg_version = 150000  # whose SQL Django writes
    shown: tuple[Mapping[str, View], int] | None = None  # the views that statements read, and the event up to which

    @cached_property
    def Database(self) -> Any:  # type: ignore[override]
        """Return the driver's errors, by the names under which Django translates them; one of them DuckDB does not know."""
        import duckdb

        return SimpleNamespace(**{name: getattr(duckdb, name, duckdb.Error) for name in ERRORS})

    @contextmanager
    def showing(self, views: Mapping[str, View], known: int) -> Iterator[None]:
        """Let statements read these views as known at the event, as long as the block lasts."""
        self.ensure_connection()
        before = self.shown
        self._show(views, known)
        try:
            yield
        finally:
            if before is None:
                self.shown = None
            else:
                self._show(*before)

    def _show(self, views: Mapping[str, View], known: int) -> None:
        with self.wrap_database_errors:
            for name, view in views.items():
                if self.made.get(name) != view:
                    self.connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {view.sql()}')  # of this connection only
                    self.made[name] = view
            self.connection.execute(f"SET VARIABLE known = {int(known)}::BIGINT")
        self.shown = views, known

    def get_connection_params(self) -> dict[str, Any]:
        """Return nothing: there is no server."""
        return {}

    def get_new_connection(self, conn_params: Any) -> Any:
        """Return a connection of this thread's own, which has no views yet."""
        self.made: dict[str, View] = {}
        connection = _connected()
        connection.execute("SET VARIABLE known = 0::BIGINT")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor."""
        return Cursor(self)

    def chunked_cursor(self) -> Any:
        """Return a cursor like any other."""
        return self.cursor()

    def is_usable(self) -> bool:
        """Say yes: what is in this process does not go away."""
        return True

    def _configure_connection(self, connection: Any) -> bool:
        return False

    def _set_autocommit(self, autocommit: bool) -> None:
        """Do nothing, as in the next ones: what is only read needs no transaction."""

    def _commit(self) -> None:
        pass

    def _rollback(self) -> None:
        pass
