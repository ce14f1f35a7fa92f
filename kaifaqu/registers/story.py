"""Stories: what the people of a demo did, told day by day through the same actions that everybody uses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, System, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record

TOGETHER = 500  # records that are looked up in one statement


@dataclass(frozen=True)
class Ref:
    """A record that a scene speaks of by its code; it need not exist before the scene is played."""

    register: type[Record]
    code: str

    def find(self, owner: Party) -> Record:
        """Return the owner's record of this code; a party or a person whose code this is, whoever administers it."""
        rows = self.register.objects.current()
        return rows.get(code=self.code) if self.register in (Party, User) else rows.get(owner=owner, code=self.code)


@dataclass(frozen=True)
class Scene:
    """One action at one moment: who took it, on which record (of an action that creates one, none), with what facts.

    `owner` is the code of the party whose record it is; by default the installation's own.
    """

    at: datetime
    by: str
    action: str
    record: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""

    def play(self, owner: Party, person: User | System) -> None:
        """Take the action as the person."""
        action = actions.find(self.action)
        facts = {name: _found(value, owner) for name, value in self.facts.items()}
        if action.creates:
            planned = action.plan(owner, by=person, **facts)
        else:
            record = Ref(action.register, self.record).find(owner)
            planned = action.plan(record, by=person, version=record.row_version, **facts)
        commit([planned], by=person)


@dataclass(frozen=True)
class Batch:
    """Many rows of one register that somebody enters at one moment, such as a ledger that was kept elsewhere before."""

    at: datetime
    by: str
    register: type[Record]
    rows: Sequence[Mapping[str, Any]]
    owner: str = ""

    def play(self, owner: Party, person: User | System) -> None:
        """Enter the rows as the person, in one commit; what the rows speak of is looked up in a few statements."""
        create, there = actions.find(self.register.right_to("create")).plan, self._there(owner)
        find = cache(lambda ref: there.get(ref) or ref.find(owner))
        commit([create(owner, by=person, facts=_found(dict(row), owner, find)) for row in self.rows], by=person)

    def _there(self, owner: Party) -> dict[Ref, Record]:
        """Return the records of the owner that the rows speak of."""
        codes: dict[type[Record], set[str]] = {}
        for ref in (value for row in self.rows for value in row.values() if isinstance(value, Ref)):
            codes.setdefault(ref.register, set()).add(ref.code)
        return {
            Ref(register, record.code): record for register, wanted in codes.items() for start in range(0, len(wanted), TOGETHER)
            for record in register.objects.current().filter(owner=owner, code__in=sorted(wanted)[start:start + TOGETHER])}


def moment(day: date, minutes: int = 0) -> datetime:
    """Return a moment of the day in Asia/Shanghai, so many minutes after nine in the morning."""
    return datetime.combine(day, time(9), clock.ZONE) + timedelta(minutes=minutes)


def tell(owner: Party, scenes: Iterable[Scene | Batch]) -> None:
    """Play the scenes in the order of their moments, each on its own day; scenes of one moment in the order given."""
    people: dict[tuple[str, date], User] = {}  # rights are those of a day
    owners = {"": owner}
    for scene in sorted(scenes, key=lambda scene: scene.at):
        clock.set(scene.at)
        who = scene.by, scene.at.date()
        if who not in people:
            people[who] = User.objects.get_by_natural_key(scene.by)
        if scene.owner not in owners:
            owners[scene.owner] = Party.objects.current().get(code=scene.owner)
        scene.play(owners[scene.owner], people[who])


def _found(value: Any, owner: Party, find: Callable[[Ref], Record] | None = None) -> Any:
    """Return the value with the records that it speaks of, in facts within facts too."""
    if isinstance(value, Ref):
        return find(value) if find else value.find(owner)
    if isinstance(value, list | tuple):
        return type(value)(_found(each, owner, find) for each in value)
    return {name: _found(each, owner, find) for name, each in value.items()} if isinstance(value, Mapping) else value
