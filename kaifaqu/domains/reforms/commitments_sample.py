"""The demo zone's reforms in force, and its seven projects on commitment: one was not checked in time, one broke its word."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kaifaqu.domains.reforms.commitments import Commitment
from kaifaqu.kernel.access import Party
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE = "projects"
MEASURES = (  # kind, title, document, adopted on
    ("land", "演示区工业项目标准地出让", "演示开发区〔2022〕8号", date(2022, 3, 21)),
    ("commitment", "演示区企业投资项目承诺制", "演示开发区〔2022〕15号", date(2022, 7, 4)),
    ("agency", "演示区项目全代办", "演示开发区〔2023〕6号", date(2023, 2, 27)),
)
CASES = (  # project: day of the notice, days until signed, publicised and approved (None: not yet), items
    ("P0012", date(2023, 5, 18), (2, 5, 14), ("energy", "environment", "soil")),
    ("P0015", date(2023, 12, 13), (2, 4, 13), ("energy", "soil")),
    ("P0016", date(2024, 1, 18), (2, 4, 13), ("environment", "soil")),
    ("P0018", date(2024, 2, 18), (2, 4, 15), ("environment", "drainage")),
    ("P0021", date(2024, 4, 25), (3, 5, 15), ("energy", "defence")),
    ("P0023", date(2024, 7, 24), (4, 7, None), ("environment", "soil", "greening")),
    ("P0024", date(2024, 7, 29), (3, None, None), ("energy", "lightning")),
)


def scenes() -> Iterator[Scene]:
    """Yield the measures, the cases, and the checks that were made."""
    for number, (kind, title, document, day) in enumerate(MEASURES, 1):
        yield entry(day, 30, "reform_measures", code=f"GG{number:04d}", kind=kind, title=title, document=document, adopted_on=day,
                    office=Ref(Party, "DEMO-XM"))
    for project, notified_on, days, items in CASES:
        yield from case(project, notified_on, days, items)
    for item in ("energy", "environment", "soil"):
        yield check("P0012", date(2023, 11, 15), item, result="kept", findings="演示：现场核对，与承诺一致")
    yield check("P0012", date(2024, 5, 16), None, result="kept", phase="after", findings="演示：逐项复核，承诺已履行")
    yield step("P0012", date(2024, 5, 20), "conclude", checked_on=date(2024, 5, 20))
    yield check("P0016", date(2024, 7, 10), "environment", result="kept", findings="演示：环保设施同步建设")
    yield check("P0016", date(2024, 7, 10), "soil", result="rectify", findings="演示：临时排水沟未按方案修建",
                follow_up_on=date(2024, 9, 10))
    yield check("P0018", date(2024, 5, 14), "drainage", result="breach", findings="演示：未建预处理设施即接入管网",
                consequence="演示：撤销该事项的承诺制批复，改按常规审批，记入信用档案")


def entry(day: date, minutes: int, register: str, **facts: Any) -> Scene:
    """Return the entry of one record by the office."""
    return Scene(moment(day, minutes), OFFICE, f"{register}.create", facts={"facts": facts})


def step(project: str, day: date, verb: str, **facts: Any) -> Scene:
    """Return one step of the case of a project on a day."""
    return Scene(moment(day, 120), OFFICE, f"commitments.{verb}", f"CN-{project}", facts)


def check(project: str, day: date, item: str | None, **facts: Any) -> Scene:
    """Return a check of one item of the case of a project, or of the whole."""
    told = {"checked_on": day, "office": Ref(Party, "DEMO-GH"), **facts}
    if item is None:
        return step(project, day, "check", **told)
    return Scene(moment(day, 120), OFFICE, "commitment_items.check", f"CN-{project}-{numbered(project)[item]}", told)


def numbered(project: str) -> dict[str, int]:
    """Return the number of each item of the case of a project."""
    return {item: number for code, _day, _days, items in CASES if code == project for number, item in enumerate(items, 1)}


def case(project: str, notified_on: date, days: tuple[int | None, ...], items: tuple[str, ...]) -> Iterator[Scene]:
    """Yield a case as far as it has come, each step so many days after the notice."""
    code = f"CN-{project}"
    yield entry(notified_on, 100, "commitments", code=code, project=Ref(Project, project), notified_on=notified_on,
                notified_evidence=f"演示告知书 {project}")
    for number, item in enumerate(items):
        yield entry(notified_on, 101 + number, "commitment_items", code=f"{code}-{number + 1}", commitment=Ref(Commitment, code), item=item)
    documents = (("sign", "signed", "演示承诺书"), ("publicise", "publicised", "演示开发区网站"), ("approve", "approved", "演示承诺批复"))
    for after, (verb, done, document) in zip(days, documents, strict=True):
        if after is not None:
            day = notified_on + timedelta(days=after)
            yield step(project, day, verb, **{f"{done}_on": day, f"{done}_evidence": f"{document} {project}"})
