"""One commit writes everything or nothing, and says all that is wrong at once."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from kaifaqu.kernel import actions, audit, clock, events
from kaifaqu.kernel.access import SYSTEM, Party, Role, User
from kaifaqu.kernel.commit import Conflict, commit
from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.testing import enter
from kaifaqu.kernel.world import World

CREATE, CORRECT, ARCHIVE = (f"parties.{verb}" for verb in ("create", "correct", "archive"))


def plan(code, record, **facts):
    return actions.find(code).plan(record, by=SYSTEM, **facts)


def test_everything_wrong_is_said_at_once_and_nothing_is_written(zone):
    before = events.last_seq()
    rows = [{"code": "A", "name": "甲"}, {"code": "A", "name": "乙"}, {"code": "ZONE", "name": "丙"}]
    with pytest.raises(ValidationError) as refusal:
        commit([plan(CREATE, zone, facts=row) for row in rows], by=SYSTEM)
    assert any(text.startswith("乙：") for text in refusal.value.messages)
    assert any(text.startswith("丙：") for text in refusal.value.messages)
    assert (events.last_seq(), Party.objects.filter(code="A").exists()) == (before, False)


def test_one_commit_is_one_changeset_numbered_without_gap(zone):
    first = events.last_seq() + 1
    enter(Party, zone, "code | name \n A | 甲 \n B | 乙 \n C | 丙")
    assert list(Event.objects.filter(seq__gte=first).values_list("seq", "changeset")) == [(first + n, first) for n in range(3)]


def test_a_record_is_numbered_by_the_event_that_made_it(zone):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    assert made.pk == events.last_seq() == Event.objects.last().subject_id


def test_codes_are_given_in_order_where_none_is_written(zone):
    made = enter(Party, zone, "name \n 甲 \n 乙")
    assert [record.code for record in made] == ["U0001", "U0002"]
    assert enter(Party, zone, "name \n 丙")[0].code == "U0003"


def test_an_archived_code_entered_again_goes_on_with_its_history(zone):
    [made] = enter(Role, zone, "code | name \n A | 甲")
    known = events.last_seq()
    [gone] = commit([plan("roles.archive", made, version=1, reason="重复")], by=SYSTEM)
    [back] = enter(Role, zone, "code | name \n A | 甲二")
    assert (back.pk, back.row_version, back.archived_at) == (made.pk, 3, None)
    names = [World(at).rows(Role).filter(code="A").values_list("name", flat=True).first() for at in (known, known + 1, known + 2)]
    assert names == ["甲", None, "甲二"]
    assert gone.row_version == 2
    assert audit.verify().problems == []


def test_of_two_changes_planned_on_one_version_the_second_is_refused_and_named(zone):
    made = enter(Party, zone, "code | name \n A | 甲 \n B | 乙")
    stale = [plan(CORRECT, record, version=1, facts={"name": "后"}, reason="后") for record in made]
    commit([plan(CORRECT, made[0], version=1, facts={"name": "先"}, reason="先")], by=SYSTEM)
    with pytest.raises(Conflict) as conflict:
        commit(stale, by=SYSTEM)
    assert [record.code for record in conflict.value.records] == ["A"]
    assert Party.objects.get(code="B").name == "乙"


def test_a_change_of_nothing_writes_nothing(zone):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    before = events.last_seq()
    [same] = commit([plan(CORRECT, made, version=1, facts={"name": "甲"})], by=SYSTEM)
    assert (same.row_version, events.last_seq()) == (1, before)


def test_a_fact_that_was_empty_needs_no_reason_and_one_that_stood_there_does(zone):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    [filled] = commit([plan(CORRECT, made, version=1, facts={"name_en": "A"})], by=SYSTEM)
    with pytest.raises(ValidationError, match="原因"):
        plan(CORRECT, filled, version=2, facts={"name_en": "B"})


def test_time_in_the_chain_never_runs_back(zone):
    clock.set(datetime(2030, 1, 1, tzinfo=clock.ZONE))
    enter(Party, zone, "code | name \n A | 甲")
    clock.release()
    enter(Party, zone, "code | name \n B | 乙")
    assert Event.objects.get(seq=events.last_seq()).at == Head.objects.get().at == datetime(2030, 1, 1, tzinfo=clock.ZONE)


def test_the_clock_of_a_demo_is_set_forward_only(zone):
    enter(Party, zone, "code | name \n A | 甲")
    with pytest.raises(clock.ClockRefused, match="只能向前"):
        clock.set(datetime(2020, 1, 1, tzinfo=clock.ZONE))


def test_a_personal_fact_stands_in_no_event_and_can_be_erased(zone):
    [person] = enter(User, zone, "code | name \n p | 演示张三丰")
    [erased] = commit([plan("users.erase", person, version=1, reason="本人要求")], by=SYSTEM)
    payloads = "".join(Event.objects.values_list("payload", flat=True))
    assert "张三丰" not in payloads
    assert not any(row.name for row in [erased, User.objects.get(pk=person.pk), *User.Version.objects.filter(id=person.pk)])
    assert audit.verify().problems == []


def test_a_forged_row_is_named(zone):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_party SET name = '假' WHERE id = %s", [made.pk])
    assert audit.verify().problems == [f"现存行 kernel.party {made.pk}（A）：与最后版本 #{made.pk} 不符：名称。"]


def test_a_code_of_a_person_or_a_party_is_never_used_again(zone):
    [person] = enter(User, zone, "code | name \n zhang | 甲")
    commit([plan("users.archive", person, version=1, reason="离职")], by=SYSTEM)
    with pytest.raises(ValidationError, match="账号已被使用"):
        enter(User, zone, "code | name \n zhang | 乙")


def test_two_changes_of_one_record_in_one_commit_are_refused(zone):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    both = [plan(CORRECT, made, version=1, facts={"name": name}, reason="改") for name in ("乙", "丙")]
    with pytest.raises(ValidationError, match="同一批中有两处变更"):
        commit(both, by=SYSTEM)


def test_what_rows_break_only_together_is_refused_when_they_are_written_and_nothing_of_it_stays(zone, monkeypatch):
    met = []

    def refuse(cls, written):
        met.append([each.code for each in written])
        if Party.objects.current().filter(name="同名").count() > 1:
            raise ValidationError("两个单位同名。")

    monkeypatch.setattr(Party, "refuse_together", classmethod(refuse))
    enter = actions.find("parties.create").plan
    commit([enter(zone, by=SYSTEM, facts={"code": "A", "name": "同名"})], by=SYSTEM)
    before = events.last_seq()
    with pytest.raises(ValidationError, match="两个单位同名"):
        commit([enter(zone, by=SYSTEM, facts={"code": code, "name": "同名"}) for code in ("B", "C")], by=SYSTEM)
    assert met == [["A"], ["B", "C"]]
    assert (events.last_seq(), Party.objects.filter(code__in="BC").count()) == (before, 0)


def test_a_failed_commit_leaves_its_changes_as_they_were_planned(zone, monkeypatch):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    changes = [plan(CORRECT, made, version=1, facts={"name": "乙"}, reason="改"), plan(CREATE, zone, facts={"name": "丙"})]
    with monkeypatch.context() as broken:
        broken.setattr("kaifaqu.kernel.commit._update", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            commit(changes, by=SYSTEM)
    assert (changes[0].result.row_version, changes[1].result.pk, changes[1].result.code) == (1, None, "")
    assert [record.name for record in commit(changes, by=SYSTEM)] == ["乙", "丙"]


@pytest.mark.parametrize(("forge", "named"), [
    ("UPDATE kernel_head SET at = '2099-01-01 00:00:00+00:00'", "链头"),
    ("UPDATE kernel_party_version SET seq = -1 WHERE seq = 1", "版本 kernel.party #-1"),
    ("UPDATE kernel_event SET seq = -1 WHERE seq = 1", "事件 #-1"),
])
def test_what_was_written_outside_the_chain_is_named(zone, forge, named):
    with connection.cursor() as cursor:
        cursor.execute(forge)
    assert any(named in problem for problem in audit.verify().problems)


@pytest.mark.parametrize("forged", ['{"columns"', "not JSON", '{"digest":1}', "[]"])
def test_a_forged_event_is_named_whatever_it_has_become(zone, forged):
    [made] = enter(Party, zone, "code | name \n A | 甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_event SET payload = %s WHERE seq = %s", [forged, made.pk])
    assert audit.verify().problems[0].startswith(f"事件 #{made.pk}（parties.create）：内容与哈希不符")
