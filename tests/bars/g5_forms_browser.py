"""G5, upper-level forms: at 390 px and by keyboard alone, a person points at a cell, fills the form, and takes the file away.

A real Chromium on the demo zone. From the list of forms the person opens the monthly one, walks its workbook by the arrow
keys, chooses what a cell holds, previews the month, fills it, and opens the proof sheet; nobody moves a pointer. No page
scrolls sideways, axe finds nothing serious on any of them, light and dark, Chinese and English, and the downloaded file is the
one that is kept. The planted fault takes the labels off the forms on their way to the browser.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

import openpyxl
from bar import Bar

from tests import browser

ACCOUNT, FORM, CELL, FIGURE, PERIOD = "projects", "BS0001", "B8", "在建项目总投资", "2024-06"
SERIOUS = ("serious", "critical")
LOOKS = [("light", "zh-CN"), ("dark", "en")]
NARROW = {"width": 390, "height": 844}


def unlabelled(route: Any) -> None:
    """Answer with the page, its labels turned into other elements."""
    answer = route.fetch()
    is_page = "html" in answer.headers.get("content-type", "")
    route.fulfill(response=answer, **({"body": answer.text().replace("<label", "<span").replace("</label", "</span")} if is_page else {}))


def tab_to(page: Any, selector: str, most: int = 150) -> bool:
    """Press Tab until what the selector means has the focus; tell whether it was reached."""
    for _press in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return True
        page.keyboard.press("Tab")
    return False


def enter(page: Any, selector: str) -> bool:
    """Reach an element by Tab, press Enter, and wait for the page that it leads to; tell whether it was reached."""
    reached = tab_to(page, selector)
    if reached:
        with page.expect_navigation():
            page.keyboard.press("Enter")
    return reached


def point(page: Any, base: str) -> list[str]:
    """Point at a cell by keyboard and say what it holds; return what could not be done."""
    page.goto(f"{base}/r/upper_forms/?q={FORM}")
    missed = [] if enter(page, "td.lead, td.lead a") else ["the list"]
    missed += [] if enter(page, "a[href*='/upper/'].button") else ["the form"]
    if not tab_to(page, "table.book td, table.book th"):
        return [*missed, "the workbook"]
    for key in ("Home", "ArrowRight", "ArrowRight", *["ArrowDown"] * 20):  # past the number of the row
        page.keyboard.press(key)
        if (page.evaluate("document.activeElement.innerText") or "").strip() == CELL:
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if f"cell={CELL}" not in page.url:
        return [*missed, f"{CELL}: {page.url}"]
    for _press in range(2000):  # the first field has the focus
        if page.evaluate("document.activeElement.value") == FIGURE:
            break
        page.keyboard.press("ArrowDown")
    return missed + ([] if enter(page, "section#point button.main") else ["saving"])


def fill(page: Any, folder: Path) -> tuple[list[str], bytes]:
    """Fill the form by keyboard, and take the file away; return what could not be done, and the file."""
    missed = [] if enter(page, "a.button.main[href$='/do/fill/']") else ["filling"]
    if not tab_to(page, "input[name=period]"):
        return [*missed, "the period"], b""
    page.keyboard.press("Control+A")
    page.keyboard.type(PERIOD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    missed += [] if enter(page, "form.decide button.main") else ["the button"]
    if not tab_to(page, "a.button.main[href$='/file/']"):
        return [*missed, "the file"], b""
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    path = folder / "form.xlsx"
    download.value.save_as(path)
    return missed, path.read_bytes()


def visited(page: Any, base: str) -> list[str]:
    """Return the addresses of the room's pages, as the person reaches them."""
    page.goto(f"{base}/r/upper_forms/?q={FORM}")
    record = page.get_attribute("td.lead a", "href")
    page.goto(base + record)
    form = page.get_attribute("a[href^='/upper/'].button", "href")
    filling = page.get_attribute("#upper td a", "href")
    return [record, form, f"{form}?cell=B5", f"{form}?cell=B5&kind=list", f"{record}do/workbook/", f"{record}do/fill/?period={PERIOD}",
            f"{record}do/fill/?period=2024-Q9", filling, "/upper/"]


def look(chrome: Any, office: Any, axe: Any, fault: bool) -> tuple[list[str], list[str], int]:
    """Open every page in every look; return what axe finds, what scrolls sideways, and how many pages were looked at."""
    found, wide, count = [], [], 0
    for scheme, language in LOOKS[:1 if fault else None]:
        page = office.enter(chrome.new_context(color_scheme=scheme, locale=language, viewport=NARROW), ACCOUNT)
        addresses = visited(page, office.base)
        if fault:
            page.context.route("**/*", unlabelled)
        for address in addresses:
            page.goto(office.base + address)
            count += 1
            width = page.evaluate("document.documentElement.scrollWidth")
            wide += [f"{address}: {width} px"] if width > NARROW["width"] else []
            found += [f"{each['id']} on {address} ({scheme}, {language}): {each['nodes'][0]['html'][:100]}"
                      for each in axe.run(page).response["violations"] if each["impact"] in SERIOUS]
    return found, wide, count


def run(bar: Bar, folder: Path) -> None:
    """Do everything in one office."""
    with browser.office() as office, browser.chromium() as chrome:
        from axe_playwright_python.sync_playwright import Axe

        found, wide, count = look(chrome, office, Axe(), bar.fault)
        bar.check("axe finds nothing serious", not found, found[:3] or f"{count} pages")
        bar.check("no page scrolls sideways at 390 px", not wide, wide[:3] or f"{count} pages")
        if bar.fault:
            return
        page = office.enter(chrome.new_context(locale="zh-CN", viewport=NARROW, accept_downloads=True), ACCOUNT)
        page.add_init_script("addEventListener('pointermove', () => { sessionStorage.setItem('pointed', 1); }, true);")
        missed = point(page, office.base)
        bar.check("a cell is pointed at by keyboard, and what it holds is saved",
                  not missed and f"{CELL}" in page.inner_text("#pointed"), missed or CELL)
        missed, content = fill(page, folder)
        bar.check("the form is filled by keyboard, and the file comes", not missed and bool(content), missed or f"{len(content)} bytes")
        told = page.inner_text("dl.facts")
        bar.check("the file is the one whose hash the page shows", hashlib.sha256(content).hexdigest() in told)
        value = openpyxl.load_workbook(io.BytesIO(content))["封面"][CELL].value if content else None
        bar.check("the cell that was pointed at holds its figure", isinstance(value, int | float) and value > 0, value)
        bar.check("nobody has moved a pointer", page.evaluate("sessionStorage.getItem('pointed')") is None)


if __name__ == "__main__":
    import tempfile

    the_bar = Bar("G5 forms", __doc__)
    with tempfile.TemporaryDirectory(prefix="kaifaqu-") as place:
        run(the_bar, Path(place))
    the_bar.close()
