"""Whether one case gets the subsidy, and how much: by a scheme as it was known on a day, with all reasons together."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.clauses import Clause, clauses_of, placeholders
from kaifaqu.domains.subsidies.conditions import Condition, Facts, compiled, facts_of
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.schemes import KINDS, Terms

YES, NO, UNCLEAR = "yes", "no", "unclear"
FOUNDING = ("since",)  # what has no bound of its own stands in the document that opened the scheme
OF_AMOUNTS = ("new_power", "price", "already_paid")
WHOLE_SHARE = 10_000  # shares are told in ten-thousandths
NEXT = {  # what to do; the page that works without a server says the same, and chooses as `_steps` does
    "refused": gettext_lazy("请先核对上面不符合的各项；对规定有疑问的，问决定的部门。"),
    "lacking": gettext_lazy("请补充：{names}。"),
    "settled": gettext_lazy("已按现行标准发放，不再补发。"),
    "rest": gettext_lazy("差额由当地补发，请留意当地的通知。"),
    "first": gettext_lazy("备齐四种单证，在新车开票地申请。"),
    "ask": gettext_lazy("请向当地主管部门问清上面的问题，再申请。"),
    "share": gettext_lazy("金额按发票价税合计的 {percent}% 四舍五入到元；怎样计价、怎样取整没有写明，以当地核定为准。"),
}


@dataclass(frozen=True)
class Reason:
    """Why a clause does not hold, or why that is not known: in words, with the documents that say so and what to do."""

    code: str
    text: str
    source: str


@dataclass(frozen=True)
class Verdict:
    """The answer for one case: eligible yes, no or unclear; amounts in whole 元, none where they are not known.

    `amount` is what is paid by what is implemented on the day, whether or not the case is eligible is told by `eligible`;
    `top_up` is what is still to be paid of it, `announced` what is announced and not implemented yet.
    """

    scheme: int
    as_of: date
    eligible: str
    amount: int | None
    top_up: int | None
    failing: list[Reason]
    unclear: list[Reason]
    announced: str = ""
    announced_amount: int | None = None
    source: str = ""
    office: str = ""
    next: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A clause made ready to be asked: its parts compiled by the terms."""

    clause: Clause
    condition: Condition
    opened: Condition | None

    @cached_property
    def holds(self) -> Callable[[Facts], bool | None]:
        """Return what tells whether the clause holds for facts."""
        return compiled(self.condition)

    @cached_property
    def is_open(self) -> Callable[[Facts], bool | None] | None:
        """Return what tells whether the sources leave the answer open for facts, if they do for any."""
        return compiled(self.opened) if self.opened else None

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Return the facts that the clause asks for."""
        return tuple(dict.fromkeys(facts_of(self.condition)))

    def answer(self, facts: Facts) -> bool | None:
        """Tell whether the clause holds; None where a fact is missing or the sources leave it open."""
        if self.is_open is not None and self.is_open(facts):
            return None
        return self.holds(facts)


class Ready:
    """A scheme as it was known on a day, ready to judge cases."""

    def __init__(self, terms: Terms, awaited: Terms | None):
        self.terms, self.awaited = terms, awaited
        self.asked = [Asked(clause, clause.holds(terms), clause.open(terms)) for clause in clauses_of(terms)]
        self.needed = tuple(dict.fromkeys((*(name for each in self.asked for name in each.facts), *OF_AMOUNTS)))

    @property
    def announcement(self) -> str:
        """Return in words what is announced and not implemented yet, or nothing."""
        return awaited_words(self.awaited, self.terms) if self.awaited else ""

    def missing(self, facts: Facts) -> list[str]:
        """Return the facts that are asked for and not told: without them the answer is never yes."""
        return lacking(self.needed, facts)

    def outcome(self, facts: Facts) -> tuple[list[Clause], list[Asked]]:
        """Return the clauses that fail and those of which it is not known."""
        failing: list[Clause] = []
        unknown: list[Asked] = []
        for each in self.asked:
            if (answer := each.answer(facts)) is None:
                unknown.append(each)
            elif not answer:
                failing.append(each.clause)
        return failing, unknown


def ready(content: Any, scheme: int, as_of: date) -> Ready:
    """Return a scheme of the rule's content as it was known on a day. Raise LookupError where none of its documents was out."""
    found = _ready(json.dumps(content, sort_keys=True), scheme, as_of)
    if found is None:
        raise LookupError(_("到 {day} 还没有公布 {scheme} 年的补贴方案。").format(day=as_of, scheme=scheme))
    return found


@lru_cache(maxsize=200)
def _ready(content: str, scheme: int, as_of: date) -> Ready | None:
    told = json.loads(content)
    terms = schemes.terms(told, scheme, as_of)
    return Ready(terms, schemes.announced(told, scheme, as_of)) if terms else None


def amount_of(terms: Terms, facts: Facts) -> int | None:
    """Return what is paid for the new car in whole 元; of a share of its price, halves rounded up, at most the limit."""
    kind = facts.get("new_power")
    if kind not in KINDS:
        return None
    share, most = terms.get(f"{kind}_share"), terms[kind]
    if share is None:
        return most
    price = facts.get("price")
    return None if price is None else min(most, (price * share * 2 + 100 * WHOLE_SHARE) // (200 * WHOLE_SHARE))


def deciding_share(terms: Terms, facts: Facts) -> int | None:
    """Return the share of the price that is paid; None where a fixed amount or the limit decides, and where it is not known."""
    kind, price = str(facts.get("new_power")), facts.get("price")
    share = terms.get(f"{kind}_share")
    return share if share and price is not None and price * share < terms[kind] * 100 * WHOLE_SHARE else None


def evaluate(facts: Facts, by: Ready, as_of: date) -> Verdict:
    """Return the answer for one case's facts by a scheme as it was known on a day.

    A fact that is not told makes the answer unclear, unless another clause fails already.
    """
    terms = by.terms
    failing, unknown = by.outcome(facts)
    missing = by.missing(facts)
    amount, paid = amount_of(terms, facts), facts.get("already_paid")
    eligible = NO if failing else UNCLEAR if unknown or missing else YES
    top_up = None if amount is None or paid is None or eligible == NO else max(0, amount - paid)
    more = None if by.awaited is None else amount_of(_over(terms, by.awaited), facts)
    share = deciding_share(terms, facts)
    names = "、".join(str(FACTS[name].label) for name in missing)
    steps = _steps(eligible, bool(missing), paid, top_up, share)
    return Verdict(
        terms.scheme, as_of, eligible, amount, top_up, [_reason(each, terms) for each in failing],
        [_question(each, terms, facts) for each in unknown], by.announcement,
        more, terms.source(), terms["office"], [NEXT[each].format(names=names, percent=schemes.percent(share or 0)) for each in steps])


def unsaid(by: Ready, facts: Facts) -> list[Reason]:
    """Return that facts are missing of which no clause asks: amounts need them."""
    of_clauses = {name for each in by.asked for name in each.facts}
    names = [str(FACTS[name].label) for name in by.missing(facts) if name not in of_clauses]
    return [Reason("missing", _("还不知道：{names}。").format(names="、".join(names)), by.terms.source())] if names else []


def lacking(names: Iterable[str], facts: Facts) -> list[str]:
    """Return those of the facts that are not told, though they are asked of such a case."""
    missing = [name for name in names if facts.get(name) is None]
    return [name for name in missing if (when := FACTS[name].when) is None or facts.get(when[0], when[1]) == when[1]]


def _over(terms: Terms, more: Terms) -> Terms:
    return Terms(terms.scheme, {**terms.values, **more.values}, {**terms.rows, **more.rows})


def _reason(clause: Clause, terms: Terms) -> Reason:
    told = placeholders(clause, terms)
    return Reason(clause.code, str(clause.refusal).format(**told), terms.source(*clause.needs or FOUNDING))


def _question(asked: Asked, terms: Terms, facts: Facts) -> Reason:
    missing = lacking(asked.facts, facts)
    if not missing:
        return replace(_reason(asked.clause, terms), text=str(asked.clause.question).format(**placeholders(asked.clause, terms)))
    names = "、".join(str(FACTS[name].label) for name in missing)
    return Reason(asked.clause.code, _("还不知道：{names}。").format(names=names), terms.source(*asked.clause.needs or FOUNDING))


def awaited_words(awaited: Terms, now: Terms | None) -> str:
    """Return in words what is announced, beside what holds now, and that its notice is awaited."""
    told = {
        "day": "、".join(dict.fromkeys(row["announced_on"] for row in awaited.rows.values())), "scheme": awaited.scheme,
        "source": "；".join(dict.fromkeys(row["document"] for row in awaited.rows.values()))}
    if now and _is_raise(awaited, now):
        kinds = FACTS["new_power"].choices or {}
        amounts = [_("{kind} {amount} 元").format(kind=kinds[kind], amount=awaited[kind]) for kind in KINDS if awaited.get(kind)]
        return _("{day} 已宣布提高到{amounts}（{source}），等待实施文件。").format(amounts="、".join(amounts), **told)
    said = {*KINDS, *(f"{kind}_share" for kind in KINDS), "source"}
    items = [str(schemes.LABELS[name]) for name in awaited.values if name not in said]
    what = "、".join([*schemes.paid_words(awaited.values), *items])
    return _("{day} 已宣布 {scheme} 年方案的新规定：{what}（{source}），等待实施文件。").format(what=what, **told)


def _is_raise(awaited: Terms, now: Terms) -> bool:
    """Tell whether nothing but higher amounts is announced, a share neither before nor after."""
    amounts = [kind for kind in KINDS if awaited.get(kind)]
    return {*awaited.values} <= {*amounts, "source"} and bool(amounts) and all(
        awaited[kind] > now[kind] and not now.get(f"{kind}_share") for kind in amounts)


def _steps(eligible: str, is_lacking: bool, paid: int | None, top_up: int | None, share: int | None) -> Iterator[str]:
    """Yield which of the sentences tell what to do next."""
    if eligible == NO:
        yield "refused"
        return
    if is_lacking:
        yield "lacking"
    elif eligible == UNCLEAR:
        yield "ask"
    else:
        yield "settled" if not top_up else "rest" if paid else "first"
    if share:
        yield "share"
