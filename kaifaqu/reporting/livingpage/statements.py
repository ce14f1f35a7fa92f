"""What the newspaper page states, in our own words: facts with their figures, and mechanisms with their screens.

Both stand in data/page.json, whose `day` is that of the demo and whose `source` names the page. A fact without an
indicator, and a mechanism without a screen, is not there yet; a screen with `works` does only the part that this says.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import indicators, units
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers
from kaifaqu.pages import domains
from kaifaqu.pages.editions import told

STATED, IMPLIED, STRUCTURE, BOUND = "stated", "implied", "structure", "bound"
QUALIFIED = {  # how the page qualifies a number, in words around it; rounded: it has been, to the places it is printed with
    "exact": "{amount}", "rounded": "{amount}", "near": _("近 {amount}"), "about": _("约 {amount}"),
    "more_than": _("{amount}以上"), "at_least": _("至少 {amount}"), "at_most": _("至多 {amount}"),
}  # fmt: skip
LABELS = ("日期", "年月", "年份", "代号")  # units of what is no quantity: days, months and years as digits, and a label

SCREENS = {  # pages of their own, by their routes: what each is called, and the register without whose right it is closed
    "figures": (_("指标"), ""), "overview": (_("总览"), ""), "chain-maps": (_("产业链图谱"), "chains"),
    "guide": (_("报废和补贴流程说明"), "guide_pages"),
    "group-structure": (_("组织架构"), "company_departments"),
    "services": (_("企业服务"), "service_items"),
}  # fmt: skip

Texts = dict[str, str]  # zh and en


@dataclass(frozen=True, eq=False)
class Statement:
    """One fact of the page: what it is about, the number wanted in its unit, and the figures whose sum measures it.

    `dictionary` names what is counted where the fact is how many things are listed: the choices of a column
    (leads.chain_role), the figures that a rule chooses (projects.rate.*), or the rows of a dated rule's table
    (company.model:modes), perhaps those that have a mark (issues.routing:routes.focus). `group` is the one group of the
    figures that the fact is about: dimension, name.
    `owners` are the codes of the parties whose records it is about: those of its article, or its own.
    """

    id: str
    article: int
    kind: str
    texts: Texts
    wanted: Decimal
    unit: str
    qualifier: str
    period: Period
    indicators: tuple[str, ...] = ()
    dictionary: str = ""
    note_texts: Texts | None = None
    group: tuple[str, str] | None = None
    owners: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the statement in the reader's language."""
        return told(self.texts)

    @property
    def note(self) -> str:
        """Return what the page leaves open, and how it is read here; nothing where it is plain."""
        return told(self.note_texts) if self.note_texts else ""

    @property
    def wanted_words(self) -> str:
        """Return the number as the page has it, with unit and qualifier."""
        digits = units.text(self.wanted)
        if self.unit not in LABELS:
            return str(QUALIFIED[self.qualifier]).format(amount=units.display(self.wanted, self.unit))
        return "-".join(filter(None, (digits[:4], digits[4:6], digits[6:]))) if self.unit != "代号" else digits


@dataclass(frozen=True, eq=False)
class Mechanism:
    """Something that a user can do, with the route, the arguments and the query of the screen where it works, if there is one."""

    id: str
    article: int
    texts: Texts
    screen: dict[str, Any] | None = None
    works_texts: Texts | None = None

    @property
    def words(self) -> str:
        """Return what a user can do, in the reader's language."""
        return told(self.texts)

    @property
    def works(self) -> str:
        """Return which part works; nothing where all of it does, or none."""
        return told(self.works_texts) if self.works_texts else ""

    @property
    def state(self) -> str:
        """Return whether it works, works in part, or is not there yet."""
        return "not yet" if self.screen is None else "partly" if self.works_texts else "works"

    @property
    def address(self) -> str:
        """Return the address of the screen; nothing where there is none."""
        if self.screen is None:
            return ""
        asked = f"?{urlencode(self.screen['query'])}" if self.screen["query"] else ""
        return reverse(self.screen["route"], args=self.screen["args"]) + asked

    @property
    def screen_name(self) -> str:
        """Return what the screen is called: a register, a page of its own, a figure, or the figures."""
        if self.screen is None:
            return ""
        if self.screen["route"] == "records":
            return str(registers()[self.screen["args"][0]]._meta.verbose_name)
        if self.screen["args"]:
            return str(indicators.find(self.screen["args"][0]).label)
        return str(SCREENS[self.screen["route"]][0])

    def is_open_to(self, user: User) -> bool:
        """Tell whether the person may open the screen: a list with the right to its register, while its domain is on."""
        if self.screen is None:
            return False
        route = self.screen["route"]
        needed = self.screen["args"][0] if route == "records" else SCREENS[route][1] if route in SCREENS else ""
        if not domains.is_shown(resolve(urlsplit(self.address).path).func.__module__):
            return False
        if not needed:
            return True
        register = registers()[needed]
        return bool(user.owners(register.right_to("view"))) and not domains.is_off(register)


@dataclass(frozen=True, eq=False)
class Article:
    """One article of the page: its number, our heading, and whom it is about."""

    number: int
    texts: Texts
    about_texts: Texts

    @property
    def words(self) -> str:
        """Return our heading, in the reader's language."""
        return told(self.texts)

    @property
    def about(self) -> str:
        """Return whom the article is about, by their part and not by name."""
        return told(self.about_texts)


def source() -> str:
    """Return which newspaper page is meant, in the reader's language."""
    return told(_file()["source"])


def day() -> str:
    """Return the day that is meant where the page gives no period: that of the demo."""
    return _file()["day"]


@cache
def articles() -> tuple[Article, ...]:
    """Return the articles in their order."""
    return tuple(Article(each["number"], _texts(each), each["about"]) for each in _file()["articles"])


@cache
def statements() -> tuple[Statement, ...]:
    """Return the facts in the order of the page."""
    owners = {each["number"]: each["owners"] for each in _file()["articles"]}
    return tuple(
        Statement(
            each["id"], each["article"], each["kind"], _texts(each), Decimal(each["wanted"]), each["unit"], each["qualifier"],
            Period.parse(each["period"]), tuple(each["indicators"]), each.get("dictionary", ""), each.get("note"),
            tuple(each["group"]) if "group" in each else None, tuple(each.get("owners", owners[each["article"]])))
        for each in _file()["statements"])


@cache
def mechanisms() -> tuple[Mechanism, ...]:
    """Return the mechanisms in the order of the page."""
    return tuple(
        Mechanism(each["id"], each["article"], _texts(each), each["screen"], each.get("works")) for each in _file()["mechanisms"])


def _texts(entry: dict[str, Any]) -> Texts:
    return {"zh": entry["zh"], "en": entry["en"]}


@cache
def _file() -> dict[str, Any]:
    return json.loads(resources.files(__package__).joinpath("data/page.json").read_text(encoding="utf-8"))
