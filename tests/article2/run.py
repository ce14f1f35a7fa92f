"""One run of R5: the desks, what has been made at them, and how people get to a record, enter one, and read a figure."""

from datetime import date
from pathlib import Path
from typing import Any

from tests import desks
from tests.article2 import path
from tests.desks import stored

INVESTMENT, OFFICE, PLANNING, SYSADMIN, ENTERPRISE = "attraction", "projects", "planning", "sysadmin", "enterprise"
TODAY, LAST = date(2024, 8, 5), date(2024, 8, 12)  # on which the run begins, and ends
CHAIN, SEGMENT = "LT0001", "LH0010"
MODELS = {
    "leads": "projects.Lead", "projects": "projects.Project", "lead_profiles": "attraction.LeadProfile",
    "lead_opinions": "attraction.LeadOpinion", "packages": "reforms.Package", "package_items": "reforms.PackageItem",
    "standard_parcels": "reforms.StandardParcel", "land_promises": "reforms.Promise",
}  # fmt: skip


class Run(desks.Desks):
    """What one run knows besides its desks: its bar, a folder, the codes of what it has made, and the package as the bar itself sees it."""

    lead = project = package = ""
    parcel = "KP07"
    path: path.Path

    def __init__(self, office: Any, chrome: Any, bar: Any, folder: Path):
        super().__init__(office, chrome)
        self.bar, self.folder = bar, folder

    def main(self, link: str, most: int = 120) -> None:
        """Follow a link of the page's content."""
        self.keys.skip("#content")
        self.keys.follow(f"main {link}", most)

    def record(self, account: str, register: str, code: str) -> str:
        """Open a record at somebody's desk, or look at it again; return what its page says."""
        keys, [row] = self.at(account), stored(MODELS[register], code=code)
        if keys.page.url.rstrip("/").endswith(f"/r/{register}/{row['id']}"):
            keys.page.reload()
        else:
            keys.ledger(f"/r/{register}/")
            keys.search(code)
            if keys.page.locator("table[role=grid]").count():
                keys.grid()
                keys.follow()
            else:  # of who may change nothing there
                self.main(f"td a[href='/r/{register}/{row['id']}/']")
        return self.shown()

    def shown(self) -> str:
        """Return what the page that is open says."""
        return self.keys.page.locator("main").inner_text()

    def enter(self, account: str, register: str, **facts: str) -> str:
        """Enter a record of a register from its list; return what is said then."""
        self.at(account).ledger(f"/r/{register}/")
        self.main(f"a[href='/r/{register}/new/']")
        return self.send(**facts)

    def beside(self, register: str, **facts: str) -> str:
        """Enter what belongs to the record that is open, by the link on its page; return what is said then."""
        self.main(f"a[href^='/r/{register}/new/?']")
        return self.send(**facts)

    def figure(self, code: str, period: str = f"{TODAY}") -> str:
        """Return what the page of a figure says that it is."""
        self.keys.page.goto(f"{self.office.base}/figures/{code}/?period={period}")
        return self.keys.page.locator("main .value").inner_text().strip()

    def day(self, to: date) -> None:
        """Let the demo stand on another day, by the form above every page of whoever may do that."""
        keys = self.at(SYSADMIN)
        keys.page.goto(self.office.base)
        keys.reach("aside [name=demo_day]", 12)
        self.fill(demo_day=f"{to}")
        keys.reach("aside button", 6)
        keys.follow()
        keys.page.wait_for_timeout(1200)  # each process reads the day once a second
        keys.page.reload()
        self.bar.check(f"the demo stands on {to}", f"{to}" in keys.page.locator("aside.demo").inner_text())
