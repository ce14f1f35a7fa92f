"""The path of a package of approvals as another hand counts it: by recursion over the graph, on the calendar of `holidays`."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from tests.desks import due


@dataclass
class Step:
    """One approval: its name, its promised working days, what it waits for, and what has happened to it."""

    title: str
    days: int
    needs: list[str] = field(default_factory=list)
    accepted: date | None = None
    done: date | None = None
    held: tuple[date, date] | None = None  # from the first day of a pause to the day on which it goes on


class Path(dict[str, Step]):
    """The approvals of a package by their codes, handed in on one day."""

    def __init__(self, begun: date, steps: dict[str, Step]):
        super().__init__(steps)
        self.begun = begun

    def start(self, code: str) -> date:
        """Return the day from which an approval counts: on which it was accepted, else on which the last it waits for ends."""
        step = self[code]
        return step.accepted or max((self.end(each) for each in step.needs), default=self.begun)

    def due(self, code: str) -> date:
        """Return the day by which an approval is due."""
        return due(self.start(code), self[code].days, self[code].held)

    def end(self, code: str) -> date:
        """Return the day on which an approval was done, else is due."""
        return self[code].done or self.due(code)

    @property
    def whole(self) -> date:
        """Return the day by which the whole package is due."""
        return max(map(self.end, self))

    @property
    def longest(self) -> int:
        """Return the working days of the longest path by what was promised."""
        def to(code: str) -> int:
            return self[code].days + max(map(to, self[code].needs), default=0)

        return max(map(to, self))

    def is_critical(self, titles: list[str]) -> bool:
        """Tell whether these approvals, in this order, are a path that ends last: each begins when the one before it ends."""
        codes = [next(code for code in self if self[code].title == title) for title in titles]
        joined = all(one in self[other].needs and self.end(one) == max(map(self.end, self[other].needs))
                     for one, other in pairwise(codes))
        return bool(codes) and joined and not self[codes[0]].needs and self.end(codes[-1]) == self.whole
