"""The version tables as Parquet files: grown by ranges of `seq`, each file written once, all named in one manifest.

Version rows are only ever added, so what stands in a file stays true; what has been added since the manifest's last event
goes into a new file. A manifest is replaced as a whole, after its files: whoever is killed in between leaves files that
nobody reads, and whoever reads an older manifest still finds its files for a day after they left the current one. What a
file says is believed once its hash has been compared. Personal facts are not copied, so that an erasure need not look for
them here.
"""

import hashlib
import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.records import Record, registers

FORMAT = 1
MANIFEST = "manifest.json"
READ = 20_000  # rows read at once from the database
GROUP = 120_000  # rows of a row group, in which DuckDB and Parquet keep the smallest and the largest value of each column
FULL = 2_000_000  # rows of a file that is not grown any further
TIMES = 4  # a file is merged into the one before it until that one has so many times its rows
KEPT = 24 * 3600  # seconds for which files are left to those who read an older manifest
ARROW = {  # by the type that the column has in PostgreSQL; SQLite keeps 64 bits in every whole number
    "bigint": "int64", "integer": "int64", "smallint": "int64", "boolean": "bool", "date": "date32", "text": "string",
    "timestamp with time zone": "timestamp[us]",
}
Columns = tuple[tuple[str, str], ...]  # name and type in Arrow's words

_refreshing = threading.Lock()
log = logging.getLogger(__name__)


class NotExportable(ValueError):
    """A register has a column of a type, or a row with a fact, that no file can hold."""


@dataclass(frozen=True)
class File:
    """One file of a version table: its rows are those with first <= seq <= last."""

    name: str
    first: int
    last: int
    rows: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """The files of one version table, the oldest first; there is always one, if only an empty one."""

    columns: Columns
    files: tuple[File, ...]

    @property
    def rows(self) -> int:
        """Return the number of version rows in the files."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True)
class Manifest:
    """What the files hold: every version row up to event `seq`, whose hash says to which chain they belong."""

    seq: int
    hash: str
    tables: dict[str, Table]

    def belongs(self) -> bool:
        """Tell whether the files are there, of this database, and of the columns that its registers have now."""
        return self.is_of_this_chain() and not self.unfit()

    def is_of_this_chain(self) -> bool:
        """Tell whether the last event in the files is an event of this database."""
        return not self.seq or Event.objects.filter(seq=self.seq, hash=self.hash).exists()

    def unfit(self) -> list[type[Record]]:
        """Return the registers whose files are not there, not as they were written, or of other columns than now."""
        return [register for register in registers().values() if not self._fits(register.Version._meta.db_table, columns_of(register))]

    def _fits(self, name: str, columns: Columns) -> bool:
        table = self.tables.get(name)
        return table is not None and table.columns == columns and all(is_whole(name, file) for file in table.files)

    def rows_of(self, register: type[Record]) -> int:
        """Return the number of the register's version rows in the files."""
        table = self.tables.get(register.Version._meta.db_table)
        return table.rows if table else 0


@dataclass(frozen=True)
class Refreshed:
    """What a refresh has done: rows written anew by table, and the tables that were written from their beginning."""

    manifest: Manifest
    rows: dict[str, int]
    rebuilt: list[str]


def folder() -> Path:
    """Return where the files are."""
    return Path(settings.HOME) / "columnar"


def current() -> Manifest | None:
    """Return the manifest; None when there is none, or none that can be read."""
    path = folder() / MANIFEST
    try:
        found = path.stat()
        return _manifest(path, found.st_ino, found.st_size, found.st_mtime_ns)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as problem:
        log.warning("columnar/manifest.json: %r", problem)
        return None


@lru_cache(maxsize=4)  # each register that is measured asks for it
def _manifest(path: Path, *_stamp: int) -> Manifest | None:
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        return None
    tables = {
        name: Table(tuple((column, kind) for column, kind in table["columns"]), tuple(File(**file) for file in table["files"]))
        for name, table in told["tables"].items()
    }
    return Manifest(told["seq"], told["hash"], tables)


@cache
def columns_of(register: type[Record]) -> Columns:
    """Return the columns of the register's files. Raise NotExportable for a type that the engine does not know."""
    return tuple(
        (column.column, _type(register, column)) for column in register.Version._meta.concrete_fields
        if not getattr(column, "personal", False)
    )


def _type(register: type[Record], column: Any) -> str:
    told = column.db_type(connections["columnar"])
    kind = "string" if told.startswith("varchar") else ARROW.get(told)
    if kind is None:
        raise NotExportable(_("台账「{register}」的「{column}」是 {type} 类型，列式引擎不能保存。").format(
            register=register._meta.verbose_name, column=column.verbose_name, type=told))
    return kind


def refresh(*, anew: bool = False) -> Refreshed:
    """Write the version rows that have come since the manifest, and return what was done.

    Files of another chain, damaged ones, and those of other columns than the register has now are written from the
    beginning; with `anew` all are. Raise RuntimeError within a transaction: its events may never be committed; OSError
    when the disk does not take the files, and NotExportable for what no file can hold: the files before stay as they were.
    """
    import pyarrow

    if may_be_taken_back():
        raise RuntimeError("A refresh would write what a transaction may still take back.")
    try:
        with _refreshing:
            return _refreshed(None if anew else current())
    except pyarrow.ArrowException as problem:
        raise NotExportable(_("列式文件写不下去，原有文件保持不变：{problem}。请检查磁盘空间和权限。").format(problem=problem)) from problem


def _refreshed(before: Manifest | None) -> Refreshed:
    seq, digest = Head.objects.values_list("seq", "hash").first() or (0, "")
    if before is not None and not before.is_of_this_chain():
        before = None
    unfit = [*registers().values()] if before is None else before.unfit()
    tables: dict[str, Table] = {}
    rows: dict[str, int] = {}
    for register in registers().values():
        name, table, since = register.Version._meta.db_table, Table(columns_of(register), ()), 0
        if before is not None and register not in unfit:
            table, since = before.tables[name], before.seq
        tables[name] = _grown(name, table, since, seq)
        rows[name] = tables[name].rows - table.rows
    manifest = Manifest(seq, digest, tables)
    if manifest != before:
        publish(manifest)
    return Refreshed(manifest, rows, [register.Version._meta.db_table for register in unfit])


def may_be_taken_back() -> bool:
    """Tell whether this thread is within a transaction, so that the events it sees may never be committed."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def is_whole(name: str, file: File) -> bool:
    """Tell whether the table's file is there and has its hash, which is computed once: a file never changes."""
    path = folder() / name / file.name
    try:
        found = path.stat()
        return _hash(path, found.st_size, found.st_mtime_ns) == file.sha256
    except OSError:
        return False


@lru_cache(maxsize=10_000)
def _hash(path: Path, size: int, changed: int) -> str:
    return sha256(path)


def _grown(name: str, table: Table, since: int, until: int) -> Table:
    """Return the table with the rows of since < seq <= until in files of their own, merged with small ones before them."""
    files, rows = list(table.files), _batches(name, table.columns, since, until)
    while (first := next(rows, None)) is not None or not files:
        file = written(name, table.columns, since, until, chain([first] if first else [], rows))
        files.append(file)
        since = file.last
    while len(files) > 1 and files[-2].rows < TIMES * files[-1].rows and files[-2].rows + files[-1].rows <= FULL:
        small = files[-2:]
        files[-2:] = [written(name, table.columns, small[0].first - 1, small[1].last, _reread(name, small))]
    return replace(table, files=tuple(files))


def _batches(name: str, columns: Columns, since: int, until: int) -> Iterator[Any]:
    """Yield the database's rows in Arrow's batches, in the order of seq, never all in memory."""
    import pyarrow

    schema = _schema(columns)
    quote = connection.ops.quote_name
    asked = ", ".join(quote(column) for column, _kind in columns)
    sql = f"SELECT {asked} FROM {quote(name)} WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT {READ}"
    at = [column for column, _kind in columns].index("seq")
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [since, until])
            found = cursor.fetchall()
        if not found:
            return
        since = found[-1][at]
        arrays = [pyarrow.array(values, type=field.type) for values, field in zip(zip(*found, strict=True), schema, strict=True)]
        yield pyarrow.RecordBatch.from_arrays(arrays, schema=schema)
        if len(found) < READ:
            return


def _reread(name: str, files: list[File]) -> Iterator[Any]:
    """Yield the rows of files, one after the other."""
    import pyarrow.parquet

    for file in files:
        with pyarrow.parquet.ParquetFile(folder() / name / file.name) as read:
            yield from read.iter_batches(batch_size=GROUP)


def written(name: str, columns: Columns, since: int, until: int, batches: Iterator[Any]) -> File:
    """Write at most FULL rows into a new file, and return it; `until` is where its range ends when no rows are left."""
    import pyarrow
    import pyarrow.parquet

    home = folder() / name
    home.mkdir(parents=True, exist_ok=True)
    unnamed = home / f"{secrets.token_hex(8)}.part"
    schema = _schema(columns)
    rows, last, waiting = 0, until, []
    try:
        with unnamed.open("wb") as out:
            with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
                for batch in batches:
                    waiting.append(batch)
                    rows += batch.num_rows
                    if sum(each.num_rows for each in waiting) >= GROUP:
                        writer.write_table(pyarrow.Table.from_batches(waiting, schema))
                        waiting.clear()
                    if rows >= FULL:
                        last = batch.column("seq")[-1].as_py()
                        break
                if waiting or not rows:
                    writer.write_table(pyarrow.Table.from_batches(waiting, schema))
            out.flush()
            os.fsync(out.fileno())
        digest = sha256(unnamed)
        named = home / f"{since + 1}-{last}-{digest[:8]}{secrets.token_hex(2)}.parquet"
        unnamed.replace(named)
    except BaseException:
        unnamed.unlink(missing_ok=True)
        raise
    return File(named.name, since + 1, last, rows, digest)


def _schema(columns: Columns) -> Any:
    import pyarrow

    return pyarrow.schema([(name, pyarrow.timestamp("us") if kind == "timestamp[us]" else kind) for name, kind in columns])


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(manifest: Manifest) -> None:
    """Put the manifest in the place of the one before, and remove what nobody reads any more.

    Raise FileNotFoundError when it names a file that is gone: it was based on a manifest of another day.
    """
    path, left = folder() / MANIFEST, current()
    named, leaving = _paths(manifest), _paths(left) if left else set()
    for file in named:
        file.stat()
    for file in leaving - named:
        with suppress(FileNotFoundError):
            os.utime(file)  # its last day begins
    unnamed = path.with_name(f"{secrets.token_hex(8)}.part")
    with unnamed.open("w", encoding="utf-8") as out:
        json.dump({"format": FORMAT, **asdict(manifest)}, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    unnamed.replace(path)
    now = path.stat().st_mtime  # by the clock that dates the files
    for file in [*folder().glob("*/*.parquet"), *folder().glob("*/*.part"), *folder().glob("*.part")]:
        with suppress(OSError):  # another process has removed it, or still reads it
            if file not in named and now - file.stat().st_mtime > KEPT:
                file.unlink()


def _paths(manifest: Manifest) -> set[Path]:
    return {folder() / name / file.name for name, table in manifest.tables.items() for file in table.files}
