"""The search over everything: records by code and name, figures by their definitions, pages and help by their words.

The index proposes; what is shown is read from the registers themselves, through the rights of the person who asks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from kaifaqu.files.models import lent
from kaifaqu.kernel.access import User
from kaifaqu.kernel.records import Record, registers
from kaifaqu.pages import domains
from kaifaqu.pages.initials import initials
from kaifaqu.pages.views import Request, page_of
from kaifaqu.web import helping, index
from kaifaqu.web.context import registers_of
from kaifaqu.web.models import SearchText

SHOWN = 8  # of each group on the page, and of all while somebody types,
FEW = 3  # then of each group
LENGTH, WORDS = 100, 8  # of what is asked
WITHIN = " "  # before a text that is no name: what it begins with is no beginning
PAGES = (  # that are no register's, each with the right that it asks for
    ("home", gettext_noop("首页"), ""), ("week", gettext_noop("本周一页纸"), ""), ("figures", gettext_noop("指标"), ""),
    ("events", gettext_noop("事件"), "events.view"), ("jobs", gettext_noop("任务"), ""), ("password", gettext_noop("修改本人口令"), ""),
    ("overview", gettext_noop("总览"), ""), ("own-calendar", gettext_noop("日历订阅"), ""),
    ("inbox", gettext_noop("消息"), ""), ("subscriptions", gettext_noop("我的订阅"), ""),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: every word must stand in a text."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "Asked":
        """Return what was typed, in the form in which texts are kept."""
        words = index.folded(typed[:LENGTH]).split()[:WORDS]
        return cls(" ".join(words), tuple(words))

    @property
    def is_short(self) -> bool:
        """Tell whether it is one letter or digit, which stands nearly everywhere: only a code can be that."""
        return len(self.text) < 2 and self.text.isascii()

    def rank(self, *lines: str) -> int | None:
        """Return how well the lines fit: 0 the first line itself, 1 another line, 2 a beginning, 3 otherwise; None if not at all."""
        text = "".join(f"{index.folded(line)}\n" for line in lines)
        if self.is_short or not all(word in text for word in self.words):
            return None
        beginnings = (text.startswith(f"{self.text}\n"), f"\n{self.text}\n" in text, f"\n{self.text}" in f"\n{text}")
        return next((rank for rank, holds in enumerate(beginnings) if holds), 3)

    def rows(self, user: User) -> QuerySet[SearchText]:
        """Return the same of the index, in the registers of owners that the person may look at, each row with its `rank`."""
        seen = [Q(register=each.register, owner__in=user.owners(each.right_to("view"))) for each in indexed().values()]
        seen += [Q(id__in=each.objects.filter(more).values("id")) for each in indexed().values()
                 if (owners := user.owners(each.right_to("view"))) and (more := lent(each, owners))]
        rank = Case(
            When(text__startswith=f"{self.text}\n", then=0), When(text__contains=f"\n{self.text}\n", then=1),
            When(Q(text__startswith=self.text) | Q(text__contains=f"\n{self.text}"), then=2), default=3)
        rows = SearchText.objects.annotate(rank=rank)
        return rows.none() if self.is_short else rows.filter(Q(*seen, _connector=Q.OR), *(Q(text__contains=word) for word in self.words))

    def is_in(self, text: str) -> bool:
        """Tell whether one of the words stands in the text."""
        return any(word in index.folded(text) for word in self.words)

    def marked(self, text: str) -> SafeString:
        """Return the text with the words marked in it."""
        parts = re.split(f"({'|'.join(map(re.escape, self.words))})", text, flags=re.IGNORECASE)
        return format_html_join("", "{}", ((format_html("<mark>{}</mark>", each) if at % 2 else each,) for at, each in enumerate(parts)))


@dataclass(frozen=True)
class Hit:
    """One thing found: where it is, what it is called, and what matched where that is not its name."""

    rank: int
    address: str
    title: SafeString
    beside: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind, the best first; `more` is the address of all of it, where that is more."""

    name: str
    hits: list[Hit]
    more: str = ""

    @classmethod
    def of(cls, name: Any, hits: Iterable[Hit], more: str = "") -> "Group":
        """Return the best hits as a group."""
        best = sorted(hits, key=lambda hit: (hit.rank, hit.title))
        return cls(str(name), best[:SHOWN], more if len(best) > SHOWN else "")


@login_required
@require_safe
def search(request: Request) -> HttpResponse:
    """Show what the person may see of what he looks for: the first of it while he types, else by kind, or one kind whole."""
    typed = request.GET.get("q", "").strip()
    asked, is_ready = Asked.of(typed), index.follow(index.PATIENCE)
    context: dict[str, Any] = {"sought": typed, "is_ready": is_ready}
    register = searched().get(request.GET.get("in", ""))
    if register and asked.words:
        page = page_of(request, asked.rows(request.user).filter(register=register.register).order_by("rank", "text"))  # type: ignore[misc]
        found = records(request.user, asked, {register.register: [row.id for row in page]})
        return render(request, "web/search.html", {**context, "page": page, "groups": [
            Group(str(register._meta.verbose_name), sorted(hits, key=lambda hit: (hit.rank, hit.title))) for hits in found.values()]})
    groups = find(request.user, asked) if asked.words else []
    if request.htmx and request.htmx.target == "hits":
        first = [(hit, group.name) for group in groups for hit in group.hits[:SHOWN if len(groups) == 1 else FEW]]
        first.sort(key=lambda each: each[0].rank)
        return render(request, "web/_hits.html", {**context, "first": first[:SHOWN], "is_short": asked.is_short})
    return render(request, "web/search.html", {**context, "groups": groups})


def searched() -> dict[str, type[Record]]:
    """Return the registers whose records can be found here: all that the index follows, but those of domains that are off."""
    return domains.switched_on(index.searched())


def indexed() -> dict[str, type[Record]]:
    """Return by their labels those of them whose records have names."""
    return domains.switched_on(index.indexed())


def find(user: User, asked: Asked) -> list[Group]:
    """Return by kind what the person may see of what is looked for; what fits best first, an exact code before all."""
    found = records(user, asked, proposed(user, asked), codes={asked.text, asked.text.upper(), *asked.words[:1]})
    query = urlencode({"q": asked.text})
    groups = [
        Group.of(_("页面"), _pages(user, asked)),
        *(Group.of(register._meta.verbose_name, found[name], f"{reverse('search')}?{query}&in={name}")
          for name, register in searched().items() if name in found),
        Group.of(_("指标"), _figures(asked), f"{reverse('figures')}?{query}"),
        Group.of(_("帮助"), _help(asked)),
    ]
    return sorted((group for group in groups if group.hits), key=lambda group: group.hits[0].rank)


def proposed(user: User, asked: Asked) -> dict[str, list[int]]:
    """Return by register the best rows of the index, one more than are shown."""
    place = Window(RowNumber(), partition_by="register", order_by=["rank", "text"])
    best: dict[str, list[int]] = defaultdict(list)
    for name, pk in asked.rows(user).annotate(place=place).filter(place__lte=SHOWN + 1).values_list("register", "id"):
        best[name].append(pk)
    return best


def records(user: User, asked: Asked, keys: dict[str, list[int]], codes: Iterable[str] = ()) -> dict[str, list[Hit]]:
    """Return by register the records of these keys and codes that the person may see, as they are now, in one statement."""
    width = max(len(index.names_of(each)) for each in searched().values())
    parts = []
    for name, register in searched().items():
        rows = register.objects.visible_to(user)
        parts += [_told(rows.filter(code__in=codes), width)] if codes else []
        parts += [_told(rows.filter(id__in=keys[name]), width)] if keys.get(name) else []
    found = defaultdict(list)
    for name, pk, code, *names in parts[0].union(*parts[1:]) if parts else ():
        found[name].append(_hit(asked, registers()[name], pk, code, names))
    return found


def _told(rows: QuerySet, width: int) -> QuerySet:
    """Return register, number, code and names of the rows, in as many columns as any register needs."""
    names: list[Any] = [F(each.name) for each in index.names_of(cast(type[Record], rows.model))]
    names += [Value("", CharField())] * (width - len(names))
    columns = {f"name_{at}": each for at, each in enumerate(names)}
    return rows.annotate(of=Value(rows.model.register, CharField()), **columns).values_list("of", "id", "code", *columns)


def _hit(asked: Asked, register: type[Record], pk: int, code: str, names: list[str]) -> Hit:
    """Return a record as a hit; what matched stands beside it where its code and its first name do not show it."""
    labels = [str(each.verbose_name) for each in index.names_of(register)]
    title, others = f"{code} {names[0]}".strip(), list(zip(labels, names, strict=False))[1:]
    beside: str = next((format_html("{} {}", label, asked.marked(name)) for label, name in others if asked.is_in(name)), "")
    if not beside and not asked.is_in(title):
        beside = _("拼音首字母")
    rank = asked.rank(code, *names, *map(initials, names))
    return Hit(3 if rank is None else rank, reverse("record", args=[register.register, pk]), asked.marked(title), beside)


def _pages(user: User, asked: Asked) -> Iterator[Hit]:
    """Yield the pages that the person may open and whose names are looked for, those of his registers among them."""
    pages = [(reverse(name), _(title)) for name, title, right in PAGES if not right or user.owners(right)]
    pages += [(reverse("records", args=[each.register]), str(each._meta.verbose_name)) for each in registers_of(user)]
    for address, title in pages:
        if (rank := asked.rank(title, initials(title))) is not None:
            yield Hit(rank, address, asked.marked(title))


def _figures(asked: Asked) -> Iterator[Hit]:
    """Yield the figures whose code, name or definition is looked for; a definition is open to everybody who signs in."""
    for each in domains.catalogue().values():
        label, basis = str(each.label), str(each.basis)
        if (rank := asked.rank(each.code, label, initials(label), f"{WITHIN}{basis}")) is not None:
            yield Hit(rank, reverse("figure", args=[each.code]), asked.marked(label), asked.marked(basis) if asked.is_in(basis) else "")


def _help(asked: Asked) -> Iterator[Hit]:
    """Yield the topics of the help in whose words it stands."""
    for topic in helping.topics():
        if (rank := asked.rank(topic.title, initials(topic.title), f"{WITHIN}{topic.text}")) is not None:
            yield Hit(rank, reverse("help", args=[topic.name]), asked.marked(topic.title))
