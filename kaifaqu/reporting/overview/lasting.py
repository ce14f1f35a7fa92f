"""When figures were last touched: the moment of the last version that was written of what they rest on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Subquery

from kaifaqu.kernel import guard
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Given
from kaifaqu.kernel.records import Record


def rests_on(figure: Figure) -> frozenset[type[Record]]:
    """Return the registers that the figure reads, and the rules where it follows one."""
    read: frozenset[Any] = frozenset().union(*(guard.registers_read(part) for part in figure.indicator.parts()))
    return read | {DatedRule} if figure.rule or isinstance(figure.indicator, Given) else read


def last_data(figures: Iterable[Figure]) -> tuple[list[datetime | None], Head]:
    """Return for each figure when its owners last wrote a version of a record in the registers that it reads; and the head of the chain.

    A record that left the figure's set has touched it too, so the registers are asked, not the rows that are in it now.
    Versions are written by changes of facts only, whereas events also note that a list was exported. Each version is numbered
    by its event, so the last one of a register is the first that is met from the end of its key: one statement for all
    figures, however many rows there are. None where the reader may not see the records, and where there is none.
    """
    figures = list(figures)
    asked = {(register, figure.scope) for figure in figures if not figure.closed for register in rests_on(figure)}
    names = {each: f"last_{place}" for place, each in enumerate(sorted(asked, key=lambda each: (each[0].register, sorted(each[1]))))}
    last = {
        name: Subquery(Event.objects.filter(seq=Subquery(
            register.Version.objects.filter(owner_id__in=scope).order_by("-seq").values("seq")[:1])).values("at"))
        for (register, scope), name in names.items()}
    head = Head.objects.annotate(**last).get()
    found = []
    for figure in figures:
        known = [getattr(head, names[each, figure.scope]) for each in rests_on(figure)] if not figure.closed else []
        found.append(max(filter(None, known), default=None))
    return found, head
