"""A simulated quarter of a zone: its people act day by day, each by the product's own actions and with his own rights.

The same for the same seed. What the rules refuse (a visit above the ceiling, more time asked for too late) is counted and
left undone, as people would leave it.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.cases import sweeping
from kaifaqu.cases.models import registers_of_cases
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.records import Record, registers
from kaifaqu.registers.visits.limits import Ceiling, near, parties
from kaifaqu.sheets import importing
from kaifaqu.web.founding import rights_of

DAY = timedelta(days=1)
FOUNDED, FIRST, LAST = date(2024, 3, 25), date(2024, 4, 1), date(2024, 7, 5)
CORRECTED_ON, EXTRA_REST = date(2024, 5, 14), (date(2024, 5, 16), date(2024, 5, 17))  # the calendar's correction, and what it lays down
DISPATCHES = 12  # on Tuesdays
PARTIES = {"XM": "项目建设部", "ZS": "招商部", "GH": "规划建设部", "POWER": "供电公司", "BUREAU": "统计局", "FIRM": "某企业"}
PEOPLE = {  # account: role and party of work
    "office": ("projects", "ZONE"), "second": ("projects", "ZONE"), "director": ("director", "ZONE"), "attraction": ("attraction", "ZONE"),
    "builder": ("department", "XM"), "planning": ("department", "GH"),
    "power": ("department", "POWER"), "bureau": ("bureau", "BUREAU"), "firm": ("enterprise", "FIRM"),
}
HOLDS = {"XM": "builder", "GH": "planning", "POWER": "power", "BUREAU": "bureau"}  # who handles what a unit holds
RATED = ("satisfied", "satisfied", "fair", "unsatisfied")


class Quarter:
    """The zone with its people; `done` counts what was done, `refused` by action what the rules did not let through."""

    def __init__(self, seed: int, issues: int, projects: int, visits: int):
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.moved = self.minutes = 0
        self.asked = ""
        self.day = FOUNDED
        self._clock()
        self.zone = begin("ZONE", "模拟开发区", demo=True)
        self.parties = {"ZONE": self.zone} | {
            code: testing.party(self.zone, code, name, self.zone if len(code) == 2 else None) for code, name in PARTIES.items()}
        self.people: dict[str, User] = {
            code: testing.employ(self.zone, code, rights_of(role), at=self.parties[at]) for code, (role, at) in PEOPLE.items()}
        self._lay_down(projects)
        self.day = FIRST - DAY
        days = [FIRST + n * DAY for n in range((LAST - FIRST).days) if (FIRST + n * DAY).weekday() < 5]
        self.to_open = Counter(self.chance.choice(days) for _ in range(issues))
        self.to_visit = Counter(self.chance.choice(days) for _ in range(visits))

    # What is there when the quarter begins

    def _lay_down(self, projects: int) -> None:
        for receiver, right in (("FIRM", "issues.report"), ("BUREAU", "enterprises.view")):
            self._enter("grants", SYSTEM, receiver=self.parties[receiver], right=right, purpose="模拟", since=FOUNDED)
        self._rule("visits.contact", {"days": 20})
        self._rule("issues.routing", {"routes": {"power": {"holder": "POWER"}, "land": {"holder": "GH"}}})
        for number in range(max(projects, 60)):  # so many that the ceiling does not stop the visits
            facts = {"party": self.parties["FIRM"]} if number == 0 else {}
            self._enter("enterprises", name=f"企业{number}", industry=self.chance.choice(("2611", "3021", "7723")), **facts)
        self.firms = list(registers()["enterprises"].objects.order_by("id"))
        for number in range(projects):
            days = sorted(date(2022, 6, 1) + self.chance.randrange(650) * DAY for _ in range(4))
            names = ("signed_on", "landed_on", "started_on", "production_on")[:self.chance.choice((1, 2, 3, 3, 3, 4))]
            [project] = self._enter(
                "projects", name=f"项目{number}", enterprise=self.firms[number], nature=self.chance.choice(("new", "expansion")),
                total_investment=self.chance.choice(("12000", "350.5", "8000")), **dict(zip(names, map(str, days), strict=False)))
            if self.chance.random() < 0.7:
                self._do(project, "assign", "office", role="department", since=FOUNDED, office=self.parties["XM"])
        for code, amount in {"signed.year.count": 12, "started.year.count": 9, "progress.year_to_date": 9000}.items():
            code = f"projects.{code}"
            self._enter("targets", year=2024, indicator=code, document="模拟计划", amount=amount, document_on=FOUNDED)
        for name, kind in (("每周调度", "weekly_dispatch"), ("四联合", "four_joint")):
            [plan] = self._enter("meeting_plans", name=name, kind=kind, year=2024, partner=self.parties["BUREAU"], document="模拟")
            self._do(plan, "lay_out", "office")

    # The days

    def pass_day(self) -> None:
        """Let the next day pass; it begins and ends with the installation's look at what is due."""
        self.day += DAY
        self.minutes = 0
        self._clock()
        self._look()
        if self.day.weekday() < 5:
            self._work()
        if self.day == CORRECTED_ON:
            self._rule("clocks.calendar", {"notices": [{"holidays": [{"name": "停电检修", "off": [*map(str, EXTRA_REST)]}]}]})
        self._look()

    def _look(self) -> None:
        self.done["escalated"] += sum(each.objects.filter(each.raised(clock.now())).count() for each in registers_of_cases())
        self.moved += sweeping.follow_rules()

    def _work(self) -> None:
        """Do what is done on a working day, in the order in which it comes."""
        for _number in range(self.to_open[self.day]):
            self._try(self._open)
        for _number in range(self.to_visit[self.day]):
            self._try(self._plan_visit)
        for visit in self._rows("visits", stage="planned", planned_on__lte=self.day):
            self._try(lambda visit=visit: self._visit(visit))
        for register in ("issues", "decisions"):
            for case in self._rows(register).exclude(stage="refused"):
                if self.chance.random() < (0.004 if case.stage == "closed" else 0.3):
                    self._try(lambda case=case: self._go_on(case))
        for _number in range(2):
            self._try(self._correct)
        self._try(self._build)
        if self.chance.random() < 0.4:
            self._try(self._take_out)
        if self.day.day in (10, 24):
            self._try(self._bring_in_and_undo)
        if self.day.day == 8 or self.day.day in (9, 10) and self.day.weekday() == 0:
            self._report()
        if self.day.weekday() == 1 and self.done["dispatches"] < DISPATCHES:
            self._dispatch()
        for meeting in self._due("monthly"):
            self._hold(meeting)
        for meeting in self._rows("meetings", stage="held"):
            self._write_up(meeting)

    # Issues, and decisions, which are cases as they are

    def _open(self) -> None:
        """Open an issue: by the office, or by an enterprise with an account."""
        facts: dict[str, Any] = {"title": "难点", "category": self.chance.choice(("land", "power", "funds", "roads"))}
        if self.chance.random() < 0.3:
            self._commit("issues.report", self.zone, "firm", **facts)
        else:
            project = self._any("projects")
            agreed = self.day + self.chance.randrange(3, 30) * DAY if self.chance.random() < 0.1 else None
            opened = self.day - self.chance.choice((0, 0, 0, 1, 3)) * DAY
            self._enter("issues", **facts, project=project, hard=self.chance.random() < 0.2, opened_on=opened, agreed_on=agreed)
        self.done["issues opened"] += 1

    def _go_on(self, case: Any) -> None:
        """Take one step that the stage permits, by whoever takes it; each stage has its steps, the usual ones more often."""
        holder = HOLDS[case.holder.code] if case.holder else "office"
        rating, decline = {"satisfaction": self.chance.choice(RATED)}, ("decline", "second", {"text": "不需要"})
        steps = {
            "registered": [("accept", "office", {}), ("assign", "office", {"holder": self._unit()}), ("route", "office", {})] * 3
            + [("refuse", "office", {"text": "不属于本区"})],
            "accepted": [("assign", "office", {"holder": self._unit()})],
            "assigned": [("respond", holder, {"text": "已联系"})] * 5 + [("object", holder, {"text": "不归我们管"})],
            "handling": [
                *[("update", holder, {"text": "在办"}), ("resolve", holder, {"result": "已解决"})] * 4,
                ("pause", "office", {"text": "等评审", "basis": "文件"}), ("ask", holder, {"amount": 5, "text": "材料没有齐"}),
                ("put_off", "office", {"text": "等规划", "basis": "文件"}), ("assign", "office", {"holder": self._unit(), "text": "分工"}),
            ],
            "suspended": [("resume", "office", {})], "long_term": [("take_up", "office", {})],
            "resolved": [("verify", "second", {})] * 4 + [("send_back", "second", {"text": "没有通"})],
            "verified": [("take_word", "second", {"word": "call", "contact": "某人", "text": "解决了", **rating})],
            "closed": [("reopen", "office", {"text": "又停了"})],
        }[case.stage]  # fmt: skip
        if case.asked is not None and case.offers("grant"):
            steps = [("grant", "second", {}), ("grant", "second", {}), decline]
        if case.requester and case.requester.code == "FIRM" and case.stage in ("resolved", "verified"):
            steps = [("confirm", "firm", rating)] * 4 + [("dispute", "firm", {"text": "没有解决"})]
        verb, by, facts = self.chance.choice(steps)
        if f"{case.register}.{verb}" in actions.registry():
            self._do(case, verb, by, **facts)
            self.done[f"steps of {case.register}"] += 1

    def _unit(self) -> Party:
        return self.parties[self.chance.choice(("XM", "GH", "POWER"))]

    # Visits

    def _plan_visit(self) -> None:
        """Plan a visit of a department, perhaps a joint one, or enter a call; two that are near are merged by half."""
        by, department = self.chance.choice((("office", "XM"), ("attraction", "ZS")))
        firm, kind = self.chance.choice(self.firms), self.chance.choice(("visit", "visit", "visit", "joint", "call", "inspection"))
        facts: dict[str, Any] = {"visited_on": self.day} if kind == "call" else {"planned_on": self.day + self.chance.randrange(12) * DAY}
        facts |= {"partner": self.parties["BUREAU"]} if kind == "joint" else {}
        facts |= {"exception": "企业要求"} if self.chance.random() < 0.9 else {}
        [visit] = self._enter("visits", by, enterprise=firm, kind=kind, department=self.parties[department], **facts)
        self.done["visits entered"] += 1
        others = near([visit], type(visit).objects.current(), Ceiling.of(visit.owner_id, visit.day)).get(visit.pk)
        if others and self.chance.random() < 0.5:
            self._do(visit, "merge", "office", into=others[0])

    def _visit(self, visit: Any) -> None:
        """Make a visit that was planned, cancel it, or leave it for another day; of a joint one each party's person says so."""
        if self.chance.random() < 0.2:
            return
        if self.chance.random() < 0.1:
            self._do(visit, "cancel", "office", cancel_reason="企业停产")
            return
        for party in Party.objects.filter(pk__in=parties(visit)):
            by = "bureau" if party == visit.partner and party.code == "BUREAU" else "office"
            self._do(visit, "join", by, party=party, name=f"某{party.code}")
        facts = {"appeals": "请协调用电"} if self.chance.random() < 0.2 else {}
        self._do(visit, "complete", "office", came=False, **facts)
        self.done["visits made"] += 1
        if facts:
            self._do(visit, "raise_issue", "office", category="power")
            self.done["issues opened"] += 1

    # Meetings

    def _dispatch(self) -> None:
        """Hold the dispatch meeting of the week."""
        self._hold(self._due("weekly").last())
        self.done["dispatches"] += 1

    def _due(self, cadence: str) -> Any:
        """Return the meetings of the cadence that were planned for a day of the quarter until now, the last one last."""
        return self._rows("meetings", component__cadence=cadence, stage="planned", planned_on__lte=self.day, planned_on__gte=FIRST)

    def _hold(self, meeting: Any) -> None:
        """Hold a meeting: its agenda, who was there, what was decided."""
        self._try(lambda: self._do(meeting, "draft_agenda", "office"))
        self._do(meeting, "hold", "office", held_on=self.day)
        for unit in ("ZONE", "BUREAU"):
            self._enter("attendances", meeting=self._now(meeting), party=self.parties[unit], office="负责人")
        for _number in range(self.chance.randrange(4)):
            holder, until = self.parties[self.chance.choice(("XM", "GH", "BUREAU"))], self.day + self.chance.randrange(5, 25) * DAY
            self._enter("decisions", meeting=self._now(meeting), title="议定", holder=holder, opened_on=self.day, agreed_on=until)
            self.done["decisions"] += 1
        self.done["meetings held"] += 1

    def _write_up(self, meeting: Any) -> None:
        """Write the minutes, perhaps later than they are due, and have both parties sign them."""
        if self.chance.random() < 0.6:
            self._do(meeting, "minute", "office", minutes="会议议定事项见清单。")
            for by in ("bureau", "director"):
                self._do(meeting, "sign", by)

    # Projects, corrections, what was entered by mistake

    def _report(self) -> None:
        """Report of every project under construction what was invested in the month before."""
        month = f"{self.day.replace(day=1) - DAY:%Y-%m}"
        for project in self._rows("projects", started_on__isnull=False, production_on__isnull=True):
            self._try(lambda project=project: self._enter(
                "progress", subject=project, month=month, month_investment=self.chance.randrange(500), planned_investment="3000",
                year_to_date=self.chance.randrange(500, 3000), problems="无"))

    def _build(self) -> None:
        """Let one project start, produce, stand still or go on."""
        project = self._any("projects")
        verb, facts = {
            "signed": ("land", {"landed_on": str(self.day)}), "landed": ("start", {"started_on": str(self.day)}),
            "under_construction": self.chance.choice((
                ("produce", {"production_on": str(self.day)}), ("suspend", {"since": self.day, "cause": "资金"}))),
            "suspended": ("resume", {"resumed_on": self.day}),
        }.get(project.stage, ("reach_full", {"full_capacity_on": str(self.day)}))
        self._do(project, verb, "office", **facts)

    def _correct(self) -> None:
        """Correct what was entered wrongly, with the reason."""
        register, facts = self.chance.choice((
            ("issues", {"category": "water", "hard": True}), ("issues", {"opened_on": self.day - self.chance.randrange(20) * DAY}),
            ("visits", {"department": self.parties["GH"]}), ("visits", {"enterprise": self.chance.choice(self.firms)}),
            ("projects", {"total_investment": "999.9"}), ("projects", {"signed_on": "2024-02"}),
        ))  # fmt: skip
        record = self._any(register)
        self._do(record, "correct", "office", facts=facts, reason="核对原始记录")
        self.done["corrections"] += 1

    def _take_out(self) -> None:
        """Archive a record that was entered twice; some days it is entered again under its code."""
        record = self._any(self.chance.choice(("issues", "visits", "projects", "visitors")))
        self._do(record, "archive", "office", reason="重复登记")
        self.done["archived"] += 1
        if record.register in ("issues", "visits") and self.chance.random() < 0.5:
            facts = {"title": "再次提出", "category": "roads", "opened_on": self.day} if record.register == "issues" else {
                "kind": "visit", "department": self.parties["XM"], "visited_on": self.day, "exception": "重新登记"}
            self._enter(record.register, code=record.code, enterprise=record.enterprise or self.firms[0], **facts)
            self.done["revived"] += 1

    def _bring_in_and_undo(self) -> None:
        """Bring in a table of issues or of visits, and take it back where it was the wrong one."""
        office, firm = self.people["office"], self.chance.choice(self.firms)
        heads, row, register = self.chance.choice((
            (("问题", "类别", "企业", "登记日期"), ("表中问题", "道路", firm.code, str(self.day)), "issues"),
            (("走访企业", "方式", "走访时间", "走访部门", "例外理由"), (firm.code, "走访", str(self.day), "XM", "企业要求"), "visits"),
        ))  # fmt: skip
        table = "\n".join("\t".join(each) for each in (heads, row))
        upload = importing.receive(registers()[register], self.zone, office, "表.csv", table, reason="汇总")
        importing.check(upload)
        changeset = importing.write(upload, office)
        self.done["imports"] += 1
        if self.chance.random() < 0.6:
            self._do(changeset, "undo", "office", reason="发错了表")
            self.done["imports undone"] += 1

    # How it is done

    def _rule(self, kind: str, content: dict[str, Any]) -> None:
        """Lay down a rule from the day on."""
        self._enter("rules", kind=kind, since=self.day, published_on=self.day, source_document="模拟文件", content=json.dumps(content))

    def _rows(self, register: str, **where: Any) -> Any:
        return registers()[register].objects.current().filter(owner=self.zone, **where).order_by("id")

    def _any(self, register: str) -> Any:
        if not (rows := list(self._rows(register))):
            raise ValidationError("nothing there yet")
        return self.chance.choice(rows)

    def _now(self, record: Record) -> Any:
        return type(record).objects.get(pk=record.pk)

    def _enter(self, register: str, by: Any = "office", **facts: Any) -> list[Record]:
        told = {name: value for name, value in facts.items() if value is not None}
        return self._commit(f"{register}.create", self.zone, by, facts=told)

    def _do(self, record: Record, verb: str, by: str, **facts: Any) -> list[Record]:
        record = self._now(record)
        return self._commit(f"{record.register}.{verb}", record, by, version=record.row_version, **facts)

    def _commit(self, code: str, record: Record, by: Any, **facts: Any) -> list[Record]:
        self.minutes += 1
        self.asked = code
        self._clock()
        person = self.people[by] if isinstance(by, str) else by
        return commit([actions.find(code).plan(record, by=person, **facts)], by=person)

    def _try(self, what: Callable[[], Any]) -> None:
        try:
            what()
        except ValidationError:
            self.refused[self.asked] += 1

    def _clock(self) -> None:
        """Set the clock to nine o'clock and as many quarter minutes later as there were actions on the day."""
        moment = datetime.combine(self.day, time(8, 30), clock.ZONE) + timedelta(seconds=15 * self.minutes)
        clock.set(moment)
