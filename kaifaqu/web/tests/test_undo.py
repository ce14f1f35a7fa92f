"""Undo: a changeset is taken back as a whole, or refused with what is in the way."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, audit, events, testing
from kaifaqu.kernel.commit import Change, commit
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project, ProjectSuspension
from kaifaqu.sheets.models import Changeset, Origin

BEFORE = """
    code | name | signed_on | total_investment
    P1   | 铸造 | 2024-01   | 100
    P2   | 陶瓷 | 2024-02   | 200
"""


@pytest.fixture
def before(zone) -> list[Record]:
    return testing.enter(Project, zone, BEFORE)


def change(zone, clerk, before) -> Changeset:
    """Make a changeset: P1 costs more, P2 is archived, P3 is new."""
    mark = Change(Changeset(owner=zone), {"kind": Origin.IMPORT, "target": "projects", "file_name": "项目.xlsx"})
    mark.action, mark.planner = "changesets.test", clerk
    plan = {verb: actions.find(f"projects.{verb}").plan for verb in ("create", "correct", "archive")}
    return commit([
        mark,
        plan["correct"](before[0], by=clerk, version=1, facts={"total_investment": "150"}, reason="导入"),
        plan["archive"](before[1], by=clerk, version=1, reason="导入"),
        plan["create"](zone, by=clerk, facts={"code": "P3", "name": "新", "signed_on": "2024-03-01"}),
    ], by=clerk)[0]


def rows(world: World) -> list[tuple]:
    return list(world.rows(Project).order_by("code").values_list("code", "name", "signed_on", "total_investment", "stage"))


def undo(changeset, clerk, reason="填错了表"):
    return commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=changeset.row_version, reason=reason)], by=clerk)


def test_everything_is_as_before_and_the_time_between_stays_known(zone, clerk, before):
    today = rows(World())
    changeset = change(zone, clerk, before)
    changed, known = rows(World()), events.last_seq()
    undo(changeset, clerk)
    assert rows(World()) == today
    assert rows(World(known)) == changed != today
    assert audit.verify().problems == []
    changeset.refresh_from_db()
    assert (changeset.undone_by.kind, changeset.undone_by.changed) == (Origin.UNDO, 3)


def test_an_undo_can_be_undone(zone, clerk, before):
    changeset = change(zone, clerk, before)
    changed = rows(World())
    back = undo(changeset, clerk)[0]
    undo(back, clerk, "还是要的")
    assert rows(World()) == changed


def test_it_is_refused_where_a_row_has_changed_since_or_others_refer_to_it(zone, clerk, before):
    changeset = change(zone, clerk, before)
    made = Project.objects.get(code="P3")
    testing.enter(ProjectSuspension, zone, "subject | since      | until      | cause\nP3      | 2024-04-01 | 2024-05-01 | 资金", by=clerk)
    first = Project.objects.get(code="P1")
    commit([actions.find("projects.correct").plan(first, by=clerk, version=2, facts={"name": "铸件"}, reason="更名")], by=clerk)
    known = events.last_seq()
    with pytest.raises(ValidationError) as refusal:
        undo(changeset, clerk)
    told = refusal.value.messages
    assert told[1:] == ["P1 铸件：这一批之后又有变更。", f"停缓建「{ProjectSuspension.objects.get()}」引用了这一批新增的{made}。"]
    assert events.last_seq() == known


def test_a_refusal_names_only_what_the_person_may_see(zone, clerk, before):
    limited = testing.employ(zone, "limited", "projects.view projects.edit changesets.view changesets.undo")
    changeset = change(zone, clerk, before)
    testing.enter(ProjectSuspension, zone, "subject | since      | until      | cause\nP3      | 2024-04-01 | 2024-05-01 | 资金", by=clerk)
    first = Project.objects.get(code="P1")
    commit([actions.find("projects.correct").plan(first, by=clerk, version=2, facts={"name": "铸件"}, reason="更名")], by=clerk)
    with pytest.raises(ValidationError) as refusal:
        undo(changeset, limited)
    assert refusal.value.messages[1:] == ["P1 铸件：这一批之后又有变更。", "另有 1 处，涉及您无权查看的记录。"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(zone, clerk, before, reason):
    with pytest.raises(ValidationError, match="撤销请写明原因"):
        undo(change(zone, clerk, before), clerk, reason)


def test_it_is_taken_back_once(zone, clerk, before):
    changeset = change(zone, clerk, before)
    undo(changeset, clerk)
    changeset.refresh_from_db()
    with pytest.raises(ValidationError, match="已经撤销"):
        undo(changeset, clerk)


def test_what_was_changed_and_taken_back_since_is_in_nobodys_way(zone, clerk, before):
    first = rows(World())
    changeset = change(zone, clerk, before)
    second = change_again(zone, clerk)
    with pytest.raises(ValidationError, match="又有变更"):
        undo(changeset, clerk)
    undo(second, clerk)
    undo(changeset, clerk)
    assert rows(World()) == first


def change_again(zone, clerk) -> Changeset:
    mark = Change(Changeset(owner=zone), {"kind": Origin.BULK, "target": "projects"})
    mark.action, mark.planner = "changesets.test", clerk
    record = Project.objects.get(code="P1")
    plan = actions.find("projects.correct").plan
    return commit([mark, plan(record, by=clerk, version=record.row_version, facts={"name": "又改"}, reason="批量")], by=clerk)[0]
