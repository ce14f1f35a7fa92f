"""Standard land and commitments in a random zone: offered, promised, verified and revoked; signed, checked, broken and put right.

It draws from a chance of its own, so that what else happens in the zone stays as it is. Some rows come in as old stock, with
dates that are known to the month only; some promises have a day of their own, most are due by their project, which may change.
"""

import json
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import kinds
from kaifaqu.kernel.records import Record, registers

ASSESSED = ("environment", "energy", "geology", "minerals", "seismic", "relics", "soil")
DEMANDED = {"investment": "300", "tax": "15", "plot_ratio": "0.8", "energy": "0.35", "emission": "0.05", "output": "450"}
PAPERS = {"investment": "audit", "tax": "tax", "plot_ratio": "planning", "energy": "energy", "emission": "test", "output": "audit"}
VALUES = ("0.01", "0.3", "0.8", "14.999999", "15", "300", "450", "999")
ITEMS = ("energy", "environment", "soil", "drainage", "greening")
RULES = {
    "reforms.controls": lambda content, chance: {**content, "initial_months": chance.choice((3, 6))},
    "reforms.commitment": lambda content, chance: {
        **content, "verify_days": chance.choice((60, 200)), "items": {name: {"check_days": 20 + len(name)} for name in ITEMS}},
}


class RandomLand:
    """The land and the commitments of one random zone; `done` counts by verb what was let in."""

    def __init__(self, zone: Any, seed: str):
        self.zone, self.owner, self.chance = zone, zone.owner, random.Random(f"land {seed}")
        self.done: Counter[str] = Counter()
        for number in range(2):
            self._create("parks", name=f"园区{number}")
        for kind in ASSESSED:
            self._create("regional_assessments", kind=kind, done_on=date(2021, 6, 1), document="批复")
        for code, changed in RULES.items():
            if self.chance.random() < 0.7:
                content = changed(kinds()[code].shipped().content, self.chance)
                since = self.chance.choice((date(2022, 1, 1), date(2023, 9, 1)))
                self._create("rules", kind=code, since=since, published_on=since, source_document="文件", content=json.dumps(content))
        for kind in ("land", "commitment", "land"):
            ended = self._day() if self.chance.random() < 0.5 else None
            self._create("reform_measures", kind=kind, title="举措", document="文件", adopted_on=date(2022, 3, 1), ended_on=ended)

    def go_on(self) -> None:
        """Do something; what the rules do not let in is counted by the zone."""
        steps = {self.offer: 3, self.sell: 4, self.promise: 2, self.verify: 5, self.land_mistake: 1, self.begin: 3, self.step: 7,
                 self.check: 4, self.case_mistake: 1}
        [step] = self.chance.choices([*steps], [*steps.values()])
        try:
            step()
            self.done[step.__name__] += 1
        except ValidationError:
            self.zone.refused += 1

    # Land

    def offer(self) -> None:
        """Enter a parcel, plan it and set what is demanded of it; or enter one that was transferred long ago."""
        planned, project = self._day(), self._project()
        self._create("parcels", name="宗地", area=self.chance.choice(("30", "45.5", "186.42")), park=self._any(self._live("parks")))
        land = self._live("parcels")[-1]
        if old := self.chance.random() < 0.25:
            facts: dict[str, Any] = {"planned_on": f"{planned:%Y-%m}", "transferred_on": f"{self._after(planned, 200):%Y-%m}"}
            facts |= {"enterprise": project.enterprise, "project": project}
        else:
            facts = {"planned_on": f"{planned}", "project": project if self.chance.random() < 0.5 else None}
        self._create("standard_parcels", parcel=land, **facts)
        offered = self._live("standard_parcels")[-1]
        for indicator, value in DEMANDED.items():
            if indicator != "output" and (not old or self.chance.random() < 0.7) or self.chance.random() < 0.3:
                self._create("control_indicators", standard_parcel=offered, indicator=indicator, value=value)

    def sell(self) -> None:
        """Announce a parcel that is planned, transfer one that is announced, or take one back."""
        parcel = self._one(self._live("standard_parcels", stage__in=("planned", "announced")))
        day = self._after((parcel.announced_on or parcel.planned_on).first, 90)
        if self.chance.random() < 0.1:
            self._do(parcel, "withdraw", withdrawn_on=day, withdraw_reason="规划调整")
        elif parcel.stage == "planned":
            self._do(parcel, "announce", announced_on=day, announced_evidence="公告")
        else:
            self._do(parcel, "transfer", transferred_on=day, transferred_evidence="合同", project=parcel.project or self._project())

    def promise(self) -> None:
        """Sign a promise for each indicator of a transferred parcel, some with a day of their own; or find that it is all verified."""
        parcel = self._one(self._live("standard_parcels", stage="transferred"))
        if self._live("land_promises", standard_parcel=parcel):
            self._do(parcel, "conclude", verified_on=clock.today())
            return
        self._do(parcel, "promise", signed_on=self._after(parcel.transferred_on.last, 60))
        for each in self._live("land_promises", standard_parcel=parcel):
            if self.chance.random() < 0.3:
                self._do(each, "correct", facts={"due_on": self._after(each.signed_on, 400)}, reason="约定")

    def verify(self) -> None:
        """Hand in a paper for a promise, and mostly judge it; refuse it, find that nothing came, or take a verdict back."""
        promise = self._one(self._live("land_promises"))
        papers = self._live("promise_evidence", promise=promise)
        last = max([promise.signed_on, *(each.verified_on or each.handed_in_on for each in papers)])
        verb = self.chance.choice(("lapse", "revoke")) if self.chance.random() < 0.2 else "paper"
        if verb == "revoke":
            self._do(promise, "revoke", reason="看错")
        elif verb == "lapse":
            self._do(promise, "lapse", verified_on=self._after(max(last, promise.due or last), 60), consequence="违约金")
        else:
            handed = self._after(last, 120)
            self._do(promise, "record_paper", kind=PAPERS[promise.indicator], value=self.chance.choice(VALUES), handed_in_on=handed,
                     document=f"材料{self.chance.randrange(9999)}")
            paper, found = self._live("promise_evidence", promise=promise)[-1], self._after(handed, 30)
            promise = self._live("land_promises", pk=promise.pk)[0]
            if self.chance.random() < 0.15:
                self._do(paper, "refuse", reason="没有盖章")
            elif self.chance.random() < 0.8:
                follows: dict[str, Any] = {}
                if not promise.is_met(paper.value):
                    later = self._after(found, 200, least=1)
                    follows = self.chance.choice(({"rectify_by": later}, {"rectify_by": later}, {"consequence": "违约金"}))
                self._do(promise, "verify", evidence=paper, verified_on=found, **follows)

    def land_mistake(self) -> None:
        """Find that a promise, a paper or a parcel was entered by mistake, or that a promise was signed on another day."""
        name = self.chance.choice(("land_promises", "land_promises", "promise_evidence", "standard_parcels"))
        record: Any = self._one(self._live(name))
        if name == "land_promises" and self.chance.random() < 0.7:
            self._do(record, "correct", facts={"signed_on": self._after(record.signed_on, 30)}, reason="核对")
        else:
            self._do(record, "archive", reason="重复")

    # Commitments

    def begin(self) -> None:
        """Tell of a commitment and choose its items; or enter one that was approved long ago, and its items after it."""
        day, facts = self._day(), {}
        if self.chance.random() < 0.3:
            days = {"signed_on": 2, "publicised_on": 4, "approved_on": 60}
            facts = {name: f"{self._before(day + timedelta(days=after)):%Y-%m}" for name, after in days.items()}
        notified = f"{day:%Y-%m}" if facts else f"{day}"
        self._create("commitments", project=self._project(), notified_on=notified, **facts)
        case = self._live("commitments")[-1]
        for item in self.chance.sample(ITEMS, self.chance.randint(0, 3)):
            agreed = self._after(day, 300) if self.chance.random() < 0.2 else None
            self._create("commitment_items", commitment=case, item=item, check_due_on=agreed)

    def step(self) -> None:
        """Take a commitment a step further, on the day of the last step or some days later."""
        case = self._one([each for each in self._live("commitments") if each.stage not in ("accepted", "withdrawn")])
        days = (case.notified_on, case.signed_on, case.publicised_on, case.approved_on, case.checked_on)
        day = self._after(max(each.last for each in days if each), 25)
        verb = {"notified": "sign", "signed": "publicise", "publicised": "approve", "approved": "conclude", "checked": "accept",
                "breached": "restore"}[case.stage]  # fmt: skip
        facts: dict[str, Any] = {
            "sign": {"signed_on": day}, "publicise": {"publicised_on": day},
            "approve": {"approved_on": self._after(day, 20, least=8), "approved_evidence": "批复"},
            "conclude": {"checked_on": clock.today()},
            "accept": {"accepted_on": day}, "restore": {"restored_on": clock.today()},
        }[verb]  # fmt: skip
        if verb == "approve" and self.chance.random() < 0.3:
            facts["verify_due_on"] = self._after(facts["approved_on"], 200)
        if self.chance.random() < 0.04:
            verb, facts = "withdraw", {"withdrawn_on": day, "withdraw_reason": "改按常规办理"}
        self._do(case, verb, **facts)

    def check(self) -> None:
        """Check an item of a commitment, or the whole; by a step of the case, by a step of the item, or as a row of its own."""
        case = self._one(self._live("commitments", signed_on__isnull=False))
        item, day = self._any(self._live("commitment_items", commitment=case)), self._after(case.signed_on.last, 400)
        result = self.chance.choice(("kept", "kept", "kept", "rectify", "breach"))
        facts: dict[str, Any] = {"checked_on": day, "result": result}
        facts |= {"rectify": {"follow_up_on": day + timedelta(days=self.chance.randint(1, 60))}, "breach": {"consequence": "撤销批复"},
                  "kept": {}}[result]  # fmt: skip
        if self.chance.random() < 0.4:
            self._create("compliance_checks", commitment=case, item=item, **facts)
        else:
            self._do(item or case, "check", **facts)

    def case_mistake(self) -> None:
        """Find that a check, an item or a case was entered by mistake, that a check found something else, or another day of approval."""
        name = self.chance.choice(("compliance_checks", "compliance_checks", "commitments", "commitment_items"))
        record: Any = self._one(self._live(name))
        if name == "commitments" and record.approved_on:
            self._do(record, "correct", facts={"approved_on": self._after(record.approved_on.last, 30)}, reason="核对")
        elif name == "compliance_checks" and self.chance.random() < 0.6:
            self._do(record, "correct", facts={"result": "kept", "consequence": ""}, reason="看错")
        else:
            self._do(record, "archive", reason="重复")

    # Rows and days

    def _create(self, register: str, **facts: Any) -> None:
        told = {name: value for name, value in facts.items() if value is not None}
        commit([actions.find(f"{register}.create").plan(self.owner, by=SYSTEM, facts=told)], by=SYSTEM)

    def _do(self, record: Record, verb: str, **told: Any) -> None:
        record = type(record).objects.get(pk=record.pk)
        commit([actions.find(f"{record.register}.{verb}").plan(record, by=SYSTEM, version=record.row_version, **told)], by=SYSTEM)

    def _live(self, register: str, **asked: Any) -> list[Any]:
        return list(registers()[register].objects.current().filter(owner=self.owner, **asked).order_by("id"))

    def _project(self) -> Any:
        return self._one(self._live("projects", enterprise__isnull=False))

    def _one(self, rows: list[Any]) -> Any:
        if not rows:
            raise ValidationError("nothing there")
        return self.chance.choice(rows)

    def _any(self, rows: list[Any]) -> Any:
        return self.chance.choice(rows) if rows and self.chance.random() < 0.8 else None

    def _day(self) -> date:
        return date(2022, 6, 1) + timedelta(days=self.chance.randrange(700))

    def _after(self, day: date, most: int, least: int = 0) -> date:
        return self._before(day + timedelta(days=self.chance.randint(least, most)))

    def _before(self, day: date) -> date:
        return min(day, clock.today())
