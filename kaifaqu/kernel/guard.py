"""The guard: compiles each definition and refuses a table outside the world, or SQL that engines answer differently."""

from functools import cache

import sqlglot
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
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
SAMPLE = Period.parse("2024-H1")


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
    world = World(known=1)
    condition = indicator.where(SAMPLE, world)
    decided.suspects(condition, indicator.register)  # refuses comparisons it cannot decide
    measure = indicator.measure.copy()
    measure.filter = condition
    group = by.key(indicator.register, world) if by else F("owner_id")
    tree = _parsed(world.rows(indicator.register).values(group=group).annotate(value=measure))
    read: set[type[Record]] = set()
    for table in tree.find_all(exp.Table):
        if table.name not in versions:
            raise OutsideWorld(f"{indicator.code}: reads {table.name}; take rows from world.rows() only.")
        read.add(versions[table.name])
    for register in read:
        if indicator.purpose not in register.purposes:
            kept_for = ", ".join(register.purposes)
            raise WrongPurpose(f"{indicator.code}: {register.register} is kept for {kept_for}, not for {indicator.purpose}.")
    for node in tree.find_all(*UNPORTABLE):
        raise NotPortable(f"{indicator.code}: {node.sql()} is not the same on every engine.")
    return frozenset(read)


def _parsed(rows: models.QuerySet) -> exp.Expr:
    try:
        sql, _params = rows.query.sql_with_params()
    except EmptyResultSet:
        return exp.Select()
    dialect = {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)
    return sqlglot.parse_one(sql.replace("%s", "NULL").replace("%%", "%"), read=dialect)
