"""Every page of the route table over 100, 10,000 and 100,000 projects: queries and milliseconds on the server.

    python -m benchmarks.pages --engine sqlite             measures, and prints the result
    python -m benchmarks.pages --engine sqlite --write     writes it to benchmarks/results as well

A page is a whole request, from the address to the last byte, by a person who has every right, without a network. The list of
projects and the page of one project are also held against a peer, a view behind the same sign-in: the same rows fetched by
one hand-written statement and set into a bare template. Everything that our page shows of the records must stand in the
peer's page as well; the peer knows no rights, filters, actions or words of another language. Medians of the runs, the two
sides in turn.
"""

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from html import unescape
from typing import Any

from benchmarks import stopwatch
from benchmarks.catalogue import write
from tests import laboratory

SIZES, RUNS = (100, 10_000, 100_000), 9
PAGES = 3  # of one route that are opened; of lists and records one of each register
EVERY = ("records", "record")
BARS = {"list": 4, "project": 4}  # times the peer, in median milliseconds
MOST_QUERIES = 30
NO_PAGES = ("export", "template", "download", "import-errors", "collection-errors", "collection-send", "collection-forward")

LIST_TEMPLATE = """<!doctype html><title>项目</title><h1>项目 <small>共 {{ count }} 条</small></h1>
<table><thead><tr><th>编号<th>项目名称<th>阶段<th>计划总投资（万元）<th>签约日期<th>开工日期<th>投产日期</tr></thead>
<tbody>{% for row in rows %}<tr><td><a href="/r/projects/{{ row.0 }}/">{{ row.1 }}</a><td>{{ row.2 }}<td>{{ row.3 }}<td>{{ row.4 }}
<td>{{ row.5 }}<td>{{ row.6 }}<td>{{ row.7 }}</tr>{% endfor %}</tbody>
<tfoot><tr><td>合计<td><td><td>{{ total }}<td><td><td></tr></tfoot></table>"""
PROJECT_TEMPLATE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
{% for kind, rows in parts %}<h2>{{ kind }}</h2><table>{% for row in rows %}<tr>
{% for cell in row %}<td>{{ cell }}{% endfor %}</tr>{% endfor %}</table>
{% endfor %}"""


def found(size: int) -> tuple[Any, Any]:
    """Found a zone with so many projects and a person with every right; return the person and a project that has everything."""
    from benchmarks.zones import Zone
    from kaifaqu.kernel import testing
    from kaifaqu.registers.projects.models import CohortProject, ProjectProgress

    party = testing.found("BENCH", "测量")
    clerk = testing.employ(party, "clerk")
    zone = Zone(party, size, random.Random(4))
    zone.enter()
    zone.correct()
    listed = CohortProject.objects.current().values("subject")
    richest = ProjectProgress.objects.current().filter(subject__in=listed).order_by("subject__code").first()
    return clerk, richest.subject


def tour(person: Any, project: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield pages that the person may open: the name of the route, the address and what is asked."""
    from tests.rights import Walk

    class Tour(Walk):
        """The visits of bar S6, to the first record of each register; of projects to the one that has everything."""

        def __init__(self) -> None:
            from kaifaqu.kernel.access import Installation

            self.people, self.size, self.somebody, self.zone = {}, 1, person, Installation.objects.get().owner

        def some(self, register: Any) -> list[Any]:
            """Return one record."""
            return [project] if register.register == "projects" else list(register.objects.current().order_by("id")[:1])

    met: dict[str, int] = defaultdict(int)
    for visit in Tour().visits(person):
        met[visit.name] += 1
        if visit.status == 200 and visit.name not in NO_PAGES and (visit.name in EVERY or met[visit.name] <= PAGES):
            yield visit.name, visit.address, visit.asked


class Desk:
    """A person at a desk, who opens pages."""

    def __init__(self, person: Any):
        from django.test import Client

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(person)

    def open(self, address: str, asked: dict[str, Any]) -> Any:
        """Return the answer, its last byte made."""
        answer = self.client.get(address, asked)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return answer


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long the work took."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def queries(work: Callable[[], Any]) -> int:
    """Return how many statements the work ran."""
    from django.db import connection

    count = 0

    def counting(execute: Any, *told: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*told)

    with connection.execute_wrapper(counting):
        work()
    return count


def measure_routes(person: Any, project: Any, runs: int) -> dict[str, dict[str, Any]]:
    """Return for each route how many pages were opened, the queries of each and the median milliseconds of the slowest."""
    from django.urls import resolve

    desk, measured = Desk(person), defaultdict(list)
    for name, address, asked in tour(person, project):
        if "html" in desk.open(address, asked).headers["Content-Type"]:
            of = resolve(address).kwargs.get("register", "")
            page = partial(desk.open, address, asked)
            count, taken = queries(page), [milliseconds(page) for _run in range(runs)]
            measured[name].append((f"{of} {asked.get('verb', '')}".strip(), count, statistics.median(taken)))
    return {
        name: {
            "pages": len(pages), "queries": {of or "-": count for of, count, _taken in pages},
            "ms": round(max(taken for _of, _count, taken in pages), 1),
        } for name, pages in sorted(measured.items())}


# The peers


def list_sql(vendor: str, owner: int) -> str:
    """Return one statement for the first fifty projects with everything that the page of the list shows of them."""
    day = ("CASE WHEN {0} IS NULL THEN '—' WHEN {0} % 10000 = 0 THEN SUBSTR({0}, 1, 4) WHEN {0} % 100 = 0 THEN SUBSTR({0}, 1, 4) || '-' || "
           "SUBSTR({0}, 5, 2) ELSE SUBSTR({0}, 1, 4) || '-' || SUBSTR({0}, 5, 2) || '-' || SUBSTR({0}, 7, 2) END")
    days = [day.format(name if vendor == "sqlite" else f"CAST({name} AS text)").replace(
        f"CAST({name} AS text) %", f"{name} %") for name in ("signed_on", "started_on", "production_on")]
    stages = " ".join(f"WHEN '{key}' THEN '{label}'" for key, label in _stages())
    return f"""
        SELECT id, code, name, CASE stage {stages} END, total_investment, {", ".join(days)},
          (SELECT COUNT(*) FROM projects_project WHERE owner_id = {owner} AND archived_at IS NULL),
          (SELECT SUM(total_investment) FROM projects_project WHERE owner_id = {owner} AND archived_at IS NULL)
        FROM projects_project WHERE owner_id = {owner} AND archived_at IS NULL ORDER BY code, id LIMIT 50"""


def _stages() -> list[tuple[str, str]]:
    from kaifaqu.registers.projects.lifecycle import Stage

    return [(key, str(label)) for key, label in Stage.choices]


def project_sql(vendor: str, pk: int) -> str:
    """Return one statement for a project, what refers to it, its events and its versions: each row a kind and its cells as JSON."""
    row = "json_object" if vendor == "sqlite" else "json_build_object"

    def cells(kind: str, columns: str, source: str, order: str) -> str:
        pairs = ", ".join(f"'{name}', {name}" for name in columns.split())
        text = f"{row}({pairs})" if vendor == "sqlite" else f"CAST({row}({pairs}) AS text)"
        return f"SELECT * FROM (SELECT '{kind}', {text} FROM {source} ORDER BY {order} LIMIT 50) AS {kind}"

    is_its = f"WHERE subject_id = {pk} AND archived_at IS NULL"
    facts = "code name national_code nature total_investment expected_annual_output actual_annual_output signed_on landed_on started_on " \
            "production_on full_capacity_on terminated_on stage row_version"
    related = [
        cells("progress", "code month stage planned_investment month_investment year_to_date completed_to_date physical",
              f"projects_projectprogress {is_its}", "code"),
        cells("suspension", "code since until cause", f"projects_projectsuspension {is_its}", "code"),
        cells("assignment", "code role since until", f"projects_projectassignment {is_its}", "code"),
        cells("listed", "code cohort_id", f"projects_cohortproject {is_its}", "code"),
        cells("class", "code plan_year kind", f"projects_planyearclass {is_its}", "code"),
        cells("event", "seq at actor action reason payload",
              f"kernel_event WHERE subject = 'projects.project' AND subject_id = {pk}", "seq"),
        cells("version", f"seq {facts}", f"projects_project_version WHERE id = {pk}", "seq"),
    ]
    return " UNION ALL ".join([cells("project", facts, f"projects_project WHERE id = {pk}", "id"), *related])


@cache
def template(text: str) -> Any:
    """Return a compiled template, without anything that a project adds to Django's."""
    from django.template import Engine

    return Engine().from_string(text)


def rows(sql: str) -> list[Any]:
    """Return the rows of a statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def list_page(request: Any, owner: int) -> Any:
    """Answer with the list of projects."""
    from django.db import connection
    from django.http import HttpResponse
    from django.template import Context

    found = rows(list_sql(connection.vendor, owner))
    shown = [(*row[:4], _amount(row[4]), *row[5:8]) for row in found]
    return HttpResponse(template(LIST_TEMPLATE).render(Context(
        {"rows": shown, "count": found[0][8], "total": _amount(found[0][9])})))


def project_page(request: Any, pk: int) -> Any:
    """Answer with the page of a project."""
    from django.db import connection
    from django.http import HttpResponse
    from django.template import Context

    parts: dict[str, list[Any]] = defaultdict(list)
    for kind, cells in rows(project_sql(connection.vendor, pk)):
        parts[kind].append(list(json.loads(cells).values()))
    told = {"title": " ".join(parts["project"][0][:2]), "parts": list(parts.items())}
    return HttpResponse(template(PROJECT_TEMPLATE).render(Context(told)))


def addresses() -> None:
    """Put the peers' addresses beside the product's."""
    from django.contrib.auth.decorators import login_required
    from django.urls import clear_url_caches, path

    from kaifaqu import urls

    urls.urlpatterns += [path("peer/list/<int:owner>/", login_required(list_page)), path("peer/project/<int:pk>/", login_required(project_page))]
    clear_url_caches()


def _amount(units: int | None) -> str:
    return "—" if units is None else f"{units / 10**6:.1f}".removesuffix(".0")


def words(page: str) -> set[str]:
    """Return the texts of a page."""
    return {unescape(text).strip() for text in re.split(r"<[^>]*>", page)} - {""}


def measure_peers(person: Any, project: Any, runs: int) -> dict[str, Any]:
    """Return the medians of our two pages and of the peers', their ratios, and whether the peer shows what ours shows."""
    addresses()
    desk, measured = Desk(person), {}
    for which, address, other in (
        ("list", "/r/projects/", f"/peer/list/{project.owner_id}/"), ("project", f"/r/projects/{project.pk}/", f"/peer/project/{project.pk}/"),
    ):  # fmt: skip
        taken: dict[str, list[float]] = {address: [], other: []}
        for _run in range(runs + 1):  # the first warms both up
            for each, found in taken.items():
                found.append(milliseconds(partial(desk.open, each, {})))
        ours, peers = desk.open(address, {}).text, desk.open(other, {}).text
        wanted = rows_of_list(ours) if which == "list" else set(re.findall(r"#(\d+)", ours))
        missing = wanted - words(peers) - ({*re.findall(r"\d+", peers)} if which == "project" else set())
        one, two = (statistics.median(found[1:]) for found in taken.values())
        measured[which] = {
            "ours": round(one, 2), "peer": round(two, 2), "ratio": round(one / two, 2), "missing from the peer": sorted(missing)[:5]}
    return measured


def rows_of_list(page: str) -> set[str]:
    """Return the texts of the table's cells."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    body = re.sub(r'<span class="hidden">.*?</span>', "", body)
    return {text.removesuffix(".0") for text in words(body)}


def measure(size: int, runs: int = RUNS) -> dict[str, Any]:
    """Return everything that is measured over a zone of so many projects, in a new database."""
    person, project = found(size)
    return {"routes": measure_routes(person, project, 3), "peers": measure_peers(person, project, runs)}


def peer_hash() -> str:
    """Return by what the peers are known."""
    told = [LIST_TEMPLATE, PROJECT_TEMPLATE, *(of(vendor, 1) for of in (list_sql, project_sql) for vendor in laboratory.ENGINES)]
    return hashlib.sha256("".join(told).encode()).hexdigest()


def child(size: int, runs: int) -> None:
    """Measure one size in this process and print it: Django opens one database in its life."""
    laboratory.enter()
    json.dump(measure(size, runs) | {"machine": stopwatch.machine(), "peer": peer_hash()}, sys.stdout, ensure_ascii=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.size:
        child(arguments.size, arguments.runs)
        return
    result = measured(arguments.engine, arguments.sizes, arguments.runs)
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    if arguments.write:
        write(result)


def measured(engine: str, sizes: Any, runs: int) -> dict[str, Any]:
    """Return the result of all sizes."""
    import subprocess

    found: dict[str, Any] = {}
    for size in sizes:
        with laboratory.database(engine):
            worker = laboratory.child(
                "-m", "benchmarks.pages", "--size", str(size), "--runs", str(runs), stdout=subprocess.PIPE, text=True)
            said = worker.communicate()[0]
            if worker.returncode:
                raise SystemExit(said)
            found[str(size)] = json.loads(said)
    last = found[str(sizes[-1])]
    return {
        "benchmark": "pages", "machine": last["machine"], "peer": last["peer"], "runs": runs, "sizes": list(sizes),
        "routes": {size: each["routes"] for size, each in found.items()}, "peers": {size: each["peers"] for size, each in found.items()},
        "ratios": {"wall": {which: last["peers"][which]["ratio"] for which in BARS}},
    }


if __name__ == "__main__":
    main()
