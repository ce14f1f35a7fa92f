"""R5: article 2 goes its whole way in a real Chromium, by keyboard alone: a lead, a package of approvals, a standard parcel, a chain.

A lead comes in by collecting, is admitted, negotiated, examined by the departments and signed: a project is made, the signing rate
and the map of its chain follow. The 13 approvals of a project are handed in as one by the enterprise and run in parallel at the bodies,
which work under their own accounts; each day its due dates and its critical path are counted here once more, on the calendar of
`holidays`; what is missing is told once. A parcel is assessed, planned, announced, transferred and promised; the enterprise itself
shows that it keeps its promise, and the office verifies. The chain map is walked by Tab and printed. At each step the database and
the page must say the same. Then every page of these at two widths, light and dark, in both languages. The planted fault: the
package forgets that it was told once what is missing.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bar import Bar

from tests import browser, desks, paper
from tests.article2 import lead, package, parcel
from tests.article2.run import CHAIN, ENTERPRISE, INVESTMENT, OFFICE, PLANNING, SEGMENT, Run
from tests.desks import key, stored

WIDTHS = (390, 1280)


def main() -> None:
    """Do everything by keyboard, then look at every page."""
    with browser.office() as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
        run = Run(office, chrome, bar, Path(folder))
        tasks = TASKS[:TASKS.index(package.once) + 1] if bar.fault else TASKS
        if run.play(bar, tasks) and not bar.fault:
            found = desks.look(office, chrome, addresses(run), WIDTHS, whole=bool(bar.size(quick=0, full=1)))
            found.tell(bar, "reforms, attraction, infrastructure and scoring")
    bar.close()


# The chain map, and pages with numbers


def walk_chain(run: Run) -> None:
    """Walk the boxes of the picture by Tab: each is seen and named; Enter opens the segment."""
    keys = run.at(INVESTMENT)
    keys.ledger("/r/chains/")
    run.main("a[href='/chains/']")
    run.main(f"a[href='/chains/{key('chains.Chain', CHAIN)}/']")
    keys.skip("#content")
    keys.reach(".graph svg a", 30)
    names, stops, faults = [], keys.stops, len(keys.faults)
    while keys.at(".graph svg a"):
        names.append(name_of(keys))
        keys.reach("a", 1)
    told = {name: {role} for role, name in names}
    nodes, rows = stored("chains.ChainNode", chain__code=CHAIN), keys.page.locator("#segments tbody tr")
    states = dict(zip(rows.locator("td:first-child > a").all_inner_texts(), rows.locator(".state").all_inner_texts(), strict=True))
    wanted = [f"{node['name']} {states.get(node['name'])}" for node in nodes]
    nameless = [each for each in wanted if not any(f"{name} ".startswith(f"{each} ") for name in told)]
    is_walked = len(names) == len(told) == len(nodes) == len(states) and len(keys.faults) == faults
    is_walked = is_walked and all(roles == {"link"} for roles in told.values())
    bar.check("Tab leads to every box of the picture, each seen, and named with the state that the table says", is_walked and not nameless,
              nameless or f"{len(names)} boxes, {keys.stops - stops} stops")
    on_paper(run, "the chain map", "#segments tbody td")
    number = key("chains.ChainNode", SEGMENT)
    keys.skip("#content")
    keys.follow(f".graph a[href='/r/chain_nodes/{number}/']", 60)
    heading = keys.page.locator("h1").inner_text()
    bar.check("Enter opens the segment's record, with its project", SEGMENT in heading and run.project in run.shown(), heading)


def print_package(run: Run) -> None:
    """The picture and the table of the package are on paper too."""
    run.record(OFFICE, "packages", run.package)
    on_paper(run, "the package", "#path tbody td")


def on_paper(run: Run, what: str, cells: str) -> None:
    """Check that the page that is open is printed with its picture and its table, and that nothing is cut off."""
    page = run.keys.page
    drawn = Counter("".join(each.split()) for each in page.locator(".graph tspan").all_text_contents())
    boxes, written = page.locator(".graph rect").count(), page.locator(cells).all_inner_texts()
    sheets = paper.printed(page, run.folder / "page.pdf")
    text = "".join(each.text for each in sheets)
    lost = [line for line, often in drawn.items() if text.count(line) < often]
    lost += Counter("".join("".join([*drawn.elements(), *written]).split())) - Counter(text)  # the lines of cells stand side by side
    beyond = [word for each in sheets for word in each.beyond]
    bar.check(f"{what} on paper: the picture and the table, nothing lost or cut off", not lost and not beyond and boxes > 9,
              lost or beyond or f"{len(sheets)} sheets, {boxes} boxes, {len(written)} cells")


def name_of(keys: Any) -> tuple[str, str]:
    """Return the role and the name of what has the focus, as the browser tells a screen reader."""
    found = keys.driver.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
    [node, *_others] = keys.driver.send("Accessibility.getPartialAXTree", {"objectId": found, "fetchRelatives": False})["nodes"]
    return node["role"]["value"], node["name"]["value"]


def open_numbers(run: Run) -> None:
    """Open the pages of capacity and of scoring, and a number on each: the figure says the same."""
    keys = run.at(OFFICE)
    for register, page, number in (
        ("capacity_pools", "/capacity/", "td a[data-figure]"), ("scorings", "/scoring/", "#points td.number a")):
        keys.ledger(f"/r/{register}/")
        run.main(f"a[href='{page}']")
        if page == "/scoring/":
            run.main("td a[href^='/scoring/']:not([href*='sheets'])")
        keys.skip("#content")
        keys.reach(f"main {number}", 60)
        told = keys.page.evaluate("document.activeElement.innerText").strip()
        keys.follow()
        value = keys.page.locator("main .value").inner_text().strip()
        is_opened = told == value and "/figures/" in keys.page.url
        bar.check(f"a number of {page} opens as a figure, which says the same", is_opened, f"{told}, {value}")


# Every page


def addresses(run: Run) -> dict[str, list[Any]]:
    """Return the pages of these, by the account that opens them."""
    one = {name: stored(model)[0]["id"] for name, model in (
        ("commitments", "reforms.Commitment"), ("buildings", "premises.Building"), ("plants", "infrastructure.Plant"),
        ("works", "infrastructure.Work"), ("chains", "chains.Chain"), ("capacity_pools", "infrastructure.CapacityPool"),
        ("scorings", "scoring.Scoring"))}
    own_lead, late = int(key("projects.Lead", run.lead)), int(key("reforms.Package", "BJ0009"))
    land, case = int(key("reforms.StandardParcel", run.parcel)), int(key("reforms.Package", run.package))
    own, opinion = parcel.promise(run, "energy")["id"], stored("attraction.LeadOpinion", aspect="environment", lead_id=own_lead)[0]["id"]
    open_ = stored("reforms.PackageItem", stage="handling") or stored("reforms.PackageItem", stage="accepted")
    return {
        OFFICE: [
            *(f"/r/{name}/{number}/" for name, number in one.items()), *(f"/r/{name}/" for name in one), "/capacity/",
            "/capacity/?on=2025-01-01", "/scoring/", f"/scoring/{one['scorings']}/", "/scoring/sheets/demo.half_year/?period=2024-H1",
            f"/r/packages/{case}/", f"/r/packages/{late}/", "/r/packages/new/entrust/", "/r/packages/", "/r/package_items/",
            f"/r/package_items/{open_[0]['id']}/", f"/r/package_items/{open_[0]['id']}/do/supplement/", f"/r/standard_parcels/{land}/",
            "/r/standard_parcels/", "/r/land_promises/", f"/r/land_promises/{own}/", f"/r/land_promises/{own}/do/verify/",
            f"/r/promise_evidence/{stored('reforms.Evidence')[-1]['id']}/", f"/r/projects/{key('projects.Project', run.project)}/",
        ],
        INVESTMENT: [
            "/chains/", f"/chains/{key('chains.Chain', CHAIN)}/",
            "/attraction/", "/attraction/?kind=late", f"/r/leads/{own_lead}/", "/r/leads/",
            f"/r/leads/{key('projects.Lead', 'L0027')}/", f"/r/leads/{key('projects.Lead', 'L0027')}/do/sign/", "/r/lead_opinions/",
            f"/r/lead_opinions/{opinion}/", f"/r/chain_nodes/{key('chains.ChainNode', SEGMENT)}/", "/r/lead_profiles/new/",
            "/collections/new/leads/", "/r/reservations/new/",
        ],
        ENTERPRISE: [
            "/r/land_promises/", f"/r/land_promises/{own}/", f"/r/standard_parcels/{land}/", f"/r/packages/{case}/", "/r/packages/",
            "/r/package_items/",
        ],
        PLANNING: ["/r/package_items/", f"/r/lead_opinions/{opinion}/", f"/r/package_items/{package.item_of(run, 'utilities')['id']}/"],
    }  # fmt: skip


TASKS = (
    lead.collect, lead.admit, lead.negotiate, lead.sign,
    package.entrust, package.submit, package.begin, package.once, package.follow, package.finish,
    parcel.plan, parcel.offer, parcel.transfer, parcel.hand_in, parcel.verify,
    walk_chain, print_package, open_numbers,
)  # fmt: skip
bar = Bar("R5", __doc__)
if __name__ == "__main__":
    main()
