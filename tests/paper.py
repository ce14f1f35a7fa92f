"""A page of the browser on paper, as an independent reader of PDF finds it: poppler's pdftotext.

    pages = paper.printed(page, folder / "table.pdf")
    head, rows = paper.table(page, "table.dispatch", by=1)
    assert not paper.torn(pages, head, rows) and not any(each.beyond for each in pages)
"""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree


class Sheet:
    """One sheet: its size in points, its characters without spaces, and the words that stand beyond its edges."""

    def __init__(self, page: ElementTree.Element):
        self.width, self.height = float(page.get("width", 0)), float(page.get("height", 0))
        words = [each for each in page.iter() if each.tag.endswith("}word")]
        self.text = "".join("".join((each.text or "").split()) for each in words)
        self.beyond = [each.text for each in words if not self._holds(each)]

    def _holds(self, word: ElementTree.Element) -> bool:
        left, top, right, bottom = (float(word.get(name, 0)) for name in ("xMin", "yMin", "xMax", "yMax"))
        return left >= 0 and top >= 0 and right <= self.width and bottom <= self.height


def printed(page: Any, path: Path) -> list[Sheet]:
    """Print the page on A4, or on what its style sheet asks for, and return the sheets."""
    page.pdf(path=str(path), format="A4", prefer_css_page_size=True, print_background=True)
    told = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    whole = ElementTree.fromstring(re.sub(r"[\x00-\x08]", "", told))
    return [Sheet(each) for each in whole.iter() if each.tag.endswith("}page")]


def table(page: Any, selector: str, by: int) -> tuple[str, dict[str, str]]:
    """Return the head of a table as it is printed, and its rows by the first word in the column of that place; without spaces."""
    page.emulate_media(media="print")
    head = page.locator(f"{selector} thead").inner_text()
    rows = page.eval_on_selector_all(f"{selector} tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))")
    page.emulate_media(media="null")  # so that it is printed as paper, not as a screen
    return "".join(head.split()), {row[by].split()[0]: "".join("".join(row).split()) for row in rows}


def torn(sheets: list[Sheet], head: str, rows: dict[str, str]) -> list[str]:
    """Return what is wrong: a sheet that lacks a character of the head or of a row that begins on it, a row on none or on two."""
    wrong, placed = [], Counter()
    for number, sheet in enumerate(sheets, 1):
        here = [name for name in rows if name in sheet.text]
        placed.update(here)
        lacking = Counter(head + "".join(rows[name] for name in here)) - Counter(sheet.text)
        wrong += [f"sheet {number} lacks {''.join(lacking.elements())[:30]}"] if here and lacking else []
    return wrong + [f"{name} on {placed[name]} sheets" for name in rows if placed[name] != 1]
