"""Qualifications: valid to the day, listed before they end, renewed as cases."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.qualifications import watching
from kaifaqu.registers.qualifications.indicators import EXPIRING, GRANTED, VALID
from kaifaqu.registers.qualifications.models import Kind, Qualification, Renewal


@pytest.fixture
def firms(zone):
    """Return two enterprises."""
    return testing.enter(Enterprise, zone, "code | name\nA | 演示甲\nB | 演示乙")


@pytest.fixture
def held(zone, firms):
    """Return seven documents of two firms."""
    return testing.enter(Qualification, zone, """
        code | holder | kind                   | subject | since      | until
        Q1   | A      | production_certificate | C42E    | 2020-01-01 | 2024-10-05
        Q2   | A      | operating_certificate  |         | 2020-01-01 | 2024-10-04
        Q3   | B      | operating_certificate  |         | 2021-05-01 | 2024-08-06
        Q4   | B      | operating_certificate  |         | 2024-07-01 | 2027-07-01
        Q5   | B      | airworthiness          | B-001   | 2022-01-01 | 2024-08-05
        Q6   | A      | new_rd_org             |         | 2023-11-20 |
        Q7   | B      | airworthiness          | B-002   | 2023-08-10 | 2024-08-10
    """)


def codes(figure):
    return {record.code for record in figure.records}


def test_what_is_valid_and_what_ends_within_sixty_days(zone, held):
    day = Period.parse("2024-08-05")
    assert codes(VALID.figure(day, scope={zone})) == {"Q1", "Q2", "Q3", "Q4", "Q6", "Q7"}
    assert codes(EXPIRING.figure(day, scope={zone})) == {"Q2", "Q3", "Q7"}  # the sixtieth day is 2024-10-04; Q5 is over
    assert codes(GRANTED.figure(Period.parse("2023"), scope={zone})) == {"Q6", "Q7"}


def test_the_zones_own_rule_says_how_many_days(zone, held):
    plan = actions.find("rules.create").plan
    facts = {"kind": "qualifications.warning", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "演示制度",
             "content": '{"days": 1}'}
    commit([plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    assert codes(EXPIRING.figure(Period.parse("2024-08-05"), scope={zone})) == {"Q3"}


def test_what_ends_soon_becomes_one_case_due_on_its_last_valid_day(zone, held, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    watching.open_due()
    watching.open_due()
    rows = {each.qualification.code: each for each in Renewal.objects.select_related("qualification")}
    assert {code: (each.agreed_on, each.resolution_due_on, each.stage) for code, each in rows.items()} == {
        "Q2": (date(2024, 10, 3), date(2024, 10, 3), "registered"),
        "Q7": (date(2024, 8, 9), date(2024, 8, 9), "registered"),
    }  # Q3 is renewed by Q4
    assert rows["Q7"].title == "演示乙：适航证续办"


def test_the_watch_is_silent_where_nothing_is_due(zone, firms, caplog, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    testing.enter(Qualification, zone, "holder | kind | since\nA | other | 2020-01-01")
    watching.open_due()
    assert (Renewal.objects.count(), caplog.records) == (0, [])


def test_what_the_watch_is_refused_stands_in_the_log_and_hinders_no_other_owner(zone, other, held, caplog, monkeypatch, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    [firm] = testing.enter(Enterprise, other, "code | name\nX | 演示丙")
    testing.enter(Qualification, other, "code | kind | since | until\nQ9 | other | 2020-01-01 | 2024-08-09", holder=firm)
    clean = Renewal.clean

    def refuses(renewal):
        clean(renewal)
        if renewal.owner_id == zone.pk:
            raise ValidationError("演示拒绝")

    monkeypatch.setattr(Renewal, "clean", refuses)
    watching.open_due()
    assert [each.qualification.code for each in Renewal.objects.select_related("qualification")] == ["Q9"]
    assert "演示拒绝" in caplog.text


def test_a_renewal_of_a_holder_with_the_longest_name_has_a_title(zone, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    [firm] = testing.enter(Enterprise, zone, "code | name\nA | " + "长" * 200)
    testing.enter(Qualification, zone, "kind | since | until\nother | 2020-01-01 | 2024-08-09", holder=firm)
    watching.open_due()
    assert len(Renewal.objects.get().title) == 200


def test_a_new_rd_organisation_is_one_of_the_province():
    assert str(Kind.NEW_RD_ORG.label) == "省级新型研发机构认定"


def test_a_document_says_that_it_is_over_or_ends_soon(held, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    told = {each.code: each.warnings() for each in held}
    assert told["Q5"] == ["自 2024-08-05 起已经失效；续办的请另登记一份。"]
    assert told["Q3"] == ["还有 1 天失效（2024-08-06），请续办。"]
    assert told["Q1"] == told["Q6"] == []


def test_a_document_of_a_day_to_come_is_none_yet(zone, firms, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    with pytest.raises(ValidationError, match="「发证日期」2024-08-06 还没有到"):
        testing.enter(Qualification, zone, "holder | kind | since\nA | other | 2024-08-06")


def test_a_document_that_is_being_renewed_is_not_archived(zone, held, clerk, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    watching.open_due()
    [renewal] = Renewal.objects.filter(qualification=held[6])
    archive = actions.find("qualifications.archive").plan
    with pytest.raises(ValidationError, match=renewal.code):
        commit([archive(held[6], by=clerk, version=1, reason="重复登记")], by=clerk)


class TestQualifications(testing.RegisterTests):
    register = Qualification

    def facts(self, zone):
        [firm] = testing.enter(Enterprise, zone, "code | name\nA | 演示甲")
        return {"holder": firm, "kind": "other", "since": "2024-01-01"}


class TestRenewals(testing.RegisterTests):
    register = Renewal

    def facts(self, zone):
        [firm] = testing.enter(Enterprise, zone, "code | name\nA | 演示甲")
        [held] = testing.enter(Qualification, zone, "kind | since | until\nother | 2024-01-01 | 2099-01-01", holder=firm)
        return {"qualification": held, "title": "续办", "opened_on": "2024-02-01", "agreed_on": "2024-12-31"}
