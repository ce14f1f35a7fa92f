"""Random zones with everything that figures stumble over, the same for the same seed on every engine.

Missing and zero and equal and negative amounts, dates to the month or the year, corrections, archived and revived
records, memberships of lists, several changes in one instant, rows that nothing points to; issues with their steps,
visits that were merged, cancelled, made jointly or not attended by all.
"""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record, registers
from kaifaqu.kernel.testing import party
from kaifaqu.registers.visits.limits import parties
from tests import (
    random_attraction,
    random_college,
    random_company,
    random_infrastructure,
    random_lowaltitude,
    random_recycling,
    random_research,
    random_subsidies,
)
from tests.random_land import RandomLand
from tests.random_packages import RandomPackages
from tests.random_property import RandomProperty

INDUSTRIES = ["2611", "26", "3021", "7723", "C", ""]
FORMS = {False: (8, 2, 1), True: (1, 0, 0)}  # how often a date is known to the day, the month, the year
AMOUNTS = [None, "0", "100", "100", "12000.5", "0.000001", "-350", "999999999"]
MONTHS = ("2023-05", "2023-06", "2023-12", "2024-06")  # in which the periods end that the bars ask about
BEGINNING = datetime(2025, 1, 6, 9, tzinfo=clock.ZONE)  # after every date of the facts, none of which may lie ahead
SATISFACTION = ("satisfied", "fair", "unsatisfied", "")
STEPS: dict[str, dict[str, Any]] = {  # what is done with an issue, with the facts that it needs
    "accept": {}, "assign": {"text": "分工"}, "object": {"text": "不归我们管"}, "respond": {"text": "已联系"}, "update": {"text": "在办"},
    "remind": {}, "resolve": {"result": "已解决"}, "pause": {"text": "等评审", "basis": "文件"}, "resume": {},
    "ask": {"amount": 5, "text": "材料没有齐"}, "grant": {}, "decline": {"text": "不需要"}, "put_off": {"text": "等规划", "basis": "文件"},
    "take_up": {}, "verify": {}, "send_back": {"text": "没有通"}, "reopen": {"text": "又停了"}, "refuse": {"text": "不属于本区"},
    "confirm": {}, "take_word": {"word": "call", "contact": "某人", "text": "解决了"}, "dispute": {"text": "还没有解决"},
}


def _is_open_to(verb: str, case: Any) -> bool:
    """Tell whether the case's stage permits the step; what needs none is tried, and may be refused."""
    code = f"{case.register}.{verb}"
    steps = [each for each in type(case).lifecycle.steps if each.action == code]
    is_permitted = not steps or any(each.source == case.stage for each in steps)
    return code in actions.registry() and is_permitted and case.offers(verb)


def qualify(zone: Any) -> None:
    """Enter now and then a qualification, and seldom a rule about those that end soon."""
    if zone.chance.random() < 0.1:
        since = zone._day()
        until = zone.chance.choice((since + timedelta(days=zone.chance.choice((30, 400))), None))
        zone._enter("qualifications", holder=zone._any("enterprises"), kind=zone.chance.choice(("airworthiness", "testing")),
                    subject=zone.chance.choice(("C42E", "")), since=since, until=until)
    elif zone.chance.random() < 0.01:
        zone._rule("qualifications.warning", {"days": zone.chance.choice((0, 365))})


LATER = (  # what builds rooms that came later
    qualify, random_recycling.build, random_company.build, random_college.build, random_lowaltitude.build, random_subsidies.build,
    random_research.build)


class RandomZone:
    """One zone that is entered at random; `refused` counts what the rules did not let in.

    An `exact` one knows every day and every amount, so that its figures have values; others know some by month or not at all.
    """

    def __init__(self, root: Party, code: str, seed: int, *, exact: bool = False):
        self.chance, self.exact = random.Random(seed), exact
        self.second = random.Random(seed + 1)  # of the rooms that came later, so that the others go on as they went
        self.owner = party(root, code, f"随机{code}")
        self.offices = [self.owner, *(party(root, f"{code}{name}", f"{name}局{code}") for name in "甲乙")]
        self.rows: dict[str, list[Record]] = {name: [] for name in registers()}
        self.gone: list[Record] = []
        self.refused = 0
        self.moment = BEGINNING
        self.land = RandomLand(self, code)
        self.packages = RandomPackages(self, code)
        self.property = RandomProperty(self, code)

    def live(self, steps: int) -> None:
        """Lay down lists and perhaps rules, then go on for so many steps."""
        for number in range(3):
            for kind in ("signed", "started", "production"):
                held = date(2022 + number, 6, 30)
                facts = {"code": f"{kind}{number}", "kind": kind, "number": number + 1, "name": f"第{number + 1}期", "held_on": held}
                self._enter("cohorts", **facts)
        for name in ("节能环保", "智能制造"):
            self._enter("chains", name=name, focus=name == "节能环保")
            for position in ("1", "2", ""):
                self._enter("chain_nodes", chain=self.rows["chains"][-1], name=f"环节{position}", position=position)
        if self.chance.random() < 0.6:
            partner = self.offices[1] if self.chance.random() < 0.8 else None
            self._enter("meeting_plans", name="四联合", kind="four_joint", year=2024, partner=partner)
            self._do("meeting_plans", "lay_out", self.rows["meeting_plans"][0])
            self.rows["meetings"] = list(registers()["meetings"].objects.filter(owner=self.owner).order_by("id"))
            self._rule("projects.rate.start", {"variant": self.chance.choice(("cohort", "year")), "grace": self.chance.randrange(3)})
            self._targets()
            if self.chance.random() < 0.5:  # another decides so later, perhaps for an earlier time
                first, later = self.rows["rules"][0], {"variant": "cohort", "grace": self.chance.randrange(3)}
                self._rule("projects.rate.start", later, published_on=date(2024, 3, 1), supersedes=first)
            self._rule("visits.contact", {"days": self.chance.choice((0, 20, 100))})
        self.go_on(steps)
        for month in MONTHS:
            if self.exact or self.chance.random() < 0.5:
                self.report(month)
        random_attraction.name_products(self)

    def go_on(self, steps: int) -> None:
        """Take so many steps, some of them in the same instant."""
        for _ in range(steps):
            self.moment += timedelta(hours=self.chance.choice((0, 0, 1, 30)))
            clock.set(max(self.moment, clock.now()))
            step = self.chance.choices(
                (self.enterprise, self.lead, self.project, self.suspension, self.entry, self.correct, self.archive, self.revive,
                 self.report, self.assignment, self.issue, self.step, self.visit, self.go, self.serve,
                 self.meet, self.feed, self.classify, self.attract),
                (2, 5, 8, 4, 5, 6, 2, 1, 0.2, 1, 2, 6, 1.5, 1.5, 0.5, 2.5, 0.5, 2, 8))[0]
            try:
                step()
            except ValidationError:
                self.refused += 1
            random_infrastructure.build(self)
            self.land.go_on()
            self.packages.go_on()
            self.property.go_on()
            self.further()

    def further(self) -> None:
        """Take perhaps a step in the rooms that came later, each by a chance of its own."""
        first, self.chance = self.chance, self.second
        for build in LATER:
            try:
                build(self)
            except ValidationError:
                self.refused += 1
        self.chance = first

    def _targets(self) -> None:
        """Lay down a target of each kind, and another one for some of them later."""
        for column in ("signed", "started", "produced"):
            told: dict[str, Any] = {"year": 2024, "indicator": f"projects.{column}.year.count", "document": "文件"}
            self._enter("targets", **told, amount=self.chance.randrange(4), document_on=date(2024, 3, 1))
            if self.chance.random() < 0.5:
                first = self.rows["targets"][-1]
                self._enter("targets", **told, amount=self.chance.randrange(9), document_on=date(2024, 5, 20), supersedes=first)
        told = {"year": 2024, "indicator": "projects.progress.year_to_date", "document": "文件", "document_on": date(2024, 3, 1)}
        self._enter("targets", **told, amount="12000.5")

    def _rule(self, kind: str, content: dict[str, Any], **told: Any) -> None:
        day = self.chance.choice((date(2022, 1, 1), date(2024, 1, 1)))
        facts = {"kind": kind, "since": day, "published_on": day, "source_document": "文件", "content": json.dumps(content), **told}
        self._enter("rules", **facts)

    def enterprise(self) -> None:
        """Enter an enterprise, perhaps without an industry."""
        self._enter("enterprises", name="企业", industry=self.chance.choice(INDUSTRIES), control=self.chance.choice(("private", "")))

    def lead(self) -> None:
        """Enter a lead at any stage."""
        names = ("first_contact_on", "judged_on", "negotiating_on", "intent_on", "signed_on")
        facts = self._chain(names[:self.chance.randrange(1, 6)])
        if len(facts) < 5 and self.chance.random() < 0.2:
            facts |= {"failed_on": "2024-12-31", "fail_kind": "land", "fail_reason": "用地"}
        category = self.chance.choice(("节能环保", "智能制造", ""))
        stands: dict[str, Any] = {"chain": self._any("chains")} if self.chance.random() < 0.3 else {"node": self._any("chain_nodes")}
        self._enter("leads", name="拟投项目", introduced=self.chance.random() < 0.5, category=category, **stands, **facts)

    def attract(self) -> None:
        """Do something about chains and attraction."""
        random_attraction.attract(self)

    def project(self) -> None:
        """Enter a project at any stage."""
        names = ("signed_on", "landed_on", "started_on", "production_on", "full_capacity_on")
        facts: dict[str, Any] = self._chain(names[:self.chance.randrange(1, 6)])
        if self.chance.random() < 0.2:
            facts["terminated_on"] = self.chance.choice(("2024-12-30", "2024-06-20", "2023-05"))
        self._enter(
            "projects", name="项目'％_\\𬱖", nature=self.chance.choice(("new", "expansion", "")), enterprise=self._any("enterprises"),
            lead=self._any("leads"), **{name: self.chance.choice(AMOUNTS[self.exact:]) for name in (
                "total_investment", "expected_annual_output", "actual_annual_output")}, **facts)

    def suspension(self) -> None:
        """Enter a standstill that is over."""
        since = self._day()
        until = since + timedelta(days=self.chance.randrange(1, 400))
        self._enter("suspensions", subject=self._any("projects"), since=since, until=until, cause="资金")

    def classify(self) -> None:
        """Decide that a project counts otherwise than its date says, in one of the periods that the bars ask about."""
        if not self.rows["users"]:
            self._enter("users", code=f"{self.owner.code}-1", name="演示核定人")
        self._enter("period_classes", subject=self._any("projects"), kind=self.chance.choice(("continuing", "new")), ground="文件",
                    period=self.chance.choice(("2023", "2024-H1", "2023-03..05", "2023-06-15")), person=self.rows["users"][0])

    def assignment(self) -> None:
        """Enter which office answers for a project, perhaps no longer."""
        since = self._day()
        until = since + timedelta(days=90) if self.chance.random() < 0.3 else None
        self._enter("assignments", subject=self._any("projects"), role="department", office=self.owner, since=since, until=until)

    def entry(self) -> None:
        """Enter a project into a list."""
        self._enter("cohort_entries", cohort=self._any("cohorts"), subject=self._any("projects"))

    def report(self, month: str = "") -> None:
        """Enter what was reported of every project for a month, of a few perhaps nothing."""
        month, chance = month or self.chance.choice(MONTHS), 0 if self.exact else self.chance.choice((0, 0, 0.02))
        for project in self.rows["projects"]:
            if self.chance.random() >= chance:
                amount = self.chance.choice(AMOUNTS[1:]) if self.chance.random() >= chance else None
                try:
                    self._enter("progress", subject=project, month=month, month_investment=amount, planned_investment="100",
                                completed_to_date="999999999", funds_in_place="7.5",
                                year_to_date="999999999" if self.chance.random() >= chance else None, problems="无")
                except ValidationError:
                    self.refused += 1

    def issue(self) -> None:
        """Enter an issue, perhaps an old one that brings its days along."""
        opened = self._day()
        facts: dict[str, Any] = {name: self._any(f"{name}s") for name in ("enterprise", "project")}
        if self.chance.random() < 0.3:
            days = [opened + timedelta(days=n) for n in sorted(self.chance.randrange(40) for _ in range(3))]
            told = dict(zip(("responded_on", "resolved_on", "confirmed_on"), days[:self.chance.randrange(1, 4)], strict=False))
            facts |= told | ({"satisfaction": self.chance.choice(SATISFACTION)} if "confirmed_on" in told else {})
        if self.chance.random() < 0.2:
            facts["agreed_on"] = opened + timedelta(days=self.chance.randrange(60))
        self._enter("issues", title="难点", category=self.chance.choice(("land", "power", "funds")), hard=self.chance.random() < 0.3,
                    holder=self.chance.choice((*self.offices, None)), opened_on=opened, **facts)

    def step(self) -> None:
        """Take an issue or a decision a step further, on the day of its last step or some days later."""
        name = self.chance.choice(("issues", "issues", "issues", "decisions"))
        case: Any = self._any(name)
        steps = [(verb, told) for verb, told in STEPS.items() if case is not None and _is_open_to(verb, case)]
        if not steps:
            raise ValidationError("nothing to do")
        verb, told = self.chance.choice(steps)
        first = max([case.opened_on, *(each.on for each in case.steps())])
        facts: dict[str, Any] = {**told, "on": first + timedelta(days=self.chance.choice((0, 0, 1, 2, 5, 9, 30)))}
        facts |= {"holder": self.chance.choice(self.offices)} if verb == "assign" else {}
        facts |= {"satisfaction": self.chance.choice(SATISFACTION[:3])} if verb in ("confirm", "take_word") else {}
        self._replace(name, case, self._do(name, verb, case, **facts))

    def meet(self) -> None:
        """Hold a meeting or go on with one: minutes, decisions, a signature, a supplement; or cancel it, or plan it again."""
        if self.rows["meeting_plans"] and self.chance.random() < 0.3:
            found = registers()["meeting_components"].objects.filter(plan=self.rows["meeting_plans"][0], cadence="none")
            component, day = self.chance.choice([*found.order_by("id")]), self._day()
            self._enter("meetings", component=component, number=self.chance.randrange(1, 99), topic="走访", period=f"{day:%Y-%m}",
                        planned_on=day, due_on=day)
            planned: Any = self.rows["meetings"][-1]
            self._replace("meetings", planned, self._do("meetings", "hold", planned, held_on=day))
            return
        meeting: Any = self._any("meetings")
        if meeting is None:
            raise ValidationError("no plan")
        if meeting.stage == "held" and self.chance.random() < 0.5:
            self._enter("decisions", meeting=meeting, title="议定", holder=self.chance.choice(self.offices), opened_on=meeting.held_on,
                        agreed_on=meeting.held_on + timedelta(days=20) if self.chance.random() < 0.5 else None)
            return
        verb, facts = {
            "planned": self.chance.choice((("hold", {"held_on": self._day()}), ("hold", {"held_on": meeting.due_on}), (
                "cancel", {"cancelled_for": "合并"}))),
            "held": ("minute", {"minutes": "纪要"}), "minuted": ("sign", {}), "cancelled": ("plan_again", {}),
            "signed": ("supplement", {"supplement": "补充", "reason": "漏记"}),
        }[meeting.stage]  # fmt: skip
        self._replace("meetings", meeting, self._do("meetings", verb, meeting, **facts))

    def feed(self) -> None:
        """Enter a feed with some readings and a warning, and a session of learning."""
        ended = self._day() if self.chance.random() < 0.3 else None
        self._enter("feeds", name="水厂", measures="进水量", unit="吨", every=self.chance.choice(("daily", "quarterly")), ended_on=ended)
        feed = self.rows["feeds"][-1]
        for _number in range(3):
            self._enter("readings", feed=feed, day=self._day(), value="1.5")
        self._enter("alerts", feed=feed, kind="silent", found_on=self._day())
        self._enter("study_sessions", held_on=self._day(), mode=self.chance.choice(("led", "gathered")), branch=self.owner, topic="题目")
        self._enter("grassroots", held_on=self._day(), matter=self.chance.choice(("policy", "office")), branch=self.owner, place="某厂")
        since, until = sorted((self._day(), self._day()))
        self._enter("work_lines", name=f"主线{self.chance.randrange(9)}", since=since, until=self.chance.choice((until, None)))

    def visit(self) -> None:
        """Enter a visit, made or planned, with somebody of most of its parties where it was made jointly."""
        department, partner = self.chance.sample(self.offices, 2)
        project: Any = self._any("projects")
        day, kind = self._day(), self.chance.choice(("visit", "visit", "joint", "call", "inspection"))
        self._enter("visits", enterprise=project and project.enterprise or self._any("enterprises"), kind=kind, department=department,
                    project=project if self.chance.random() < 0.5 else None, partner=partner if kind == "joint" else None,
                    planned_on=day, exception="约定", **({"visited_on": day} if kind != "joint" and self.chance.random() < 0.5 else {}))

    def go(self) -> None:
        """Merge two planned visits, cancel one, or make one with whoever came; sometimes somebody is found not to have been there."""
        planned: list[Any] = [each for each in self.rows["visits"] if each.stage == "planned"]
        visit = self.chance.choice(planned) if planned else None
        if visit is None:
            raise ValidationError("nowhere to go")
        others = [each for each in planned if each.enterprise_id == visit.enterprise_id and each.pk != visit.pk]
        if others and self.chance.random() < 0.7:
            into = self.chance.choice(others)
            self._do("visits", "merge", visit, into=into)
            self._renew("visits")
        elif self.chance.random() < 0.2:
            self._replace("visits", visit, self._do("visits", "cancel", visit, cancel_reason="停产"))
        else:
            for each in parties(visit):
                self._enter("visitors", visit=visit, party=Party.objects.get(pk=each), name="某人")
            self._replace("visits", visit, self._do("visits", "complete", visit, visited_on=visit.planned_on, came=False))

    def serve(self) -> None:
        """Enter who looks after an enterprise, perhaps no longer."""
        since = self._day()
        until = since + timedelta(days=200) if self.chance.random() < 0.6 else None
        self._enter("service_assignments", subject=self._any("enterprises"), role=self.chance.choice(("cadre", "leader")),
                    office=self.owner, since=since, until=until)

    def correct(self) -> None:
        """Correct one or two facts of some record."""
        name = self.chance.choice(("projects", "projects", "leads", "enterprises", "suspensions", "progress", "issues", "visits"))
        record = self._any(name)
        if record is None:
            raise ValidationError("nothing to correct")
        facts: dict[str, Any] = {
            "projects": {"total_investment": self.chance.choice(AMOUNTS[self.exact:]), "started_on": self._partial()},
            "leads": {"introduced": self.chance.random() < 0.5, "negotiating_on": self._partial()},
            "enterprises": {"industry": self.chance.choice(INDUSTRIES)},
            "suspensions": {"until": date(2025, 1, 1)},
            "progress": {"month_investment": self.chance.choice(AMOUNTS[self.exact:])},
            "issues": {"category": "roads", "hard": self.chance.random() < 0.5, "opened_on": self._day()},
            "visits": {"department": self.chance.choice(self.offices), "purpose": "核对"},
        }[name]
        self._replace(name, record, self._do(name, "correct", record, facts=facts, reason="核对"))

    def archive(self) -> None:
        """Archive some record."""
        name = self.chance.choice((
            "projects", "leads", "enterprises", "suspensions", "cohort_entries", "progress", "issues", "visits", "visitors", "decisions",
            "meetings", "readings", "period_classes", "product_capacities", "negotiation_rounds", "node_firms", "supplies"))
        record = self._any(name)
        if record is not None:
            self.gone.append(self._do(name, "archive", record, reason="重复"))
            self.rows[name] = [row for row in self.rows[name] if row.pk != record.pk]

    def revive(self) -> None:
        """Enter a lead or an issue again under the code of an archived one."""
        gone = [record for record in self.gone if record.register in ("leads", "issues")]
        if gone and gone[0].register == "leads":
            self._enter("leads", code=gone[0].code, name="再次接触", first_contact_on=self._partial())
        elif gone:
            self._enter("issues", code=gone[0].code, title="再次提出", category="roads", opened_on=self._day())
        if gone:
            self.gone.remove(gone[0])

    def _enter(self, register: str, /, **facts: Any) -> None:
        facts = {key: value for key, value in facts.items() if value not in (None, "")}
        create = actions.find(f"{register}.create").plan
        [record, *_others] = commit([create(self.owner, by=SYSTEM, facts=facts)], by=SYSTEM)
        self.rows[register].append(record)

    def _do(self, name: str, verb: str, record: Record, **told: Any) -> Record:
        [done, *_others] = commit([actions.find(f"{name}.{verb}").plan(record, by=SYSTEM, version=record.row_version, **told)], by=SYSTEM)
        return done

    def _replace(self, name: str, old: Record, new: Record) -> None:
        self.rows[name] = [new if row.pk == old.pk else row for row in self.rows[name]]

    def _renew(self, name: str) -> None:
        self.rows[name] = list(registers()[name].objects.filter(pk__in=[row.pk for row in self.rows[name]]).order_by("id"))

    def _any(self, name: str) -> Record | None:
        return self.chance.choice(self.rows[name]) if self.rows[name] and self.chance.random() < 0.9 else None

    def _day(self) -> date:
        return date(2022, 1, 1) + timedelta(days=self.chance.randrange(1000))

    def _partial(self) -> str:
        return self.chance.choices((f"{self._day()}", f"{self._day():%Y-%m}", f"{self._day():%Y}"), FORMS[self.exact])[0]

    def _chain(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return days in order, some of them known to the month or the year only."""
        days = sorted(self._day() for _ in names)
        forms = [self.chance.choices(("%Y-%m-%d", "%Y-%m", "%Y"), FORMS[self.exact])[0] for _ in names]
        return {name: format(day, form) for name, day, form in zip(names, days, forms, strict=True)}


