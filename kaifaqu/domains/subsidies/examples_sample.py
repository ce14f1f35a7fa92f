"""The demo recycler's own register of examples: those that the product ships, entered on the demo's day."""

from collections.abc import Iterator
from typing import Any

from kaifaqu.domains.subsidies.examples import Example, SchemeExample, shipped
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.registers.story import Batch
from kaifaqu.registers.vehicles.sample import DAY, batch


def scenes() -> Iterator[Batch]:
    """Yield the examples in one entry."""
    yield batch(DAY, -30, SchemeExample, [_facts(each) for each in shipped()])


def _facts(example: Example) -> dict[str, Any]:
    amounts = {name: value for name in ("amount", "top_up") if (value := getattr(example, name)) is not None}
    return {
        "code": example.code, "title": example.title, "scheme": example.scheme, "as_of": example.as_of, "eligible": example.eligible,
        "reasons": " ".join(sorted(example.reasons)), "clause": example.clause, **amounts,
        **{name: text for name, text in example.told.items() if name in FACTS}}
