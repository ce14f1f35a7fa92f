"""The data of the benchmarks: many zones with everything that the project figures look at, entered through commit.

The same for the same seed. Of each zone: enterprises with an industry, half-yearly lists of three kinds, projects at
every stage with dates to the day or the month, standstills, places on lists, monthly reports of one project in thirty, some
classes that were decided; then corrections and archived records, so that the version tables hold about 1.3 versions a project.
"""

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import resources
from typing import Any

from kaifaqu.kernel import actions, events
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.records import Record

FIRST, LAST = date(2019, 1, 1), date(2024, 12, 31)
ENTERPRISES, LISTS = 50, 11
DATES = ("signed_on", "landed_on", "started_on", "production_on", "full_capacity_on")


def plan(code: str, record: Record, **facts: Any) -> Any:
    """Plan an action of the system itself."""
    return actions.find(code).plan(record, by=SYSTEM, **facts)


def written(changes: Iterable[Any]) -> list[Any]:
    """Commit the changes of the system itself."""
    return commit(changes, by=SYSTEM)


def enter(zones: int, projects: int, seed: int = 10) -> tuple[list[Party], int]:
    """Enter the zones; return them and the number of the event in the middle of the corrections."""
    root = begin("BENCH", "测量", demo=True)
    parties = written([plan("parties.create", root, facts={"code": f"Z{n:03d}", "name": f"第{n}区"}) for n in range(zones)])
    [person] = written([plan("users.create", root, facts={"code": "judge", "name": "演示核定人"})])
    entered = [Zone(party, projects, random.Random(f"{seed}-{party.code}"), person) for party in parties]
    for zone in entered:
        zone.enter()
    for zone in entered[:zones // 2]:
        zone.correct()
    known = events.last_seq()
    for zone in entered[zones // 2:]:
        zone.correct()
    return parties, known


def industries() -> list[str]:
    """Return the industries of GB/T 4754 at the level of classes; manufacturing as often as a zone has it."""
    file = resources.files("kaifaqu.registers.organisations").joinpath("data/gbt4754_2017_industry_codes.csv")
    with file.open(encoding="utf-8") as lines:
        classes = [(row["code"], row["section"]) for row in csv.DictReader(lines) if row["level"] == "class"]
    return [code for code, section in classes for _time in range(5 if section == "C" else 1)]


class Zone:
    """One zone, whose records are entered in one commit a register."""

    INDUSTRIES = industries()

    def __init__(self, party: Party, projects: int, chance: random.Random, person: User):
        self.party, self.size, self.chance, self.person = party, projects, chance, person

    def enter(self) -> None:
        """Enter all records of the zone."""
        self.enterprises = self._create("enterprises", [
            {"code": f"Q{n}", "name": f"企业{n}", "industry": self.chance.choice(self.INDUSTRIES), "control": "private"}
            for n in range(ENTERPRISES)])
        self.lists = self._create("cohorts", [
            {"code": f"B{kind}{n}", "kind": kind, "number": n + 1, "name": f"第{n + 1}期",
             "held_on": date(2019 + (n + 1) // 2, 6 if n % 2 else 12, self.chance.randrange(5, 28))}
            for kind in ("signed", "started", "production") for n in range(LISTS)])
        self.projects = self._create("projects", [self._project(n) for n in range(self.size)])
        self.entries = self._create("cohort_entries", [
            {"code": f"E{n}", **entry} for n, entry in enumerate(self._entries())])
        self.reports = self._create("progress", [{"code": f"R{n}", **report} for n, report in enumerate(self._reports())])
        self.suspensions = self._stand_still()
        self.decided = self._create("period_classes", [{"code": f"HD{n}", **each} for n, each in enumerate(self._decided())])

    def correct(self) -> None:
        """Correct three projects of ten, and some of the rest; archive a few."""
        changes = []
        for project in self.chance.sample(self.projects, self.size * 29 // 100):
            facts = {"total_investment": f"{self.chance.randrange(500, 90000)}.5"}
            if project.started_on and self.chance.random() < 0.5:  # one day earlier breaks no order and is another day
                facts["signed_on"] = project.signed_on.first - timedelta(days=1)
            changes.append(self._correct("projects", project, facts))
        for enterprise in self.chance.sample(self.enterprises, ENTERPRISES // 5):
            changes.append(self._correct("enterprises", enterprise, {"industry": self.chance.choice(self.INDUSTRIES)}))
        for suspension in self.suspensions[::4]:
            changes.append(self._correct("suspensions", suspension, {"until": suspension.until + timedelta(days=40)}))
        for entry in self.entries[::50]:
            changes.append(plan("cohort_entries.archive", entry, version=1, reason="误列"))
        for report in self.reports[::20]:
            changes.append(plan("progress.archive", report, version=1, reason="误报"))
        named = {each.subject_id for each in (*self.entries, *self.reports, *self.suspensions, *self.decided)}
        corrected = {change.record.pk for change in changes}
        for project in [each for each in self.projects if each.pk not in named | corrected][:self.size // 100]:
            changes.append(plan("projects.archive", project, version=1, reason="重复登记"))
        written(changes)

    def _create(self, register: str, rows: list[dict[str, Any]]) -> list[Any]:
        return written([plan(f"{register}.create", self.party, facts=row) for row in rows])

    def _correct(self, register: str, record: Record, facts: dict[str, Any]) -> Any:
        return plan(f"{register}.correct", record, version=record.row_version, facts=facts, reason="核对")

    def _project(self, number: int) -> dict[str, Any]:
        """Return the facts of a project that has come as far as its days allow."""
        day = FIRST + timedelta(days=self.chance.randrange((LAST - FIRST).days))
        facts: dict[str, Any] = {
            "code": f"P{number:04d}", "name": f"年产{number}套设备项目", "enterprise": self.chance.choice(self.enterprises),
            "nature": self.chance.choice(("new", "new", "expansion", "reconstruction")),
            "total_investment": f"{self.chance.randrange(500, 90000)}", "expected_annual_output": f"{self.chance.randrange(300, 60000)}",
        }
        for name, wait in zip(DATES, (0, 90, 120, 500, 400), strict=True):
            day += timedelta(days=self.chance.randrange(wait // 3, wait * 5 // 3 + 1))
            if name != "signed_on" and (day > LAST or self.chance.random() < 0.03):
                break
            by_month = self.chance.random() < 0.1 and name not in ("signed_on", "landed_on")
            facts[name] = f"{day:%Y-%m}" if by_month else day
        if "production_on" in facts:
            facts["actual_annual_output"] = f"{self.chance.randrange(100, 60000)}"
        elif "started_on" in facts and self.chance.random() < 0.06:
            facts["terminated_on"] = min(day + timedelta(days=self.chance.randrange(31, 600)), LAST)
        return facts

    def _decided(self) -> Iterable[dict[str, Any]]:
        """Yield that one project of fifty counts as continuing in the month in which it was started."""
        for project in self.projects[::50]:
            if project.started_on:
                month = f"{project.started_on.first:%Y-%m}"
                yield {"subject": project, "period": month, "kind": "continuing", "ground": "文件", "person": self.person}

    def _entries(self) -> Iterable[dict[str, Any]]:
        """Yield four projects of ten for the first list of each kind that was held after their day."""
        days = {"signed": "signed_on", "started": "started_on", "production": "production_on"}
        for project in self.projects:
            if self.chance.random() < 0.4:
                for kind, name in days.items():
                    day = getattr(project, name)
                    held = [each for each in self.lists if each.kind == kind and day and each.held_on >= day.last]
                    if held:
                        yield {"cohort": held[0], "subject": project}

    def _reports(self) -> Iterable[dict[str, Any]]:
        """Yield the months of one project in thirty from its start to its production, one month in ten left out."""
        for project in self.projects:
            if project.started_on and self.chance.random() < 1 / 30:
                month, last = project.started_on.first, project.production_on.first if project.production_on else LAST
                while month <= last:
                    if self.chance.random() < 0.9:
                        yield {"subject": project, "month": f"{month:%Y-%m}", "month_investment": f"{self.chance.randrange(900)}.25"}
                    month = (month.replace(day=1) + timedelta(days=31)).replace(day=1)

    def _stand_still(self) -> list[Any]:
        """Let two projects of a hundred stand still, one in five of them to this day; return those that are over."""
        building = [each for each in self.projects if each.stage == "under_construction"]
        chosen = self.chance.sample(building, min(len(building), max(2, self.size // 50)))
        still = len(chosen) // 5
        changes = []
        for project in chosen[:still]:
            since = project.started_on.last + timedelta(days=self.chance.randrange(1, 200))
            changes.append(plan("projects.suspend", project, version=1, since=since, cause="资金"))
        written(changes)
        taken = {project.pk for project in chosen[:still]}
        self.projects = [project for project in self.projects if project.pk not in taken]
        rows = []
        for number, project in enumerate(chosen[still:]):
            since = project.started_on.last + timedelta(days=self.chance.randrange(1, 200))
            until = since + timedelta(days=self.chance.randrange(30, 400))
            rows.append({"code": f"S{number + 1000}", "subject": project, "since": since, "until": until, "cause": "用地"})
        return self._create("suspensions", rows)
