"""The demo zone's targets of 2024: laid down by one document in January, one of them changed by another in July."""

from collections.abc import Iterator
from datetime import date

from kaifaqu.kernel.access import Party
from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.registers.targets.models import WorkLine, YearlyTarget

DOCUMENT, LATER = "演示开发区〔2024〕2号", "演示开发区〔2024〕15号"
TARGETS = (  # code, indicator, amount, departments, months
    ("MB0001", "projects.signed.year.count", 20, {"DEMO-ZS": 20}, (1, 1, 2, 2, 2, 3, 1, 2, 2, 2, 1, 1)),
    ("MB0002", "projects.started.year.count", 12, {"DEMO-XM": 9, "DEMO-GH": 3}, (1, 1, 2, 1, 1, 2, 0, 1, 1, 1, 1, 0)),
    ("MB0003", "projects.produced.year.count", 8, {"DEMO-XM": 8}, (0, 0, 1, 0, 0, 2, 0, 0, 2, 0, 0, 3)),
    ("MB0004", "projects.progress.year_to_date", 90000, {"DEMO-XM": 90000}, (
        3600, 3600, 6300, 8100, 9000, 9900, 9900, 9900, 9000, 8100, 7200, 5400)),
)
LINES = {  # name: lead office, and the targets that stand on it
    "党建": ("DEMO-BG", ()), "项目": ("DEMO-XM", ("MB0002", "MB0003", "MB0004", "MB0005")),
    "招商": ("DEMO-ZS", ("MB0001",)), "要素保障": ("DEMO-GH", ()),
}  # fmt: skip
CHANGED = ("MB0005", "projects.produced.year.count", 6, {"DEMO-XM": 6}, (0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 2))


def scenes() -> Iterator[Scene]:
    """Yield the lines of work and the targets as they were laid down, split, and one of them superseded."""
    for number, (name, (office, _targets)) in enumerate(LINES.items(), 1):
        yield Scene(moment(date(2024, 1, 10), 25), "projects", "work_lines.create", facts={"facts": {
            "code": f"ZX{number:02d}", "name": name, "office": Ref(Party, office), "document": DOCUMENT, "since": date(2024, 1, 1)}})
    for number, target in enumerate(TARGETS):
        yield from laid_down(*target, DOCUMENT, date(2024, 1, 10), 30 + number)
    yield from laid_down(*CHANGED, LATER, date(2024, 7, 8), 30, supersedes=Ref(YearlyTarget, "MB0003"))


def laid_down(
    code: str, indicator: str, amount: int, departments: dict[str, int], months: tuple[int, ...], document: str, day: date, minutes: int,
    **facts: Ref,
) -> Iterator[Scene]:  # fmt: skip
    """Yield the entry of one target and its split."""
    line = next(f"ZX{number:02d}" for number, (_office, targets) in enumerate(LINES.values(), 1) if code in targets)
    yield Scene(moment(day, minutes), "projects", "targets.create", facts={"facts": {
        "code": code, "year": day.year, "indicator": indicator, "amount": amount, "document": document, "document_on": day,
        "line": Ref(WorkLine, line), **facts,
    }})
    parts = [
        *((Ref(Party, name), None, part) for name, part in departments.items()),
        *((None, month, part) for month, part in enumerate(months, 1) if part),
    ]
    yield Scene(moment(day, minutes + 20), "projects", "target_shares.split", code, {"parts": parts})
