"""Several people at work at once, each with a keyboard; what is stored then, and a look at their pages.

    people = Desks(office, chrome)
    keys = people.at("projects")
    people.step("accept")
    desks.look(office, chrome, {"projects": ["/cases/"]}, widths=(390, 1280), whole=False)
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.keyboard import POINTER, Keys
from tests.recount_owed import is_working_day

LOOKS = [("light", "zh-CN"), ("dark", "en"), ("dark", "zh-CN"), ("light", "en")]
SERIOUS = ("serious", "critical")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class Desks:
    """The desks of one run, each opened when somebody first sits down at it; `keys` is the keyboard that is used now."""

    def __init__(self, office: Any, chrome: Any):
        self.office, self.chrome = office, chrome
        self.desks: dict[str, Keys] = {}
        self.keys: Keys
        self.task = ""

    def at(self, account: str) -> Keys:
        """Sit down at the desk of somebody, who signs in the first time."""
        if account not in self.desks:
            keys = self.open(account, DESK)
            keys.page.goto(self.office.base)
            keys.wait("[name=account]")
            keys.type(account)
            keys.reach("[name=password]")
            keys.type(self.office.password)
            keys.follow()
        self.keys = self.desks[account]
        return self.keys

    def open(self, name: str, size: dict[str, int]) -> Keys:
        """Open a browser of its own for somebody, at which nobody is signed in."""
        context = self.chrome.new_context(locale="zh-CN", viewport=size, reduced_motion="reduce")
        context.add_init_script(POINTER)
        self.keys = self.desks[name] = Keys(context.new_page())
        self.keys.begin(self.task)
        return self.keys

    def fill(self, **facts: str) -> None:
        """Type into the fields of these names, or choose the value in a list; a - in a name is written as _ twice."""
        for name, text in facts.items():
            field = f"[name='{name.replace('__', '-')}']"
            if not self.keys.at(field):
                self.keys.reach(field)
            if self.keys.at("select"):
                self._choose(text)
            elif self.keys.at("[type=radio]"):
                self.keys.go("ArrowDown", f"[type=radio][value='{text}']:checked")
            elif self.keys.at("[type=date]"):
                self._date(date.fromisoformat(text))
            else:
                self.keys.type(text)

    def _choose(self, value: str) -> None:
        """Choose in a list: type the code that its line begins with, if there is one, and go down to it from the first otherwise."""
        label = self.keys.page.eval_on_selector(f":focus option[value='{value}']", "option => option.text.trim()")
        self.keys.press(*(re.match(r"[A-Za-z]*\d*", label)[0] or ["Home"]))
        self.keys.go("ArrowDown", f"select:has(option[value='{value}']:checked)")

    def _date(self, day: date) -> None:
        """Type a day into the parts of a field for days, in whichever order the browser has them. Raise LookupError otherwise."""
        year, month, rest = f"{day:%Y}", f"{day:%m}", f"{day:%d}"
        for order in ((month, rest, year), (year, month, rest)):
            for place, part in enumerate(order):
                self.keys.press(*["ArrowLeft"] * 2, *["ArrowRight"] * place, *part)
            if self.keys.page.evaluate("document.activeElement.value") == f"{day}":
                return
        raise LookupError(f"{day} cannot be typed on {self.keys.page.url}")

    def step(self, verb: str, **facts: str) -> str:
        """Take a step of the record that is open, and return what is said then."""
        self.keys.skip("#content")
        self.keys.follow(f".steps a[href$='/do/{verb}/']")
        return self.send(**facts)

    def send(self, **facts: str) -> str:
        """Fill in the form that is open and send it; return what is said then."""
        self.fill(**facts)
        self.keys.follow("form.card button.main")
        return f"{self.keys.alert()} {self.keys.page.locator('#messages').inner_text()}".strip()

    def queue(self, kind: str = "") -> list[str]:
        """Go to what is owed, to one of its lists, by the navigation; return the rows that stand there."""
        self.keys.skip("#content")
        self.keys.reach("header nav a[href='/cases/']", 16, "Shift+Tab")
        self.keys.follow()
        if kind and f"kind={kind}" not in self.keys.page.url:
            self.keys.skip("#content")
            self.keys.follow(f"main a[href*='kind={kind}']")
        return self.keys.page.locator("main tbody tr").all_inner_texts()

    def play(self, bar: Any, tasks: Iterable[Any]) -> bool:
        """Do one task after the other, and check how the keyboard went; return whether it led to the end."""
        is_through = True
        for task in tasks:
            self.task = task.__name__
            for keys in self.desks.values():
                keys.begin(self.task)
            try:
                task(self)
            except LookupError as stuck:
                is_through = bar.check(f"the keyboard leads on: {task.__name__}", False, stuck)
                break
        desks = self.desks.values()
        stops, faults = sum(keys.stops for keys in desks), [fault for keys in desks for fault in keys.faults]
        for fault in faults[:8]:
            print(f"        {fault}")
        pointed = [name for name, keys in self.desks.items() if keys.page.evaluate("sessionStorage.getItem('pointed')") is not None]
        presses = sum(sum(map(sum, keys.presses.values())) for keys in desks)
        bar.check("every stop of the focus is seen, free and in order", not faults, f"{stops} stops, {len(faults)} faults")
        bar.check("no pointer was used", not pointed, f"{presses} presses at {len(desks)} desks {pointed or ''}")
        return is_through


@dataclass
class Look:
    """What a look at pages has found: which fail, which views are too wide, what axe finds, at how many views of how many pages."""

    broken: list[str]
    wide: Counter
    findings: Counter
    views: int
    pages: int

    def tell(self, bar: Any, what: str) -> None:
        """State it in two checks."""
        for (address, width), count in self.wide.items():
            print(f"        {address} at {width}: {count} times too wide")
        for (rule, address, html), count in self.findings.most_common(12):
            print(f"        {rule} on {address} ({count}): {html}")
        bar.check(f"every page of {what} is there", not self.broken, ", ".join(self.broken))
        bar.check("none of them scrolls sideways", not self.wide and self.views > 0, f"{self.views} views of {self.pages} pages")
        bar.check("axe finds nothing serious on them", not self.findings, f"{sum(self.findings.values())} findings")


def look(office: Any, chrome: Any, pages: dict[str, list[Any]], widths: Iterable[int], *, whole: bool) -> Look:
    """Look at pages, by the account that opens them ("" for none), in all ways or, not whole, at each in one of them.

    A page is an address, or a function that leads the browser's page there and says what it is.
    """
    broken, wide, findings, views = [], Counter(), Counter(), 0
    turns = itertools.cycle(itertools.product(LOOKS if whole else LOOKS[:2], widths))
    turned = {account: [next(turns) for _page in asked] for account, asked in pages.items()}
    for scheme, language in LOOKS[:4 if whole else 2]:
        context = chrome.new_context(color_scheme=scheme, locale=language, viewport=DESK)
        page = context.new_page()
        for account, asked in pages.items():
            context.clear_cookies()  # one page for all people: a context of their own each could not be closed again
            if account:
                office.sign_in(page, account)
            for address, (turn, at) in zip(asked, turned[account], strict=True):
                if not whole and turn != (scheme, language):
                    continue
                name, status = _come(office, page, address)
                broken += [f"{name}: {status}"] if status >= 500 or account and status in (403, 404) else []
                for width in widths:
                    page.set_viewport_size({"width": width, "height": 900})
                    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    views += 1
                    wide[name, width] += beyond > 0
                    if whole or width == at:
                        findings.update((each["id"], name, each["nodes"][0]["html"][:120]) for each in serious(page))
    return Look(broken, +wide, findings, views, sum(map(len, pages.values())))


def _come(office: Any, page: Any, address: Any) -> tuple[str, int]:
    if callable(address):
        return address(page), 200
    answer = page.goto(office.base + address if address.startswith("/") else address)
    return page.url.removeprefix(office.base), answer.status


def serious(page: Any) -> Iterator[dict]:
    """Yield what axe finds serious or critical on a page."""
    from axe_playwright_python.sync_playwright import Axe

    return (each for each in Axe().run(page).response["violations"] if each["impact"] in SERIOUS)


def stored(model: str, **asked: Any) -> list[dict[str, Any]]:
    """Return what is stored of a model, in the order in which it was entered."""
    from django.apps import apps
    from django.db import connection

    rows = list(apps.get_model(model).objects.current().filter(**asked).order_by("id").values())
    connection.close()  # the server writes to the same file
    return rows


def key(model: str, code: str) -> str:
    """Return the number of a record of the zone, as it stands in lists to choose from; other parties give their own codes."""
    [installation] = stored("kernel.Installation")
    [row] = stored(model, code=code, owner_id=installation["owner_id"])
    return str(row["id"])


def due(start: date, amount: int, held: tuple[date, date] | None = None) -> date:
    """Return the day so many working days after another, by the calendar of `holidays`; those that are held do not count."""
    day = start
    while amount:
        day += timedelta(days=1)
        amount -= is_working_day(day) and not (held and held[0] <= day < held[1])
    return day
