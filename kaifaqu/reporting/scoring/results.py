"""Results: a scoring as it stands, every point with its computation. Kept as JSON when it is issued, and read the same way."""

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Self

from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.pages.freezing import Number
from kaifaqu.reporting.scoring.amounts import marks, plain, rounded


@dataclass
class Decision:
    """Marks that a person gave in place of the computed ones: both are kept, with the reason and the document."""

    id: int
    code: str
    given: str
    computed: str | None
    by: int
    on: str
    reason: str
    document: str


@dataclass
class Found:
    """What was found by hand under an item that no figure measures."""

    id: int
    code: str
    count: str
    on: str
    what: str
    document: str


@dataclass
class Line:
    """One item as it was scored; exact marks are fractions as text, within all weights of the sheet.

    `measured` and `due` are value and target as they entered the formula, `value` and `target` as they are written;
    `words` is the computation with its numbers, `problem` why there is none. `holds` and `then` are of a veto. Of several
    `decisions` the last one counts.
    """

    number: str
    dimension: str
    label: str
    form: str
    rule: str
    places: int
    full: str | None = None
    value: str = ""
    target: str = ""
    measured: str | None = None
    due: str | None = None
    figure: Number | None = None
    aim: Number | None = None
    computed: str | None = None
    words: str = ""
    problem: str = ""
    is_veto: bool = False
    by_hand: bool = False
    holds: bool | None = None
    then: str = ""
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)

    @property
    def decision(self) -> Decision | None:
        """Return the decision that counts."""
        return self.decisions[-1] if self.decisions else None

    @property
    def counted(self) -> Fraction | None:
        """Return the marks that count: those given by hand, else those computed; None where nobody can say."""
        if self.decision is not None:
            return Fraction(self.decision.given)
        return None if self.computed is None else Fraction(self.computed)

    @property
    def verdict(self) -> str:
        """Return of a veto in words whether it holds."""
        if self.holds is None:
            return ""
        return _("成立") if self.holds else _("不成立")

    @property
    def computed_shown(self) -> str:
        """Return the computed marks to the places of the sheet."""
        return "" if self.computed is None or self.is_veto else marks(Fraction(self.computed), self.places)

    @property
    def computed_six(self) -> str | None:
        """Return the computed marks as a decision about them keeps them."""
        return None if self.computed is None else units.text(rounded(Fraction(self.computed), 6))

    @property
    def counted_shown(self) -> str:
        """Return the marks that count to the places of the sheet; given ones as they were given."""
        if self.decision is not None:
            return plain(Fraction(self.decision.given))
        return self.computed_shown

    @property
    def full_shown(self) -> str:
        """Return what the item can earn at most."""
        return "" if self.full is None else plain(Fraction(self.full))

    @property
    def missing(self) -> Fraction | None:
        """Return the marks that are missing to the full; None where there is no full, or nobody can say."""
        if self.full is None or self.counted is None:
            return None
        return max(Fraction(self.full) - self.counted, Fraction(0))


@dataclass
class Result:
    """A sheet applied to an owner's figures of a period: the lines, the total and in sentences how it came about."""

    code: str
    title: str
    basis: str
    document: str
    rule: int | None
    owner: str
    period: str
    period_label: str
    known: int
    known_on: str
    places: int
    full: str | None
    lines: list[Line] = field(default_factory=list)
    total: str | None = None
    known_sum: str = "0"
    grade: str = ""
    sentences: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)  # entered by hand, and counted nowhere

    @property
    def total_shown(self) -> str:
        """Return the total as it is published; "" where it is not stated."""
        return "" if self.total is None else marks(Fraction(self.total), self.places)

    @property
    def total_rounded(self) -> Decimal | None:
        """Return the total rounded half up once; None where it is not stated."""
        return None if self.total is None else Decimal(self.total_shown)

    @property
    def known_shown(self) -> str:
        """Return the sum of what is known, as it would be published."""
        return marks(Fraction(self.known_sum), self.places)

    @property
    def full_shown(self) -> str:
        """Return the full marks of the sheet."""
        return "" if self.full is None else plain(Fraction(self.full))

    @property
    def unknown(self) -> list[Line]:
        """Return the items of which nobody can say what they earn, or whether they veto."""
        return [each for each in self.lines if each.counted is None]

    def dimensions(self) -> list[tuple[str, list[Line]]]:
        """Return the lines by dimension, in the order of the sheet."""
        return [(name, list(lines)) for name, lines in groupby(self.lines, lambda line: line.dimension)]

    def by_dimension(self) -> dict[str, list[Line]]:
        """Return the lines of each dimension, also where its items do not stand together."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.dimension, []).append(line)
        return found

    def line(self, number: str) -> Line | None:
        """Return the line of an item."""
        return next((each for each in self.lines if each.number == number), None)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """Return the result that JSON has kept."""
        return cls(**{**told, "lines": [_line(each) for each in told["lines"]]})


def _line(told: dict[str, Any]) -> Line:
    numbers = {name: Number(**told[name]) if told[name] else None for name in ("figure", "aim")}
    return Line(**{
        **told, **numbers, "decisions": [Decision(**each) for each in told["decisions"]],
        "findings": [Found(**each) for each in told["findings"]]})
