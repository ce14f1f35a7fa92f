"""Stories: what the people of a demo did, told day by day through the same actions that everybody uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, System, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record


@dataclass(frozen=True)
class Ref:
    """A record that a scene speaks of by its code; it need not exist before the scene is played."""

    register: type[Record]
    code: str

    def find(self, owner: Party) -> Record:
        """Return the owner's record of this code."""
        return self.register.objects.current().get(owner=owner, code=self.code)


@dataclass(frozen=True)
class Scene:
    """One action at one moment: who took it, on which record (of an action that creates one, none), with what facts."""

    at: datetime
    by: str
    action: str
    record: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

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


def moment(day: date, minutes: int = 0) -> datetime:
    """Return a moment of the day in Asia/Shanghai, so many minutes after nine in the morning."""
    return datetime.combine(day, time(9), clock.ZONE) + timedelta(minutes=minutes)


def tell(owner: Party, scenes: Iterable[Scene]) -> None:
    """Play the scenes in the order of their moments, each on its own day; scenes of one moment in the order given."""
    people: dict[str, User] = {}
    for scene in sorted(scenes, key=lambda scene: scene.at):
        clock.set(scene.at)
        if scene.by not in people:
            people[scene.by] = User.objects.get_by_natural_key(scene.by)
        scene.play(owner, people[scene.by])


def _found(value: Any, owner: Party) -> Any:
    """Return the value with the records that it speaks of, in facts within facts too."""
    if isinstance(value, Ref):
        return value.find(owner)
    if isinstance(value, list | tuple):
        return type(value)(_found(each, owner) for each in value)
    return {name: _found(each, owner) for name, each in value.items()} if isinstance(value, Mapping) else value
