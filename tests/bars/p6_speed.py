"""P6: no page of daily work waits on more than 30 statements, as many for few projects as for many; see benchmarks/README.md.

In the quick form no time counts: every page of the route table asks as many statements over 250 projects as over 100 (on
PostgreSQL it is only held to the limit, over 250), our list and the page of a project show nothing that their hand-written
peers do not, and the results in benchmarks/results keep the bars at every size and name the peers that are run here. With
--full everything is measured again at 100, 10,000 and 100,000 projects. The planted fault reads each record that a page
names by a statement of its own.
"""

import json
import subprocess
import sys
from typing import Any

from bar import Bar

from benchmarks import catalogue, pages
from tests import laboratory

QUICK = (100, 250)


def one_by_one() -> None:
    """Let a page read the records that it names one by one."""
    from kaifaqu.pages.reading import Reader

    def learn(self: Reader, register: Any, keys: Any) -> None:
        known = self._known.setdefault(register, {})
        for key in {*keys} - {*known, None}:
            known |= register.objects.in_bulk([key])

    Reader._learn = learn


def look(size: int, with_fault: bool) -> None:
    """Print what one size is measured to be, in a process of its own: Django opens one database in its life."""
    laboratory.enter()
    person, project = pages.found(size)
    if with_fault:
        one_by_one()
    print(json.dumps({"routes": pages.measure_routes(person, project, 0), "peers": pages.measure_peers(person, project, 1)}))


def looked(engine: str, size: int, with_fault: bool) -> dict[str, Any]:
    """Return what one size is measured to be, in a new database."""
    with laboratory.database(engine):
        told = laboratory.child(
            __file__, "--look", str(size), str(int(with_fault)), stdout=subprocess.PIPE, text=True)
        said = told.communicate()[0]
        if told.returncode:
            sys.exit(said)
        return json.loads(said)


def check_statements(bar: Bar, engine: str, routes: dict[str, dict[str, Any]]) -> None:
    """Check the number of statements of each page, which stands at each size."""
    seen = {
        size: {(name, of): count for name, route in each.items() for of, count in route["queries"].items()}
        for size, each in routes.items()}
    first, *others = seen
    counts = [(count, *page) for each in seen.values() for page, count in each.items()]
    most = max(each for each in counts if each[1] not in pages.DEMO_ONLY)
    beyond = [each for each in counts if each[0] > pages.DEMO_ONLY.get(each[1], pages.MOST_QUERIES)]
    bar.check(f"{engine}: no page waits on more than {pages.MOST_QUERIES} statements", not beyond, " ".join(map(str, [*most, *beyond[:3]])))
    if not others:
        return
    grown = [page for page, few in seen[first].items() if any(seen[size].get(page, few) > few for size in others)]
    told = "".join(f"; {page} {[seen[size].get(page) for size in seen]}" for page in grown[:3])
    bar.check(f"{engine}: over {' and '.join(others)} projects a page asks no more than over {first}", not grown,
              f"{len(seen[first])} pages of {len(routes[first])} routes{told}")


def check_times(bar: Bar, engine: str, peers: dict[str, Any], source: str) -> None:
    """Check the ratios to the peers at each size."""
    for size, each in peers.items():
        for which, most in pages.BARS.items():
            told = each[which]
            bar.check(f"{engine}, {source}, {size} projects: the {which} takes at most {most} times its peer", told["ratio"] <= most,
                      f"{told['ours']} : {told['peer']} ms = {told['ratio']}")


def run(bar: Bar, engine: str) -> None:
    """Look at the pages on one engine, and at the results that are kept for it."""
    sizes = QUICK if bar.full or (engine == "sqlite" and not bar.fault) else QUICK[-1:]
    found = {size: looked(engine, size, bar.fault) for size in sizes}
    check_statements(bar, engine, {str(size): each["routes"] for size, each in found.items()})
    missing = [text for each in found.values() for told in each["peers"].values() for text in told["missing from the peer"]]
    bar.check(f"{engine}: our two pages show nothing that their peers do not", not missing, missing[:3])
    if bar.fault:
        return
    kept = json.loads((catalogue.RESULTS / f"pages-{engine}.json").read_text(encoding="utf-8"))
    bar.check(f"{engine}, kept: measured at {pages.SIZES} against the peers that are run here",
              (tuple(kept["sizes"]), kept["peer"]) == (pages.SIZES, pages.peer_hash()))
    results = {"kept": kept} | ({"now": pages.measured(engine, pages.SIZES, pages.RUNS)} if bar.size(quick=0, full=1) else {})
    for source, result in results.items():
        check_statements(bar, f"{engine}, {source}", result["routes"])
        check_times(bar, engine, result["peers"], source)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--look"]:
        look(int(sys.argv[2]), sys.argv[3] == "1")
    else:
        the_bar = Bar("P6", __doc__)
        for each_engine in laboratory.ENGINES[:1] if the_bar.fault else laboratory.ENGINES:
            run(the_bar, each_engine)
        the_bar.close()
