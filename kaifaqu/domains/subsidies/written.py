"""A scheme as it was known on each day, written out for the page that checks without a server."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.clauses import placeholders
from kaifaqu.domains.subsidies.evaluating import FOUNDING, Ready, ready
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.schemes import KINDS


def turns(content: Any, scheme: int) -> list[date]:
    """Return the days on which something of the scheme became known or handled, the first on which there is a scheme first."""
    days = {date.fromisoformat(row[name]) for row in content["rows"] if row["scheme"] == scheme
            for name in ("announced_on", "published_on") if name in row}
    return [day for day in sorted(days) if schemes.terms(content, scheme, day)]


def written(content: Any) -> Iterator[dict[str, Any]]:
    """Yield each scheme as it was known from a day on until the next turn (`until`, none for the last)."""
    for scheme in schemes.schemes(content):
        days = turns(content, scheme)
        for day, following in zip(days, [*days[1:], None], strict=False):  # no day where it is only announced
            until = following and str(following - timedelta(days=1))
            yield {"scheme": scheme, "since": str(day), "until": until, **plain(ready(content, scheme, day))}


def plain(by: Ready) -> dict[str, Any]:
    """Return what judges a case, as JSON holds it, with the words of each clause."""
    terms = by.terms
    return {
        "clauses": [{
            "code": each.clause.code, "holds": each.condition, "open": each.opened, "facts": each.facts,
            "refusal": str(each.clause.refusal).format(**placeholders(each.clause, terms)),
            "question": str(each.clause.question).format(**placeholders(each.clause, terms)),
            "source": terms.source(*each.clause.needs or FOUNDING)} for each in by.asked],
        "needed": by.needed, "when": {name: fact.when for name, fact in FACTS.items() if fact.when},
        "amounts": {kind: {"most": terms[kind], "share": (share := terms.get(f"{kind}_share")), "percent": schemes.percent(share or 0)}
                    for kind in KINDS},
        "office": terms["office"], "source": terms.source(),
    }  # fmt: skip
