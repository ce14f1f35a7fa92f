"""P3: no page scrolls sideways at 390, 768, 1280 and 1920 px, with the demo zone and with many projects of extreme names;
three pages print with their headings repeated and no row lost or torn.

    python tests/bars/p3_widths_and_print.py --shots     takes the pictures of the main pages, without those names, for docs/images

In the quick form there are 300 such projects, in the full form 10,000. The planted fault makes the pages 900 px wide at least.
"""

import itertools
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from bar import Bar

from tests import browser

WIDTHS = (390, 768, 1280, 1920)
EXTREME = ["极" * 200, "W" * 200, "a b" * 60, "项目—— ——", "𠅤䶮㛃" * 20, "http://example.com/" + "x" * 150, "一"]
PRINTED = {"projects": "/r/projects/?sort=code", "figure": "/figures/projects.under_construction.count/", "week": "/week/"}
PICTURES = {
    "home": "/", "week": "/week/", "projects": "/r/projects/", "figures": "/figures/?q=zjxm", "events": "/events/",
    "explained": "/figures/projects.new.investment/?period=2024-Q1&known=2024-05-14", "rules": "/r/rules/",
    "progress": "/r/progress/", "project": "/r/projects/?q=P0017", "enterprises": "/r/enterprises/", "map": "/places/",
    "figure": "/figures/projects.under_construction.investment/?period=2024-H1",
}
WHOLE = ("figure", "project")  # to the last line


def many() -> None:
    """Enter projects with names that no page expects."""
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Installation
    from kaifaqu.kernel.commit import commit

    zone, create = Installation.objects.get().owner, actions.find("projects.create").plan
    count = bar.size(quick=300, full=10_000)
    for start in range(0, count, 2000):
        commit([create(zone, by=SYSTEM, facts={
            "code": f"X{number:05d}", "name": EXTREME[number % len(EXTREME)], "signed_on": "2024-01", "historical": True,
            "total_investment": "999999999.999999",
        }) for number in range(start, min(start + 2000, count))], by=SYSTEM)


def pages_of(pdf: Path) -> list[str]:
    """Return the text of each page, as an independent reader finds it."""
    told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    return told.split("\f")[:-1]


def wide_pages(route) -> None:
    """Answer with a style sheet that makes every page 900 px wide at least."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + "main { min-width: 900px }")


bar = Bar("P3", __doc__, shots="take the pictures of the main pages for docs/images")
extremes = None if bar.args.shots else many
with browser.office(before=extremes) as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
    context = chrome.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    if bar.fault:
        context.route("**/*.css", wide_pages)
    page = office.enter(context, "projects")
    met, wide, seen, most = Counter(), Counter(), 0, bar.size(quick=1, full=10_000)
    lists = [("records", f"{office.base}/r/projects/?{asked}") for asked in ("q=X", "sort=-code")]
    for name, address in itertools.chain(lists, office.addresses("projects", most)):
        met[name] += 1
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            seen += 1
            if beyond > 0:
                wide[name, width] += 1
                if wide[name, width] == 1:
                    print(f"        {address} at {width}: {beyond} px beyond")
        if bar.fault and wide:
            break
    bar.check("no page scrolls sideways", not wide, f"{seen} views of {len(met)} routes, {sum(wide.values())} too wide")

    page.set_viewport_size({"width": 1280, "height": 900})
    bar.check("an independent reader of PDF is installed", shutil.which("pdftotext") is not None, "apt-get install poppler-utils")
    for name, address in PRINTED.items():
        page.goto(office.base + address)
        rows = page.eval_on_selector_all("thead ~ tbody tr", """rows => rows.map(row => row.querySelector('td:not(.pick)')).filter(Boolean)
            .map(cell => [cell.innerText.trim(), cell.closest('table').tHead.rows[0].cells[cell.cellIndex].innerText.trim()])""")
        heading_of = {code: heading for code, heading in rows if re.fullmatch(r"[A-Z]\w*\d+", code)}
        path = Path(folder) / f"{name}.pdf"
        page.pdf(path=str(path), format="A4", prefer_css_page_size=True)
        printed = pages_of(path)
        lost = [code for code in heading_of if sum(code in text for text in printed) != 1]
        without = {number for number, text in enumerate(printed, 1) for code, heading in heading_of.items()
                   if code in text and heading not in text}
        bar.check(f"{name} prints every row once, with its headings on every page", not lost and not without,
                  f"{len(printed)} pages, {len(heading_of)} rows, lost or torn {lost[:3]}, without headings {without or ''}")
        if name == "week":
            bar.check("a director's week is one page", len(printed) == 1, f"{len(printed)} pages")

    if bar.args.shots:
        from tests import laboratory

        page = office.enter(chrome.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}), "director")
        for name, address in PICTURES.items():
            page.goto(office.base + address)
            if name == "project":
                page.click("td.lead a")
            page.wait_for_timeout(500)
            page.screenshot(path=str(laboratory.ROOT / "docs" / "images" / f"{name}.png"), full_page=name in WHOLE)
bar.close()
