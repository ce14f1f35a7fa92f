"""What follows from holdings on a day: shares through levels, who is controlled, and how long the chain is. No database here."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any

Link = tuple[Any, Any, Any]  # holder, company, share in per cent


def circle(links: Iterable[Link]) -> list[Any]:
    """Return the members of one circle in which companies hold each other, in order; nothing where there is none."""
    below = _below(links)
    clear: set[Any] = set()

    def walk(member: Any, path: list[Any]) -> list[Any]:
        if member in path:
            return path[path.index(member):]
        if member in clear:
            return []
        for company, _share in below.get(member, ()):
            if found := walk(company, [*path, member]):
                return found
        clear.add(member)
        return []

    return next((found for member in below if (found := walk(member, []))), [])


def effective(links: Iterable[Link], root: Any) -> dict[Any, Fraction]:
    """Return for each company below the root its share through all levels, in per cent: the product along a path, summed over paths."""
    below = _below(links)
    order: list[Any] = []

    def visit(member: Any) -> None:
        if member not in order:
            for company, _share in below.get(member, ()):
                visit(company)
            order.append(member)

    visit(root)
    held = defaultdict(Fraction, {root: Fraction(100)})
    for member in reversed(order):  # whoever holds comes before what is held
        for company, share in below.get(member, ()):
            held[company] += held[member] * Fraction(share) / 100
    return {company: share for company, share in held.items() if company != root}


def controlled(links: Collection[Link], roots: Iterable[Any], percent: int) -> set[Any]:
    """Return the companies of which the roots and the companies so found together hold more than the percentage, level by level."""
    group, found = set(roots), {*roots}
    while found:
        held: dict[Any, Fraction] = defaultdict(Fraction)
        for holder, company, share in links:
            if holder in group and company not in group:
                held[company] += Fraction(share)
        found = {company for company, share in held.items() if share > percent}
        group |= found
    return group - set(roots)


def chain(links: Collection[Link], through: Any) -> list[Any]:
    """Return the longest chain from a holder whom nobody holds down to a company that holds none, through this member."""
    above = _longest([(company, holder, share) for holder, company, share in links], through)
    return [*reversed(above[1:]), *_longest(links, through)]


def _longest(links: Iterable[Link], start: Any) -> list[Any]:
    below = _below(links)
    known: dict[Any, list[Any]] = {}

    def walk(member: Any) -> list[Any]:
        if member not in known:
            known[member] = [member, *max((walk(company) for company, _share in below.get(member, ())), key=len, default=[])]
        return known[member]

    return walk(start)


def _below(links: Iterable[Link]) -> dict[Any, list[tuple[Any, Any]]]:
    held: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
    for holder, company, share in sorted(links):
        held[holder].append((company, share))
    return dict(held)
