"""Testing: records from a table of text, and the tests that every register inherits."""

from functools import cache
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kaifaqu.kernel import actions, audit, events, guard, indicators
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import Conflict, commit
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.records import Record, WriteRefused, field_of, registers, related
from kaifaqu.kernel.world import World


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of a table written with | between its columns; an empty cell is left out."""
    lines = [line for line in text.strip().splitlines() if line.strip(" -+|")]
    heads, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [{head: cell for head, cell in zip(heads, row, strict=False) if cell} for row in rows]


def enter(register: type[Record], owner: Party, text: str, *, by: Any = SYSTEM, **facts: Any) -> list[Record]:
    """Enter the table's rows in one commit, each through the register's own action; keys are written as codes."""
    create = actions.find(register.right_to("create")).plan
    rows = [{**facts, **{name: cell(register, name, value) for name, value in row.items()}} for row in table(text)]
    return commit([create(owner, by=by, facts=row) for row in rows], by=by)


def cell(register: type[Record], name: str, value: str) -> Any:
    """Return a cell's value: of a foreign key the record of that code."""
    fact = field_of(register, name)
    return related(fact).objects.current().get(code=value) if fact.is_relation else value


def found(code: str = "ZONE", name: str = "测试开发区") -> Party:
    """Found a test installation, whose clock may be set, and return its party."""
    return begin(code, name, name_en="Test Zone", demo=True)


def party(owner: Party, code: str, name: str, parent: Party | None = None) -> Party:
    """Enter another party that the owner administers."""
    facts = {"code": code, "name": name, "parent": parent}
    return commit([actions.find("parties.create").plan(owner, by=SYSTEM, facts=facts)], by=SYSTEM)[0]


def employ(owner: Party, code: str, rights: str = "", *, at: Party | None = None, below: bool = False) -> User:
    """Enter a person who has the rights (by default every right) in the party `at`, by default the owner."""
    [user] = commit([actions.find("users.create").plan(owner, by=SYSTEM, facts={"code": code, "name": f"演示{code}"})], by=SYSTEM)
    facts = {"code": f"role-{code}", "name": code, "rights": rights or _every_right()}
    [role] = commit([actions.find("roles.create").plan(owner, by=SYSTEM, facts=facts)], by=SYSTEM)
    member = {"user": user, "party": at or owner, "role": role, "below": below, "since": "2020-01-01"}
    commit([actions.find("memberships.create").plan(owner, by=SYSTEM, facts=member)], by=SYSTEM)
    return user


@cache
def _every_right() -> str:
    return " ".join(actions.rights())


class RegisterTests:
    """What must hold for every register. A subclass names its register and the facts of one right record."""

    register: ClassVar[type[Record]]

    def facts(self, zone: Party) -> dict[str, Any]:
        """Return the facts of one right record of the zone."""
        raise NotImplementedError

    def change(self) -> dict[str, Any]:
        """Return a fact to change on that record; by default its code."""
        return {"code": "CHANGED-1"}

    @pytest.fixture
    def record(self, zone: Party, clerk: User) -> Record:
        [made] = commit([self._plan("create", zone, clerk, facts=self.facts(zone))], by=clerk)
        return made

    def _plan(self, verb: str, subject: Record, user: User, **facts: Any) -> Any:
        return actions.find(self.register.right_to(verb)).plan(subject, by=user, **facts)

    def test_a_record_has_a_version_and_an_event(self, record, clerk):
        [version] = self.register.Version.objects.filter(id=record.pk)
        event = events.Event.objects.get(pk=version.seq)
        assert (event.subject_id, event.actor, event.action) == (record.pk, clerk.code, self.register.right_to("create"))
        assert self.register.objects.get(pk=record.pk).row_version == 1

    def test_a_correction_keeps_what_was_known_before(self, record, clerk):
        known = events.last_seq()
        commit([self._plan("correct", record, clerk, version=1, facts=self.change(), reason="更正")], by=clerk)
        [name] = self.change()
        before, after = World(known).rows(self.register).get(id=record.pk), World().rows(self.register).get(id=record.pk)
        assert getattr(before, name) == getattr(record, name) != getattr(after, name)

    def test_a_correction_gives_its_reason(self, record, clerk):
        with pytest.raises(ValidationError, match="原因"):
            self._plan("correct", record, clerk, version=1, facts=self.change())

    def test_two_editors_are_told_of_each_other(self, record, clerk):
        first = self._plan("correct", record, clerk, version=1, facts=self.change(), reason="甲")
        second = self._plan("correct", record, clerk, version=1, facts={"code": "CHANGED-2"}, reason="乙")
        commit([first], by=clerk)
        with pytest.raises(Conflict, match="已被他人修改"):
            commit([second], by=clerk)
        with pytest.raises(Conflict):
            self._plan("archive", self.register.objects.get(pk=record.pk), clerk, version=1, reason="过时")

    def test_an_archived_record_leaves_today_and_stays_in_the_past(self, record, clerk):
        known = events.last_seq()
        commit([self._plan("archive", record, clerk, version=1, reason="重复登记")], by=clerk)
        assert not World().rows(self.register).filter(id=record.pk).exists()
        assert World(known).rows(self.register).filter(id=record.pk).exists()

    def test_a_foreign_person_neither_sees_nor_changes_it(self, record, stranger, client):
        assert not self.register.objects.visible_to(stranger).filter(pk=record.pk).exists()
        for verb in ("correct", "archive"):
            with pytest.raises(PermissionDenied):
                self._plan(verb, record, stranger, version=1, reason="越权", **({"facts": {}} if verb == "correct" else {}))
        client.force_login(stranger)
        assert client.get(reverse("record", args=[self.register.register, record.pk])).status_code == 404

    def test_nobody_points_at_records_that_he_may_not_look_at(self, zone, clerk, other, stranger):
        facts = self.facts(zone)
        hidden = [value for value in facts.values() if isinstance(value, Record) and not isinstance(value, Party | User)]
        try:
            self._plan("create", other, stranger, facts=facts)
        except (PermissionDenied, ValidationError) as refusal:
            told = str(refusal)
        else:
            told = ""
        assert bool(told) == bool(hidden)
        assert not [value for value in hidden if str(value) in told]

    def test_the_pages_open(self, record, clerk, client):
        client.force_login(clerk)
        for name, keys in (("records", []), ("new", []), ("record", [record.pk]), ("edit", [record.pk])):
            assert client.get(reverse(name, args=[self.register.register, *keys])).status_code == 200, name

    def test_an_unknown_fact_is_refused(self, zone, clerk):
        with pytest.raises(ValidationError, match="没有可填的栏目"):
            self._plan("create", zone, clerk, facts={**self.facts(zone), "row_version": 7})

    def test_nothing_else_writes(self, record):
        for write in (record.save, record.delete, self.register.objects.all().delete, self.register.Version.objects.all().delete):
            with pytest.raises(WriteRefused):
                write()

    def test_the_chain_verifies(self, record):
        written = {*events.Event.objects.values_list("subject", flat=True)}
        assert audit.verify(only=[each for each in registers().values() if each._meta.label_lower in written]).problems == []

    def test_its_indicators_read_only_the_world(self, db):
        for definition in indicators.catalogue().values():
            for part in definition.parts():
                if part.register is self.register:
                    for by in (None, *definition.by):
                        assert self.register in guard.registers_read(part, by)
