"""The peer: the project catalogue by month and industry division, written by hand as conditional sums for each engine.

One row of the inner query is one project with its division, the days from which the lists that it stands on count, whether
it was reported for each month and how it was decided to count in it, and whether it was under construction at its end; the
outer query adds up. LIMIT -1 (SQLite)
and OFFSET 0 (PostgreSQL) keep the engine from copying those answers into each of the sums: without them it takes several
times as long.
"""

from collections.abc import Iterable
from datetime import date

from kaifaqu.kernel.periods import Period

COLUMNS = {"sqlite": 2000, "postgresql": 1664, "duckdb": 10000}  # the engines' limits for one statement; of DuckDB none is known
ONCE_A_ROW = {"sqlite": "LIMIT -1", "postgresql": "OFFSET 0", "duckdb": ""}  # DuckDB does so by itself


def statements(
    engine: str, codes: list[str], months: list[Period], owners: Iterable[int], known: int | None
) -> list[tuple[str, list[Period]]]:
    """Return the fewest statements that the engine's limit permits, each with its months.

    A row has the division, then for each month the figures in the order of `codes`.
    """
    most = (COLUMNS[engine] - 1) // len(codes)
    number = -(-len(months) // most)
    size = -(-len(months) // number)
    parts = [months[start:start + size] for start in range(0, len(months), size)]
    return [(statement(engine, codes, part, owners, known), part) for part in parts]


def statement(engine: str, codes: list[str], months: list[Period], owners: Iterable[int], known: int | None) -> str:
    """Return one statement for the months."""
    ends = [months[0].day_before, *(month.end for month in months)]
    answers = ",\n".join(
        f"    CASE WHEN {under_construction(day, number)} THEN 1 ELSE 0 END AS building{number}" for number, day in enumerate(ends))
    still = ",\n".join(
        f"    MAX(CASE WHEN since <= '{day}' AND (until IS NULL OR until > '{day}') THEN 1 END) AS still{number}"
        for number, day in enumerate(ends))
    reported = ",\n".join(
        f"    MAX(CASE WHEN month = {_number(month.start) - 1} THEN 1 END) AS reported{number}" for number, month in enumerate(months, 1))
    decided = ",\n".join(
        f"    MAX(CASE WHEN first = '{month.start}' AND last = '{month.end}' THEN kind END) AS decided{number}"
        for number, month in enumerate(months, 1))
    columns = ",\n".join(f"  {figures(month, number)[code]}" for number, month in enumerate(months, 1) for code in codes)
    return f"""WITH {world(engine, known)},
counting (list, kind, since) AS (
  SELECT id, kind, LEAD(held_on) OVER (PARTITION BY owner_id, kind ORDER BY held_on) FROM cohort
),
listed (subject_id, signed, started, production) AS (
  SELECT entry.subject_id, MIN(CASE WHEN kind = 'signed' THEN since END), MIN(CASE WHEN kind = 'started' THEN since END),
    MIN(CASE WHEN kind = 'production' THEN since END)
  FROM entry JOIN counting ON counting.list = entry.cohort_id GROUP BY entry.subject_id
),
suspended AS (
  SELECT subject_id,
{still}
  FROM suspension GROUP BY subject_id
),
reported AS (
  SELECT subject_id,
{reported}
  FROM progress GROUP BY subject_id
),
decided AS (
  SELECT subject_id,
{decided}
  FROM class GROUP BY subject_id
)
SELECT division,
{columns}
FROM (
  SELECT SUBSTR(enterprise.industry, 1, 2) AS division, project.*, listed.signed, listed.started, listed.production, reported.*, decided.*,
{answers}
  FROM project
  LEFT JOIN enterprise ON enterprise.id = project.enterprise_id
  LEFT JOIN listed ON listed.subject_id = project.id
  LEFT JOIN suspended ON suspended.subject_id = project.id
  LEFT JOIN reported ON reported.subject_id = project.id
  LEFT JOIN decided ON decided.subject_id = project.id
  WHERE project.owner_id IN ({", ".join(map(str, sorted(owners)))})
  {ONCE_A_ROW[engine]}
) AS answered
GROUP BY division"""


def world(engine: str, known: int | None) -> str:
    """Return the tables as they stand today, or as known at the event."""
    tables = {
        "project": "projects_project", "enterprise": "organisations_enterprise", "suspension": "projects_projectsuspension",
        "cohort": "projects_projectcohort", "entry": "projects_cohortproject", "progress": "projects_projectprogress",
        "class": "projects_periodclass",
    }
    if known is None:
        return ",\n".join(f"{name} AS (SELECT * FROM {table} WHERE archived_at IS NULL)" for name, table in tables.items())
    if engine == "duckdb":
        latest = "SELECT max(seq) AS seq FROM {table}_version WHERE seq <= {known} GROUP BY id"
        rows = "{name} AS (SELECT * FROM {table}_version SEMI JOIN (" + latest + ") USING (seq) WHERE archived_at IS NULL)"
    elif engine == "postgresql":
        latest = "SELECT DISTINCT ON (id) * FROM {table}_version WHERE seq <= {known} ORDER BY id, seq DESC"
        rows = "{name} AS (SELECT * FROM (" + latest + ") AS latest WHERE archived_at IS NULL)"
    else:
        later = "SELECT 1 FROM {table}_version AS later WHERE later.id = version.id AND later.seq > version.seq AND later.seq <= {known}"
        rows = (
            "{name} AS (SELECT * FROM {table}_version AS version WHERE seq <= {known} AND archived_at IS NULL"
            " AND NOT EXISTS (" + later + "))"
        )
    return ",\n".join(rows.format(name=name, table=table, known=known) for name, table in tables.items())


def under_construction(day: date, number: int) -> str:
    """Return the condition 在建 on the day; `number` is that of the day among the standstills."""
    last = _number(day)
    return (
        f"started_on <= {last} AND (production_on IS NULL OR production_on > {last}) "
        f"AND (terminated_on IS NULL OR terminated_on > {last}) AND still{number} IS NULL"
    )


def figures(month: Period, number: int) -> dict[str, str]:
    """Return the sums of a month by the catalogue's codes; `number` is that of its end among the answers."""
    now, before = f"building{number}", f"building{number - 1}"
    first, last, new_year, day = _opening(month.start), _number(month.end), _opening(date(month.end.year, 1, 1)), f"'{month.end}'"
    started = f"started_on >= {first} AND started_on <= {last}"
    not_terminated = f"(terminated_on IS NULL OR terminated_on > {last})"
    not_produced = f"(production_on IS NULL OR production_on > {last})"
    left = f"({before} = 1 OR {started}) AND {now} = 0"
    of_class = f"{now} = 1 AND COALESCE(decided{number}, CASE WHEN started_on < {first} THEN 'continuing' ELSE 'new' END)"
    both = {
        "under_construction": f"{now} = 1",
        "continuing": f"{of_class} = 'continuing'",
        "new": f"{of_class} = 'new'",
        "reconciliation.opening": f"{before} = 1",
        "reconciliation.started": started,
        "reconciliation.resumed": f"{now} = 1 AND {before} = 0 AND started_on < {first}",
        "reconciliation.produced": f"{left} AND {not_terminated} AND production_on <= {last}",
        "reconciliation.terminated": f"{left} AND terminated_on <= {last}",
        "reconciliation.suspended": f"{left} AND {not_terminated} AND {not_produced}",
        "reconciliation.closing": f"{now} = 1",
    }
    counts = {
        "signed.year": f"signed_on >= {new_year} AND signed_on <= {last}",
        "started.year": f"started_on >= {new_year} AND started_on <= {last}",
        "cohorts.signed": f"signed <= {day}",
        "cohorts.signed.started": f"signed <= {day} AND started_on <= {last}",
        "cohorts.started": f"started <= {day}",
        "cohorts.started.produced": f"started <= {day} AND production_on <= {last}",
        "cohorts.production": f"production <= {day}",
        "cohorts.production.full": f"production <= {day} AND full_capacity_on <= {last}",
        "progress.unreported": f"{now} = 1 AND reported{number} IS NULL",
    }
    return {
        **{f"projects.{name}.count": _count(condition) for name, condition in (both | counts).items()},
        **{f"projects.{name}.investment": _sum(condition, "total_investment") for name, condition in both.items()},
        "projects.cohorts.production.expected_output": _sum(f"production <= {day}", "expected_annual_output"),
        "projects.cohorts.production.actual_output": _sum(f"production <= {day}", "actual_annual_output"),
    }


def _count(condition: str) -> str:
    return f"COUNT(CASE WHEN {condition} THEN 1 END)"


def _sum(condition: str, column: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN {column} END)"


def _number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def _opening(day: date) -> int:
    """Return the smallest stored number that is not before the first of a month: the month, or in January the year, itself."""
    return _number(day) - (101 if day.month == 1 else 1)
