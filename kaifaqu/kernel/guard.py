"""The guard: refuses a definition that reads outside its world, that uses facts for a purpose for which they are not kept,
or that asks in SQL which engines answer differently."""

from collections.abc import Callable, Iterator, Set
from functools import cache, lru_cache
from typing import Any, NoReturn

import sqlglot
from django.db import connection, connections
from django.db.models import F, Q
from django.db.models.sql import Query
from sqlglot import exp

from kaifaqu.kernel import clock, decided
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, registers
from kaifaqu.kernel.world import World

UNPORTABLE = (
    exp.Div, exp.Mod, exp.IntDiv, exp.Round, exp.Avg, exp.Stddev, exp.Variance, exp.Like, exp.ILike, exp.RegexpLike,
    exp.Anonymous, exp.DateTrunc, exp.TimestampTrunc, exp.JSONExtract, exp.CurrentTimestamp, exp.CurrentDate,
)
SAMPLES = Period.parse("1999-03"), Period.parse("2024-H1")  # far apart: a condition may change over the years


class OutsideWorld(TypeError):
    """A definition reads what its world did not hand out: its past could not be recomputed."""


class WrongPurpose(TypeError):
    """A definition uses facts for a purpose for which they are not kept."""


class NotPortable(TypeError):
    """A definition uses SQL that SQLite, PostgreSQL and the columnar engines answer differently."""


class _NoTime:
    """Stands for the moment while a definition is examined: it may know its period, not the day."""

    def __getattr__(self, name: str) -> NoReturn:
        raise OutsideWorld("a definition asks the clock; it may only ask its period.")


@cache
def registers_read(indicator: Indicator, by: Dimension | None = None) -> frozenset[type[Record]]:
    """Return the registers that the definition reads in sample periods, grouped by the dimension where one is given.

    Raise OutsideWorld, WrongPurpose or NotPortable: each definition passes here once before it is first computed.
    """
    read: frozenset[type[Record]] = frozenset()
    moment = clock._set.set(_NoTime())  # type: ignore[arg-type]
    try:
        for period in SAMPLES:
            world = World(known=1)
            condition, found = examine(indicator, period, world, by)
            read |= found
            decided.suspects(condition, indicator.register)  # refuses comparisons it cannot decide
            measures = {"whole": indicator.measure, "value": indicator.measure.copy()}  # a condition of nothing drops its measure
            measures["value"].filter = condition
            group = by.key(indicator.register, world) if by else F("owner_id")
            statement, _params = world.rows(indicator.register).values(group=group).annotate(**measures).query.sql_with_params()
            parsed = _parsed(statement)
            for node in parsed.find_all(*UNPORTABLE):
                raise NotPortable(f"{indicator.code}: {node.sql()} is not the same on every engine.")
            _within(indicator, world, {table.name for table in parsed.find_all(exp.Table)})
    finally:
        clock._set.reset(moment)
    return read


def examine(
    indicator: Indicator, period: Period, world: World, by: Dimension | None = None
) -> tuple[Q, frozenset[type[Record]]]:
    """Return the condition for this very period and world, and the registers that it and its making read.

    The rules by which an owner defines a figure are part of its definition, which is open to all, and not counted.
    Raise OutsideWorld or WrongPurpose.
    """
    database, asked = connections[world.rows(indicator.register).db], []

    def listen(execute: Callable, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with database.execute_wrapper(listen):
        condition = indicator.where(period, world)
        what = examine, indicator.where, indicator.register, period, by  # a number and its sum ask the same
        tables = world.once(what, lambda: frozenset(_asked(indicator.register, condition, world, by)))
    read = _within(indicator, world, tables | {table.name for sql in asked for table in _parsed(sql).find_all(exp.Table)}) - {DatedRule}
    for register in read:
        if indicator.purpose not in register.purposes:
            kept_for = ", ".join(register.purposes)
            raise WrongPurpose(f"{indicator.code}: {register.register} is kept for {kept_for}, not for {indicator.purpose}.")
    return condition, read


def _asked(register: type[Record], condition: Q, world: World, by: Dimension | None) -> Iterator[str]:
    rows = world.rows(register).filter(condition)
    return _tables((rows.annotate(_by=by.key(register, world)) if by else rows).query)


def _within(indicator: Indicator, world: World, tables: Set[str]) -> frozenset[type[Record]]:
    """Return the registers whose rows in this world the tables are. Raise OutsideWorld when there is another one."""
    kind: Callable[[int | None], World] = type(world)
    handed_out = _handed_out(kind, world.known is None)
    if strange := tables - handed_out.keys():
        raise OutsideWorld(f"{indicator.code}: reads {', '.join(sorted(strange))}; take rows from world.rows() only.")
    return frozenset(handed_out[table] for table in tables)


@cache
def _handed_out(kind: Callable[[int | None], World], today: bool) -> dict[str, type[Record]]:
    """Return the registers by the tables from which worlds of this kind hand out their rows."""
    world = kind(None if today else 1)
    return {world.rows(register).model._meta.db_table: register for register in registers().values()}


def _tables(part: Any) -> Iterator[str]:
    """Yield the tables that a query or an expression names, those of joins and of queries within it included."""
    if isinstance(part, Query):
        named = [table for alias, table in part.alias_map.items() if part.alias_refcount[alias]]
        yield from (table.table_name + (" by a join" if table.parent_alias else "") for table in named)  # a join asks today's rows
        within = [part.where, *part.annotations.values(), *part.combined_queries]
    else:
        within = part.get_source_expressions()
    for each in within:
        if hasattr(each, "get_source_expressions"):
            yield from _tables(each)


@lru_cache(maxsize=16)  # the sample periods differ in values, seldom in the statement
def _parsed(sql: str) -> exp.Expr:
    dialect = {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)
    return sqlglot.parse_one(sql.replace("%s", "NULL").replace("%%", "%"), read=dialect)
