"""Django's statements for PostgreSQL as DuckDB shall run them: what it would answer differently is refused, and what it
would do slowly is written in the other way that means the same."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kaifaqu.kernel.guard import NotPortable

HOLE = re.compile(r"%([s%])")
# Names in quotes are passed over. What is left is Django's own writing: keywords in capitals, no literals but numbers.
DIFFERS = re.compile(
    r'"[^"]*"|'
    r"(\b(?:I?LIKE|SIMILAR|REGEXP\w*|DATE_TRUNC|AT TIME ZONE|INTERVAL|DISTINCT ON|FOR UPDATE|ESCAPE|COLLATE|"
    r"AVG|STDDEV\w*|VAR_\w+|ROUND|RANDOM|NOW|STATEMENT_TIMESTAMP|CURRENT_\w+|JSONB?_\w+|"
    r"INSERT|UPDATE|DELETE|COPY|ATTACH|INSTALL|LOAD|PRAGMA)\b|[~/^?]|%%|->|"
    r"::(?!(?:text|varchar|integer|bigint|smallint|boolean|date)\b)\w*)"
)
FILTERED = re.compile(r'\b(COUNT|SUM|MIN|MAX)\((DISTINCT )?("\w+"\."\w+")\) FILTER \(WHERE ')
PARENTHESIS = re.compile(r"[()]")
READ = re.compile(r'\b(?:FROM|JOIN) "(\w+)"')
NAME = re.compile(r'"(\w+)"')


@dataclass(frozen=True)
class View:
    """A table as statements see it: its columns, and the Parquet files that hold all versions of its rows."""

    columns: tuple[str, ...]
    files: tuple[str, ...]

    def sql(self) -> str:
        """Return the rows as they were known at the event in the variable `known`: of each id the last version by then."""
        files = ", ".join("'{}'".format(file.replace("'", "''")) for file in self.files)
        read = f"read_parquet([{files}], hive_partitioning = false)"  # a folder's name is no column
        columns = ", ".join(f'"{column}"' for column in self.columns)
        # Two looks at the files: seq and id of everything, then the columns that are asked for of the rows that are left.
        return (
            f"SELECT {columns} FROM {read} SEMI JOIN ("
            f"SELECT max(seq) AS seq FROM {read} WHERE seq <= getvariable('known') GROUP BY id) USING (seq)"
        )


def translated(sql: str, views: Mapping[str, View]) -> str:
    """Return Django's statement as DuckDB runs it. Raise NotPortable where it would answer differently."""
    refuse_different(sql)
    sql = _tables_once(_cases_for_filters(sql), views)
    return HOLE.sub(lambda hole: "?" if hole[1] == "s" else "%", sql)


def refuse_different(sql: str) -> None:
    """Raise NotPortable when the statement is no SELECT, or has words to which DuckDB gives another meaning."""
    if not sql.startswith(("SELECT ", "(SELECT ")):
        raise NotPortable("The columnar database is read only.")
    for found in DIFFERS.finditer(sql):
        if found[1]:
            around = sql[max(found.start() - 60, 0):found.end() + 60]
            raise NotPortable(f"{found[1]} is not the same on the columnar engine: …{around}…")


def _cases_for_filters(sql: str) -> str:
    """Return the statement with SUM(CASE WHEN condition THEN x END) for SUM(x) FILTER (WHERE condition).

    For each FILTER, DuckDB copies all that the statement adds up: a hundred of them take ten thousand times the work of one.
    """
    parts, at = [], 0
    for found in FILTERED.finditer(sql):
        end = _closing(sql, found.end())
        kind, distinct, column = found.groups()
        parts += [sql[at:found.start()], f"{kind}({distinct or ''}CASE WHEN {sql[found.end():end]} THEN {column} END)"]
        at = end + 1
    return "".join(parts) + sql[at:]


def _closing(sql: str, start: int) -> int:
    """Return where the parenthesis closes that was opened before `start`."""
    depth = 1
    for found in PARENTHESIS.finditer(sql, start):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.start()
    raise ValueError("A parenthesis is never closed.")


def _tables_once(sql: str, views: Mapping[str, View]) -> str:
    """Return the statement with each table that it reads several times found out once, in the columns that it names."""
    times, named = Counter(READ.findall(sql)), set(NAME.findall(sql))
    once = []
    for table in sorted(table for table in times if times[table] > 1 and table in views):
        columns = ", ".join(f'"{column}"' for column in views[table].columns if column in named)
        once.append(f'"{table}" AS MATERIALIZED (SELECT {columns} FROM temp."{table}")')
    return f"WITH {', '.join(once)} {sql}" if once else sql
