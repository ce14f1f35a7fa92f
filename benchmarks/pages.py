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
import gc
import hashlib
import inspect
import io
import json
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks import stopwatch
from benchmarks.catalogue import write
from tests import laboratory

SIZES, RUNS = (100, 10_000, 100_000), 9
LIFE = 12  # corrections of the project whose page is measured
PAGES = 3  # of one route that are opened; of lists and records one of each register
EVERY = ("records", "record")
BARS = {"list": 4, "project": 4}  # times the peer, in median milliseconds
MOST_QUERIES = 30
# A whole newspaper page: 65 registers by party and grouping, of each one statement for sums, one for what is missing; 36 lists.
DEMO_ONLY = {"living-page": 2 * 65 + 36}
NO_PAGES = ("export", "template", "download", "import-errors", "collection-errors", "collection-send", "collection-forward")

LIST_TEMPLATE = """<!doctype html><title>项目</title><h1>项目 <small>共 {{ count }} 条</small></h1>
<table><thead><tr><th>编号<th>项目名称<th>阶段<th>计划总投资（万元）<th>签约日期<th>开工日期<th>投产日期</tr></thead>
<tbody>{% for row in rows %}<tr><td><a href="/r/projects/{{ row.0 }}/">{{ row.1 }}</a><td>{{ row.2 }}<td>{{ row.3 }}<td>{{ row.4 }}
<td>{{ row.5 }}<td>{{ row.6 }}<td>{{ row.7 }}</tr>{% endfor %}</tbody>
<tfoot><tr><td>合计<td><td><td>{{ total }}<td><td><td></tr></tfoot></table>"""
PROJECT_TEMPLATE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
<dl>{% for label, text in standing %}<dt>{{ label }}<dd>{{ text }}{% endfor %}</dl>
<dl>{% for label, text in facts %}<dt>{{ label }}<dd>{{ text }}{% endfor %}</dl>
{% for name, heads, lines in tables %}<h2>{{ name }}</h2><table><tr>{% for head in heads %}<th>{{ head }}{% endfor %}</tr>
{% for line in lines %}<tr>{% for cell in line %}<td>{{ cell }}{% endfor %}</tr>{% endfor %}</table>{% endfor %}
<ol>{% for event, at, changes in events %}<li>{{ at }} <b>{{ event.action }}</b> {{ event.origin }} {{ event.target }} {{ event.actor }}
#{{ event.seq }} {{ event.occurred_on }} {{ event.reason }}
<ul>{% for label, before, after in changes %}
<li>{{ label }} <del>{{ before }}</del> <ins>{{ after }}</ins>{% endfor %}</ul>{% endfor %}</ol>
<table><tr><th>事件{% for head in heads %}<th>{{ head }}{% endfor %}</tr>
{% for number, at, seq, line in versions %}<tr><td>{{ number }}<td>{{ at }}<td>#{{ seq }}
{% for cell in line %}<td>{{ cell }}{% endfor %}</tr>{% endfor %}</table>"""


def found(size: int) -> tuple[Any, Any]:
    """Found a zone with so many projects and a person with every right; return the person and a project with a long life."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.zones import Zone, plan, written
    from kaifaqu.files import databases
    from kaifaqu.kernel import testing
    from kaifaqu.registers.projects.models import CohortProject, Project, ProjectProgress

    party = testing.found("BENCH", "测量")
    clerk = testing.employ(party, "clerk")
    zone = Zone(party, size, random.Random(4), clerk)
    zone.enter()
    zone.correct()
    parks = written([plan("parks.create", party, facts={"code": code, "name": f"{code}园区"}) for code in ("K1", "K2")])
    listed = CohortProject.objects.current().values("subject")
    richest = ProjectProgress.objects.current().filter(subject__in=listed).order_by("subject__code").first()
    project = richest.subject
    for number in range(LIFE):
        project = Project.objects.get(pk=project.pk)
        facts = {"total_investment": f"{1000 + number}.5", "park": parks[number % 2], "nature": ("new", "expansion")[number % 2]}
        written([plan("projects.correct", project, version=project.row_version, facts=facts, reason=f"第{number}次核对")])
    written([
        plan("assignments.create", party, facts={"subject": project, "role": role, "person": clerk, "since": "2023-01-01"})
        for role in ("leader", "specialist")])
    call_command("reindex", stdout=io.StringIO())  # as the worker has done before anybody searches
    databases.note_sizes()  # as `serve` does every hour
    if connection.vendor == "postgresql":  # as the server does by itself
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return clerk, Project.objects.get(pk=project.pk)


def tour(person: Any, project: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield pages that the person may open: the name of the route, the address and what is asked."""
    from tests.rights import Walk

    class Tour(Walk):
        """The visits of bar S6, to the first record of each register; of projects to the one that has everything."""

        def __init__(self) -> None:
            from kaifaqu.kernel.access import Installation

            self.people, self.size, self.somebody, self.zone = {}, 1, person, Installation.objects.get().owner
            self.behind = {}

        def some(self, register: Any) -> list[Any]:
            """Return one record."""
            return [project] if register.register == "projects" else list(register.objects.current().order_by("id")[:1])

        def files_behind(self, definition: Any, person: Any) -> Iterator[Any]:
            """Yield the files behind a figure, of the first figures that have any: each must be computed for it."""
            if met["figure-export"] < PAGES:
                yield from super().files_behind(definition, person)

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
    """Return for each route how many pages were opened, the queries of each and the median milliseconds of the slowest, 0 of no runs."""
    from django.urls import resolve

    from kaifaqu.kernel import clock

    clock.set(clock.now())  # else the demo day is read once a second, and whatever falls into that has a statement more
    desk, measured = Desk(person), defaultdict(list)
    for name, address, asked in tour(person, project):
        if "html" in desk.open(address, asked).headers["Content-Type"]:
            of = resolve(address).kwargs.get("register", "")
            page = partial(desk.open, address, asked)
            page()  # what is read once in a process's life is not of the page
            count = queries(page)
            taken = [milliseconds(page) for _run in range(runs)]
            measured[name].append((f"{of} {asked.get('verb', '')}".strip(), count, statistics.median(taken) if taken else 0))
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


RELATED = {  # register: heading of the key, the columns of its lists
    "progress": "projects_projectprogress", "suspensions": "projects_projectsuspension", "assignments": "projects_projectassignment",
    "cohort_entries": "projects_cohortproject", "plan_classes": "projects_planyearclass",
}  # fmt: skip


class Words:
    """A register's columns by hand: what each is called, and how its values are told."""

    def __init__(self, register: str, listed: bool):
        from kaifaqu.kernel.records import field_of, registers
        from kaifaqu.pages.reading import listed as columns

        model = registers()[register]
        own = [field_of(model, name) for name in model.columns]
        fields = [each for each in columns(model) if each.name != "subject"] if listed else own
        self.labels = {each.attname: str(each.verbose_name) for each in fields}
        self.kinds = {each.attname: type(each).__name__ for each in fields}
        self.scales = {each.attname: getattr(each, "scale", 0) for each in fields}
        self.choices = {each.attname: {str(key): str(label) for key, label in each.flatchoices} for each in fields if each.choices}

    def tell(self, name: str, value: Any, names: dict[str, str]) -> str:
        """Return a value in words."""
        kind = self.kinds[name]
        if value in (None, ""):
            return "—"
        if name in self.choices:
            return self.choices[name].get(str(value), str(value))
        if kind == "ExactField":
            return str(value).rstrip("0").rstrip(".") if isinstance(value, str) else _amount(value, self.scales[name])
        if kind in ("PartialDateField", "MonthField"):
            text = str(value)
            return "-".join(part for part in (text[:4], text[4:6], text[6:]) if part not in ("", "00")) if text.isdecimal() else text
        if kind == "ForeignKey":
            return names.get(str(value), "—")
        if kind == "BooleanField":
            return "是" if value else "否"
        return str(value)


@cache
def words_of(register: str, listed: bool) -> Words:
    """Return the words of a register, made once."""
    return Words(register, listed)


def project_sql(vendor: str, pk: int) -> str:
    """Return one statement for a project, what refers to it, its events and its versions: each row a kind and its cells as JSON."""
    row = "json_object" if vendor == "sqlite" else "json_build_object"

    def cells(kind: str, columns: Iterable[str], source: str, order: str, most: int) -> str:
        pairs = ", ".join(f"'{name}', {name}" for name in columns)
        text = f"{row}({pairs})" if vendor == "sqlite" else f"CAST({row}({pairs}) AS text)"
        return f"SELECT * FROM (SELECT '{kind}' AS kind, {text} AS cells FROM {source} ORDER BY {order} LIMIT {most}) AS {kind}"

    facts = [*words_of("projects", False).labels, "stage", "row_version", "owner_id"]
    parts = [cells("project", facts, f"projects_project WHERE id = {pk}", "id", 1)]
    for register, table in RELATED.items():
        live = f"{table} WHERE subject_id = {pk} AND archived_at IS NULL"
        parts.append(cells(register, ["id", *words_of(register, True).labels], live, "code", 10))
    from kaifaqu.kernel import clock

    parts.append(cells(
        "report", ["month", "stage", "year_to_date", "planned_investment", "problems", "next_steps"],
        f"projects_projectprogress WHERE subject_id = {pk} AND archived_at IS NULL AND month <= {clock.today():%Y%m%d}",
        "month DESC, id DESC", 1))
    own = f"(SELECT {{0}} FROM projects_project_version WHERE id = {pk})"
    named = {
        "owner": ("kernel_party", "name", own.format("owner_id")), "park": ("places_park", "name", own.format("park_id")),
        "enterprise": ("organisations_enterprise", "code || ' ' || name", own.format("enterprise_id")),
        "lead": ("projects_lead", "code || ' ' || name", own.format("lead_id")),
        "cohort": ("projects_projectcohort", "name", f"(SELECT cohort_id FROM projects_cohortproject WHERE subject_id = {pk})"),
    }  # fmt: skip
    parts += [
        f"SELECT 'name', {row}('id', id, 'name', {name})" + f" FROM {table} WHERE id IN {among}" if vendor == "sqlite"
        else f"SELECT 'name', CAST({row}('id', id, 'name', {name}) AS text) FROM {table} WHERE id IN {among}"
        for table, name, among in named.values()]
    parts += [
        cells("event", ["seq", "at", "actor", "action", "reason", "origin", "target", "occurred_on", "payload"],
              f"kernel_event WHERE subject = 'projects.project' AND subject_id = {pk}", "seq DESC", 20),
        cells("version", ["seq", "row_version", *words_of("projects", False).labels],
              f"projects_project_version WHERE id = {pk}", "seq DESC", 11)]
    return " UNION ALL ".join(parts)


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
        parts[kind].append(json.loads(cells))
    names, own = {str(each["id"]): each["name"] for each in parts["name"]}, words_of("projects", False)
    [project] = parts["project"]
    tables = []
    for register in RELATED:
        how = words_of(register, True)
        if parts[register]:
            lines = [[how.tell(name, row[name], names) for name in how.labels] for row in parts[register]]
            tables.append((register, list(how.labels.values()), lines))
    events, times = [], {event["seq"]: _moment(event["at"]) for event in parts["event"]}
    for event in parts["event"]:
        payload = json.loads(event["payload"])
        before, after = payload.get("before", {}), payload.get("after", {})
        changes = [
            (label, own.tell(name, before.get(name), names), own.tell(name, after[name], names)) for name, label in own.labels.items()
            if name in after and before.get(name) != after[name] and (before or after[name] not in (None, ""))]
        events.append((event, times[event["seq"]], changes))
    told = [[own.tell(name, version[name], names) for name in own.labels] for version in parts["version"]]
    used = [place for place in range(len(own.labels)) if any(line[place] != "—" for line in told)]
    labels = list(own.labels.values())
    return HttpResponse(template(PROJECT_TEMPLATE).render(Context({
        "title": f"{project['code']} {project['name']}", "facts": [
            *((label, own.tell(name, project[name], names)) for name, label in own.labels.items()),
            ("所属单位", names[str(project["owner_id"])]), ("版本", project["row_version"]), ("阶段", dict(_stages())[project["stage"]])],
        "standing": _standing(parts["report"], project["stage"]), "tables": tables, "events": events,
        "heads": [labels[place] for place in used],
        "versions": [
            (version["row_version"], times.get(version["seq"], ""), version["seq"], [line[place] for place in used])
            for version, line in zip(parts["version"], told, strict=True)],
    })))  # fmt: skip


def _standing(reports: list[Any], stage: str) -> list[tuple[str, str]]:
    """Return how the project stands: its light by the shipped rule, the roles in which somebody answers, and its last report."""
    from kaifaqu.registers.projects.models import ProjectRole

    told = [("灯", "绿灯"), ("", "没有落后"), *((str(label), "—") for label in ProjectRole.labels)]
    for report in reports:
        done, planned = report["year_to_date"], report["planned_investment"]
        month = words_of("progress", True).tell("month", report["month"], {})
        if stage == "under_construction" and done is not None and planned:
            part = Decimal(done) * 100 / Decimal(planned)
            behind = Decimal(report["month"] // 100 % 100) * 100 / 12 - part
            if behind >= 10:
                told[:2] = [
                    ("灯", "红灯" if behind > 30 else "黄灯"),
                    ("", f"{month} 完成年计划的 {part:.1f}%，落后序时进度 {behind:.1f} 个百分点")]
        told += [
            ("最近月报", month), ("阶段", dict(_stages()).get(report["stage"], "—")),
            ("本年完成 / 本年计划（万元）", f"{_amount(done)} / {_amount(planned)}"), ("存在问题", report["problems"] or "—"),
            ("下步计划", report["next_steps"] or "—")]
    return told


def addresses() -> None:
    """Put the peers' addresses beside the product's."""
    from django.contrib.auth.decorators import login_required
    from django.urls import clear_url_caches, path

    from kaifaqu import urls

    urls.urlpatterns += [
        path("peer/list/<int:owner>/", login_required(list_page)), path("peer/project/<int:pk>/", login_required(project_page))]
    clear_url_caches()


def _moment(text: str) -> str:
    """Return the database's moment as an office writes it."""
    moment = datetime.fromisoformat(text.replace(" ", "T"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{moment.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


def _amount(units: int | None, scale: int = 6) -> str:
    return "—" if units is None else f"{Decimal(units).scaleb(-scale):f}".rstrip("0").rstrip(".")


def words(page: str) -> set[str]:
    """Return the texts of a page."""
    return {unescape(text).strip() for text in re.split(r"<[^>]*>", page)} - {""}


def measure_peers(person: Any, project: Any, runs: int) -> dict[str, Any]:
    """Return the medians of our two pages and of the peers', their ratios, and whether the peer shows what ours shows."""
    addresses()
    desk, measured = Desk(person), {}
    gc.collect()
    gc.freeze()  # as `serve` does
    for which, address, other in (
        ("list", "/r/projects/", f"/peer/list/{project.owner_id}/"),
        ("project", f"/r/projects/{project.pk}/", f"/peer/project/{project.pk}/"),
    ):  # fmt: skip
        taken: dict[str, list[float]] = {address: [], other: []}
        for _run in range(runs + 1):  # the first warms both up
            for each, found in taken.items():
                found.append(milliseconds(partial(desk.open, each, {})))
        ours, peers = shown(desk.open(address, {}).text, which), words(desk.open(other, {}).text)
        missing = ours - peers - {str(person)}  # a person's name is kept such that SQL cannot read it
        one, two = (statistics.median(found[1:]) for found in taken.values())
        measured[which] = {
            "ours": round(one, 2), "peer": round(two, 2), "ratio": round(one / two, 2), "missing from the peer": sorted(missing)[:5]}
    return measured


def shown(page: str, which: str) -> set[str]:
    """Return what our page shows of the records: the cells of its tables; of a project its facts and what changed them as well."""
    main = page.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r'<(thead|tfoot|label|form|small)\b.*?</\1>|<span class="(quiet|stage)">[^<]*</span>', "", main, flags=re.S)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", main, re.S)
    if which == "project":  # the peer was written when there was one light: what the others and the stay say waits for the next measuring
        main = re.sub(r"<dt>(灯|停留过久)</dt><dd>.*?</dd>", "", main, flags=re.S)
        cells = [each for each in cells if "<time" not in each and "versions=" not in each]
        cells += re.findall(r"<d[td]>(.*?)</d[td]>", main, re.S)
        cells += re.findall(r"<ul>(.*?)</ul>", main, re.S)
    return {_plain(text) for each in cells for text in words(each)} - {"", "—", "→"}


def _plain(text: str) -> str:
    return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text


def measure(size: int, runs: int = RUNS) -> dict[str, Any]:
    """Return everything that is measured over a zone of so many projects, in a new database."""
    person, project = found(size)
    return {"routes": measure_routes(person, project, 3), "peers": measure_peers(person, project, runs)}


def peer_hash() -> str:
    """Return by what the peers are known."""
    told = [LIST_TEMPLATE, PROJECT_TEMPLATE, *(inspect.getsource(each) for each in (list_sql, list_page, Words, project_sql, project_page))]
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
