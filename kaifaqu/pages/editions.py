"""Editions: which lines of work an installation is for, what its home page shows first, and in whose words.

An edition is a list in data/editions.json, not a fork: choosing one switches the lines of work, and each can be switched
again afterwards. See docs/decisions/0014-an-edition-is-a-choice.md.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Installation, Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.pages import domains
from kaifaqu.pages.domains import ChosenEdition, Domain

DEMO, DEFAULT = "demo", "zone"
ALL = "*"


@dataclass(frozen=True)
class Way:
    """What people of an edition do most: the register in which they enter something, in their own words."""

    register: str
    texts: dict[str, str]

    def __str__(self) -> str:
        return told(self.texts)


@dataclass(frozen=True)
class Edition:
    """One kind of organisation: its name, its lines of work and roles, and its home page.

    `party` is the code, the name and the English name of the party that has it in a demo. `projects` says whether the home
    page shows the projects that one follows, `figures` which figures come first, `ways` what is entered most.
    """

    code: str
    texts: dict[str, str]
    about_texts: dict[str, str]
    party: tuple[str, str, str]
    domains: frozenset[str]
    roles: tuple[str, ...]
    projects: bool
    figures: tuple[str, ...]
    ways: tuple[Way, ...]

    def __str__(self) -> str:
        return told(self.texts)

    @property
    def about(self) -> str:
        """Return for whom it is, in the reader's language."""
        return told(self.about_texts)

    def has(self, domain: str) -> bool:
        """Tell whether the line of work is one of its own."""
        return domain in self.domains or ALL in self.domains


@action("editions.choose", right="domains.switch", label=_("选用版本"), creates=ChosenEdition)
def choose(owner: Party, *, by, version: int = 0, edition: str) -> Iterator[Change]:
    """Plan that the installation is of this edition: its lines of work are on, the others off, and nothing of them is lost.

    Raise ValidationError where there is no such edition, or the installation is another party's.
    """
    wanted = find(edition)
    if not Installation.objects.filter(owner=owner).exists():
        raise ValidationError(_t("版本由本安装所属的单位选用，不由{owner}。").format(owner=owner))
    row = ChosenEdition.objects.current().filter(owner=owner).first()
    if row is None or row.code != wanted.code:
        yield Change(row or ChosenEdition(owner=owner), {"code": wanted.code}, reason=_t("选用{edition}").format(edition=wanted))
    rows = {each.code: each for each in Domain.objects.current().filter(owner=owner)}
    for name in domains.every():
        if wanted.has(name) != (name not in domains.off()):
            yield Change(rows.get(name) or Domain(owner=owner), {"code": name, "is_on": wanted.has(name)})


@cache
def every() -> dict[str, Edition]:
    """Return the editions by their codes."""
    told = json.loads(resources.files(__package__).joinpath("data/editions.json").read_text(encoding="utf-8"))["editions"]
    return {each["code"]: Edition(
        each["code"], {"zh": each["zh"], "en": each["en"]}, each["about"], tuple(each["party"]), frozenset(each["domains"]),
        tuple(each["roles"]), each["projects"], tuple(each["figures"]),
        tuple(Way(way["register"], {"zh": way["zh"], "en": way["en"]}) for way in each["ways"])) for each in told}


def find(code: str) -> Edition:
    """Return the edition. Raise ValidationError with a sentence that names all when there is none of this code."""
    if code not in every():
        known = "、".join(f"{each.code}（{each}）" for each in every().values())
        raise ValidationError(_t("没有版本「{code}」。可选：{known}。").format(code=code, known=known))
    return every()[code]


def chosen() -> Edition:
    """Return the edition of this installation."""
    return every().get(domains.switches().edition, every()[DEFAULT])


def of(user: User) -> tuple[Edition, Party | None]:
    """Return the edition in whose words the person is greeted; in a demo that of the party in which he works, and this party."""
    held = chosen()
    if held.code != DEMO:
        return held, None
    own = {party.code: party for party in Party.objects.current().filter(pk__in=user.units())}
    found = next((each for each in every().values() if each.party[0] in own), held)
    return found, own.get(found.party[0])


def told(texts: dict[str, str]) -> str:
    """Return the text in the reader's language."""
    return texts["en" if (get_language() or "").startswith("en") else "zh"]
