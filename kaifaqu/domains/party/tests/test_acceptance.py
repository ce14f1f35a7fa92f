"""M2-08: the learning ledger, a domain that is off until somebody wants it."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.party.indicators import SESSIONS
from kaifaqu.domains.party.models import StudyAttendance, StudySession
from kaifaqu.kernel import access, actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.sheets import importing


@pytest.fixture
def secretary(zone):
    """Return a person who may enter sessions, and nothing else."""
    return testing.employ(zone, "secretary", "study_sessions.view study_sessions.edit study_attendances.edit")


@pytest.fixture
def sessions(zone):
    """Return four sessions, one of each mode; the last lies in another half-year."""
    return testing.enter(StudySession, zone, """
        code | held_on    | mode      | topic    | attendance
        S1   | 2024-03-12 | gathered  | 两会精神 | 18
        S2   | 2024-04-09 | led       | 条例领读 | 11
        S3   | 2024-06-30 | party_day | 企业问需 | 16
        S4   | 2024-07-01 | platform  | 线上自学 |
    """, branch=zone)


def told(period, by=None):
    """Return the number of sessions, and that of each group."""
    figure = SESSIONS.figure(Period.parse(period), scope=access.scope(), by=by)
    return figure.value, {group.label: group.value for group in figure.groups}


def test_m2_08_a_secretary_records_a_session_in_one_of_four_modes_with_attendance(zone, secretary):
    create = actions.find("study_sessions.create").plan
    facts = {"held_on": "2024-03-12", "mode": "gathered", "branch": zone, "topic": "两会精神", "attendance": 18}
    [held] = commit([create(zone, by=secretary, facts=facts)], by=secretary)
    attend = actions.find("study_attendances.create").plan
    commit([attend(zone, by=secretary, facts={"session": held, "person": secretary})], by=secretary)
    assert (held.get_mode_display(), held.attendance, StudyAttendance.objects.get().person) == ("集中学习", 18, secretary)
    assert [str(label) for _mode, label in StudySession._meta.get_field("mode").choices] == ["领读", "集中学习", "主题党日", "平台自学"]
    with pytest.raises(ValidationError):
        create(zone, by=secretary, facts={**facts, "mode": "another"})


def test_m2_08_counts_by_mode_and_period_are_right(sessions):
    by = SESSIONS.by[0]
    assert told("2024-H1", by) == (3, {"集中学习": 1, "领读": 1, "主题党日": 1})
    assert told("2024-Q2", by) == (2, {"领读": 1, "主题党日": 1})
    assert told("2024", by) == (4, {"集中学习": 1, "领读": 1, "主题党日": 1, "平台自学": 1})


def test_m2_08_a_session_is_entered_in_one_line(zone, clerk):
    line = "活动日期\t学习方式\t支部\t学习主题\t参加人数\n2024-07-23\t集中学习\tZONE\t项目业务学习\t19"
    upload = importing.receive(StudySession, zone, clerk, "粘贴.txt", line)
    importing.check(upload)
    importing.write(upload, clerk)
    held = StudySession.objects.get()
    assert (str(held.held_on), held.mode, held.branch, held.topic, held.attendance) == ("2024-07-23", "gathered", zone, "项目业务学习", 19)


def test_m2_08_no_document_is_kept(zone, clerk, sessions):
    assert StudySession._meta.get_field("topic").max_length == 100
    attach = actions.find("study_sessions.attach").plan
    with pytest.raises(ValidationError, match="不附文件"):
        attach(sessions[0], by=clerk, version=1, kept=None)
