"""The guard: compiles each definition and refuses a table outside the world, or SQL that engines answer differently."""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlglot
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F
from sqlglot import exp

from kaifaqu.kernel import decided
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
    """A definition reads a table that its world did not hand out: its past could not be recomputed."""


class WrongPurpose(TypeError):
    """A definition uses facts for a purpose for which they are not kept."""


class NotPortable(TypeError):
    """A definition uses SQL that SQLite, PostgreSQL and the columnar engines answer differently."""


@cache
def registers_read(indicator: Indicator, by: Dimension | None = None) -> frozenset[type[Record]]:
    """Return the registers that the definition reads, grouped by the dimension where one is given.

    Raise OutsideWorld, WrongPurpose or NotPortable: each definition passes here once before it is first computed.
    """
    versions = {register.Version._meta.db_table: register for register in registers().values()}
    read: set[type[Record]] = set()
    for period in SAMPLES:
        *lookups, statement = _statements(indicator, period, by)
        for tree in map(_parsed, [*lookups, statement]):
            if strange := {table.name for table in tree.find_all(exp.Table)} - versions.keys():
                raise OutsideWorld(f"{indicator.code}: reads {', '.join(sorted(strange))}; take rows from world.rows() only.")
        read |= {versions[table.name] for table in tree.find_all(exp.Table)}
        for node in tree.find_all(*UNPORTABLE):
            raise NotPortable(f"{indicator.code}: {node.sql()} is not the same on every engine.")
    for register in read:
        if indicator.purpose not in register.purposes:
            kept_for = ", ".join(register.purposes)
            raise WrongPurpose(f"{indicator.code}: {register.register} is kept for {kept_for}, not for {indicator.purpose}.")
    return frozenset(read)


def _statements(indicator: Indicator, period: Period, by: Dimension | None) -> list[str]:
    """Return what the condition asks of the database while it is made (a rule, a list of days), and last the figure's own SQL."""
    world, asked = World(known=1), []

    def listen(execute: Callable, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        condition = indicator.where(period, world)
        group = by.key(indicator.register, world) if by else F("owner_id")
    decided.suspects(condition, indicator.register)  # refuses comparisons it cannot decide
    measure = indicator.measure.copy()
    measure.filter = condition
    try:
        return [*asked, world.rows(indicator.register).values(group=group).annotate(value=measure).query.sql_with_params()[0]]
    except EmptyResultSet:
        return [*asked, "SELECT 1"]


def _parsed(sql: str) -> exp.Expr:
    dialect = {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)
    return sqlglot.parse_one(sql.replace("%s", "NULL").replace("%%", "%"), read=dialect)
