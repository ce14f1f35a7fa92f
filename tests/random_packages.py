"""Packages of approvals in a random zone: items are told what is missing, suspended, extended, given back, sent back, late, withdrawn.

It draws from a chance of its own, so that what else happens in the zone stays as it is.
"""

import json
import random
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import registers

WAITS = {"filing": [], "land": ["filing"], "eia": ["filing"], "plan": ["land"], "permit": ["plan", "eia"]}
BASIS = "行政许可法第四十五条"
OPEN = ("registered", "assigned", "accepted", "handling", "suspended", "long_term", "refused", "resolved")
FORWARD = ("submit", "accept", "resume", "take_up", "grant", "decline", "deliver", "resolve")
WORDS = ("ask", "grant", "decline", "update", "remind")  # which need no stage of their own
STEPS: dict[str, dict[str, Any]] = {  # what may be done with an item, and with what
    "submit": {}, "accept": {}, "begin": {}, "supplement": {"text": "缺一份材料"}, "resume": {}, "take_up": {}, "deliver": {},
    "suspend": {"text": "专家评审", "basis": BASIS}, "give_back": {"text": "不合格"}, "send_back": {"text": "日期有误"},
    "ask": {"amount": 3, "text": "情况复杂"}, "grant": {}, "decline": {"text": "不需要"}, "resolve": {"result": "同意"},
    "update": {"text": "在办"}, "remind": {},
}  # fmt: skip


class RandomPackages:
    """The packages of one random zone; `done` counts by verb what was let in."""

    def __init__(self, zone: Any, seed: str):
        self.zone, self.owner, self.chance = zone, zone.owner, random.Random(f"packages {seed}")
        self.done: dict[str, int] = {}
        offices = [each.code for each in zone.offices]
        days = {code: self.chance.randint(1, 6) for code in WAITS}
        items = {code: {
            "label": f"事项{code}", "body": self.chance.choice(offices), "phase": self.chance.choice(("立项", "施工")),
            "promised": days[code], "statutory": days[code] + self.chance.randint(0, 12), **({"needs": needs} if needs else {}),
        } for code, needs in WAITS.items()}
        self._create("rules", kind="reforms.items", since=date(2022, 1, 1), published_on=date(2022, 1, 1), source_document="目录",
                     content=json.dumps({"items": items}))

    def go_on(self) -> None:
        """Do something with a package or an item; what the rules do not let in is counted by the zone."""
        steps = {self.entrust: 1, self.stock: 0.4, self.move: 14, self.close: 1.5, self.correct: 0.4, self.archive: 0.2}
        [step] = self.chance.choices([*steps], [*steps.values()])
        try:
            step()
        except ValidationError:
            self.zone.refused += 1

    def entrust(self) -> None:
        """Entrust a project with all or some of the catalogue, and hand most of the packages in."""
        project, day = self._one(self.zone.rows["projects"]), self._day()
        chosen = self.chance.choice(("", "", "filing eia", "filing plan permit"))
        create = actions.find("packages.entrust").plan
        [package, *_items] = commit([create(self.owner, by=SYSTEM, kind=self.chance.choice(("agency", "integrated", "integrated")),
                                            project=project, entrusted_on=day, chosen=chosen)], by=SYSTEM)
        if self.chance.random() < 0.9:
            self._do("packages", "submit", package, submitted_on=day + timedelta(days=self.chance.randrange(4)))

    def stock(self) -> None:
        """Enter an item that comes in with its days, of which some are not known."""
        package, first = self._one(self._live("packages", stage__in=("entrusted", "handling"))), self._day()
        days = [first + timedelta(days=n) for n in sorted(self.chance.randrange(30) for _ in range(3))]
        facts = dict(zip(("received_on", "accepted_on", "resolved_on"), days, strict=True))
        for name in self.chance.choice(("", "resolved_on", "accepted_on", "accepted_on resolved_on", "received_on accepted_on")).split():
            del facts[name]
        self._create("package_items", package=package, item=f"old{self.chance.randrange(999)}", title="旧事项", statutory_days=9,
                     promised_days=4, opened_on=first, holder=self.chance.choice((*self.zone.offices, None)), **facts)
        self.done["stock"] = self.done.get("stock", 0) + 1

    def move(self) -> None:
        """Take an item some steps further, each on the day of its last step or some days later."""
        live = self._live("package_items", stage__in=OPEN, package__stage__in=("entrusted", "handling"))
        for _ in range(5):
            begun = [each for each in live if each.stage not in ("registered", "resolved")]
            item = self._one(begun if self.chance.random() < 0.6 else live)
            item.refresh_from_db()
            source = [step.action for step in type(item).lifecycle.steps if step.source == item.stage]
            verbs = [verb for verb in STEPS if f"package_items.{verb}" in source or verb in WORDS and item.offers(verb)]
            if not verbs:  # its result was handed over a moment ago
                continue
            [verb] = self.chance.choices(verbs, [4 if verb in FORWARD else 2 if verb == "ask" else 1 for verb in verbs])
            last = max([item.opened_on, *(each.on for each in item.steps())])
            facts = {**STEPS[verb], "on": last + timedelta(days=self.chance.choice((0, 0, 1, 2, 5, 9, 30)))}
            if verb == "submit" and item.holder is None:
                facts["holder"] = self.chance.choice(self.zone.offices)
            self._do("package_items", verb, item, **facts)

    def close(self) -> None:
        """Finish a package of which everything is decided, or withdraw one."""
        packages = self._live("packages", stage="handling")
        over = [each for each in packages if all(item.stage in ("resolved", "closed") for item in self._items(each))]
        package = self._one(over or packages)
        last = max([package.submitted_on, *(step.on for item in self._items(package) for step in item.steps())])
        day = last + timedelta(days=self.chance.randrange(6))
        if over:
            self._do("packages", "finish", package, finished_on=day)
        elif self.chance.random() < 0.3:
            self._do("packages", "withdraw", package, withdrawn_on=day, reason="项目不建了")

    def correct(self) -> None:
        """Correct the project of a package, or what an item is called."""
        if self.chance.random() < 0.5:
            package, project = self._one(self._live("packages")), self._one(self.zone.rows["projects"])
            self._do("packages", "correct", package, facts={"project": project}, reason="核对")
        else:
            self._do("package_items", "correct", self._one(self._live("package_items")), facts={"phase": "验收"}, reason="核对")

    def archive(self) -> None:
        """Archive an item of a package that is not over, or such a package."""
        package = self._one(self._live("packages", stage__in=("entrusted", "handling")))
        if self.chance.random() < 0.5:
            self._do("packages", "archive", package, reason="重复")
        else:
            self._do("package_items", "archive", self._one(self._items(package)), reason="不用办")

    def _create(self, register: str, **facts: Any) -> None:
        commit([actions.find(f"{register}.create").plan(self.owner, by=SYSTEM, facts=facts)], by=SYSTEM)

    def _do(self, register: str, verb: str, record: Any, **told: Any) -> None:
        record = registers()[register].objects.get(pk=record.pk)
        commit([actions.find(f"{register}.{verb}").plan(record, by=SYSTEM, version=record.row_version, **told)], by=SYSTEM)
        self.done[verb] = self.done.get(verb, 0) + 1

    def _live(self, register: str, **asked: Any) -> list[Any]:
        return list(registers()[register].objects.current().filter(owner=self.owner, **asked).order_by("id"))

    def _items(self, package: Any) -> list[Any]:
        return self._live("package_items", package=package)

    def _one(self, rows: Any) -> Any:
        if not rows:
            raise ValidationError("nothing there")
        return self.chance.choice(rows)

    def _day(self) -> date:
        return min(date(2023, 1, 2) + timedelta(days=self.chance.randrange(560)), clock.today())
