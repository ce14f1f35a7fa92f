"""The demo zone's targets of 2024: laid down by one document in January, one of them changed by another in July."""

from collections.abc import Iterator
from datetime import date

from kaifaqu.kernel.access import Party
from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.registers.targets.models import YearlyTarget

DOCUMENT, LATER = "演示开发区〔2024〕2号", "演示开发区〔2024〕15号"
TARGETS = (  # code, indicator, amount, departments, months
    ("MB0001", "projects.signed.year.count", 20, {"DEMO-ZS": 20}, (1, 1, 2, 2, 2, 3, 1, 2, 2, 2, 1, 1)),
    ("MB0002", "projects.started.year.count", 12, {"DEMO-XM": 9, "DEMO-GH": 3}, (1, 1, 2, 1, 1, 2, 0, 1, 1, 1, 1, 0)),
    ("MB0003", "projects.produced.year.count", 8, {"DEMO-XM": 8}, (0, 0, 1, 0, 0, 2, 0, 0, 2, 0, 0, 3)),
    ("MB0004", "projects.progress.year_to_date", 90000, {"DEMO-XM": 90000}, (
        3600, 3600, 6300, 8100, 9000, 9900, 9900, 9900, 9000, 8100, 7200, 5400)),
)
CHANGED = ("MB0005", "projects.produced.year.count", 6, {"DEMO-XM": 6}, (0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 2))


def scenes() -> Iterator[Scene]:
    """Yield the targets as they were laid down, split, and one of them superseded."""
    for number, target in enumerate(TARGETS):
        yield from laid_down(*target, DOCUMENT, date(2024, 1, 10), 30 + number)
    yield from laid_down(*CHANGED, LATER, date(2024, 7, 8), 30, supersedes=Ref(YearlyTarget, "MB0003"))


def laid_down(
    code: str, indicator: str, amount: int, departments: dict[str, int], months: tuple[int, ...], document: str, day: date, minutes: int,
    **facts: Ref,
) -> Iterator[Scene]:  # fmt: skip
    """Yield the entry of one target and its split."""
    yield Scene(moment(day, minutes), "projects", "targets.create", facts={"facts": {
        "code": code, "year": day.year, "indicator": indicator, "amount": amount, "document": document, "document_on": day, **facts,
    }})
    parts = [
        *((Ref(Party, name), None, part) for name, part in departments.items()),
        *((None, month, part) for month, part in enumerate(months, 1) if part),
    ]
    yield Scene(moment(day, minutes + 20), "projects", "target_shares.split", code, {"parts": parts})
