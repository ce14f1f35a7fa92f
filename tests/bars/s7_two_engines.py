"""S7: every indicator is equal on SQLite and on PostgreSQL, today and as known, over random data sets.

The data sets hold missing, zero, equal and negative amounts, dates without a day, corrections, archived rows, and zones
with nothing in them. Exact amounts keep every digit; an average or arithmetic in SQL is refused. The planted fault
changes amounts on one engine, behind the product's back.
"""

import json
import subprocess
import sys

from bar import Bar

from tests import laboratory

PERIODS = ["2024-H1", "2023-03..05", "2023-06-15"]
REFUSALS = {  # what must be refused, and how: SQLite's own deviation cannot be reached by a whole number of 分
    "Avg": {"TypeError"}, "StdDev": {"TypeError", "OperationalError"}, "arithmetic": {"FieldError"}, "product": {"FieldError"},
    "update": {"WriteRefused"},
}


def tell(data_sets: int, fault: bool) -> None:
    """Enter the data sets on the engine that was set, and print every figure and every refusal."""
    laboratory.enter()
    from django.db import connection
    from django.db.models import Avg, F, StdDev

    from kaifaqu.kernel import clock, events, testing
    from kaifaqu.kernel.founding import begin
    from kaifaqu.registers.projects.models import Project
    from tests.answers import answers
    from tests.random_zone import RandomZone

    root = begin("ROOT", "测试", demo=True)
    figures: dict = {}
    for number in range(data_sets):
        zone = RandomZone(root, f"Z{number}", seed=7000 + number)
        middle = None
        if number % 10:  # every tenth zone stays empty
            zone.live(20)
            middle = events.last_seq()
            zone.go_on(20)
        if fault:
            with connection.cursor() as cursor:
                for table in ("projects_project", "projects_project_version"):
                    cursor.execute(f"UPDATE {table} SET total_investment = total_investment + 1")
        by = ("", "industry", "nature", "park", "department")[number % 5]
        for known in (None, middle or events.last_seq()):
            figures |= answers(zone.owner.pk, known, [PERIODS[number % len(PERIODS)]], by)
    clock.release()

    project = Project(owner=root, code="E", name="精确", total_investment="12000.5", signed_on="2024-01-01")
    project.clean_fields(exclude=["id", "owner"])
    [stored] = testing.enter(Project, root, "code | name | signed_on | total_investment\nE | 精确 | 2024-01-01 | 12000.5")
    stored = Project.objects.get(pk=stored.pk)
    stored.full_clean()
    exact = f"{project.total_investment} {stored.total_investment.normalize()}"
    refused = {}
    for name, ask in {
        "Avg": lambda: Project.objects.aggregate(value=Avg("total_investment")),
        "StdDev": lambda: Project.objects.aggregate(value=StdDev("total_investment")),
        "arithmetic": lambda: Project.objects.annotate(value=F("total_investment") + 1).first(),
        "product": lambda: list(Project.objects.annotate(value=F("total_investment") * F("actual_annual_output"))[:1]),
        "update": lambda: Project.objects.update(total_investment=F("total_investment") + 1),
    }.items():
        try:
            ask()
            refused[name] = ""
        except Exception as refusal:
            refused[name] = type(refusal).__name__
    print(json.dumps({"figures": figures, "exact": exact, "refused": refused}))
    connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tell"]:
        tell(int(sys.argv[2]), sys.argv[3] == "True")
        sys.exit()
    bar = Bar("S7", __doc__)
    sets = bar.size(quick=6, full=200, fault=2)
    told = {}
    for engine in laboratory.ENGINES:
        with laboratory.database(engine):
            fault = bar.fault and engine == "postgresql"
            worker = laboratory.child(__file__, "--tell", str(sets), str(fault), stdout=subprocess.PIPE, text=True)
            told[engine] = json.loads(worker.communicate()[0])
    one, other = (told[engine]["figures"] for engine in laboratory.ENGINES)
    differing = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    for key in differing[:5]:
        print(f"        {key}: {one.get(key)} / {other.get(key)}")
    indicators = {key.rpartition("|")[2] for key in one}
    with_value = sum(value[0] == "open" for value in one.values())
    found = f"{len(one)} figures of {len(indicators)} indicators over {sets} data sets, {with_value} with a value"
    bar.check("every figure is equal on both engines", not differing, f"{found}, {len(differing)} differ")
    for engine in laboratory.ENGINES:
        exact = told[engine]["exact"]
        bar.check(f"{engine}: 12000.5 survives cleaning, storing and reading", exact == "12000.5 12000.5", exact)
        refused = told[engine]["refused"]
        bar.check(f"{engine}: averages and arithmetic in SQL are refused",
                  all(refused[name] in known for name, known in REFUSALS.items()), refused)
    bar.close()
