"""Steps come in an order that can be; from them follow with whom an application is, how many days, and the first-pass rate."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.subsidies import indicators, schemes
from kaifaqu.domains.subsidies.models import SubsidyApplication, SubsidyPayment, SubsidyStep
from kaifaqu.domains.subsidies.progress import by_office, state_of, stretches
from kaifaqu.domains.subsidies.progress_indicators import DECIDED, FIRST_PASS, FIRST_PASS_RATE
from kaifaqu.domains.subsidies.tests.conftest import told
from kaifaqu.domains.subsidies.tests.test_registers import application
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.story import moment


class TestSteps(testing.RegisterTests):
    register = SubsidyStep

    def facts(self, zone):
        [made] = testing.enter(SubsidyApplication, zone, "code\nA9", **application(zone))
        return {"application": made, "state": "accepted", "taken_on": "2024-06-03"}


def enter(zone, text):
    """Enter steps as `state day` with the application A1, which was handed in on 30 June."""
    rows = "\n".join(f"A1 | {line.replace(' ', ' | ')} | 照片不清" for line in text.split(", "))
    return testing.enter(SubsidyStep, zone, f"application | state | taken_on | reason\n{rows}")


@pytest.mark.parametrize(("text", "sentence"), [
    ("accepted 2024-06-29", "A1：「受理」2024-06-29 早于申请提交日期 2024-06-30"), ("accepted 2024-08-06", "还没有到"),
    ("passed 2024-07-02", "「审核通过」（2024-07-02）不能接在「提交申请」后面"),
    ("refused 2024-07-02, accepted 2024-07-03", "「受理」（2024-07-03）不能接在「不予通过」后面"),
    ("accepted 2024-07-02, resubmitted 2024-07-03", "「补正后再提交」（2024-07-03）不能接在「受理」后面"),
    ("accepted 2024-07-02, returned 2024-07-03, passed 2024-07-05", "「审核通过」（2024-07-05）不能接在「退回补正」后面"),
])
def test_steps_that_cannot_be_are_refused_and_nothing_is_written(zone, applications, text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        enter(zone, text)
    assert not SubsidyStep.objects.exists()


def test_a_step_between_two_others_is_judged_in_the_order_of_days(zone, applications, clerk):
    enter(zone, "accepted 2024-07-02, passed 2024-07-20")
    enter(zone, "returned 2024-07-05, resubmitted 2024-07-09")
    step = SubsidyStep.objects.get(state="resubmitted")
    with pytest.raises(ValidationError, match="不能接在「退回补正」后面"):
        commit([actions.find("subsidy_steps.archive").plan(step, by=clerk, version=1, reason="登记错")], by=clerk)


def test_a_return_has_a_reason(zone, applications):
    with pytest.raises(ValidationError, match="「退回补正」请写明原因"):
        testing.enter(SubsidyStep, zone, "application | state | taken_on\nA1 | returned | 2024-07-02")


def run(record, terms=None):
    """Return the stretches of an application as short rows."""
    steps = [*SubsidyStep.objects.filter(application=record).order_by("taken_on", "id")]
    payments = [*SubsidyPayment.objects.filter(application=record)]
    return [*stretches(record, steps, payments, clock.today(), terms)], state_of(steps, payments)


def short(found):
    return [(str(each.phase.label), each.office, each.days) for each in found]


def test_days_at_each_office(zone, applications):
    """A1: handed in on 30 June, paid on 20 July."""
    assert run(applications[2]) == ([*run(applications[2])[0]], "已提交")
    assert short(run(applications[2])[0]) == [("等待受理", "商务部门", 11)]  # 25 July to 5 August
    enter(zone, "accepted 2024-07-02, returned 2024-07-05, resubmitted 2024-07-09, passed 2024-07-15")
    found, state = run(applications[0])
    assert short(found) == [
        ("等待受理", "商务部门", 2), ("等待审核", "商务部门", 3), ("等待补正", "申请人", 4), ("等待审核", "商务部门", 6),
        ("等待拨付", "财政部门", 5)]
    assert by_office(found) == {
        ("商务部门", "等待受理"): 2, ("商务部门", "等待审核"): 9, ("申请人", "等待补正"): 4, ("财政部门", "等待拨付"): 5}
    assert state == "已发放"
    assert not any(each.is_late or each.due for each in found)  # the scheme of 2024 gives no limits


def test_what_was_paid_without_steps_waits_for_nothing(applications):
    assert run(applications[1]) == ([], "已发放")


def test_the_limits_of_2026_mark_what_is_late(zone, vehicles):
    clock.set(moment(date(2026, 3, 31)))
    terms = schemes.terms(schemes.SCHEMES.shipped().content, 2026, date(2026, 3, 31))
    [made] = testing.enter(SubsidyApplication, zone, """
        code | vehicle | submitted_on | power | price | city | handed_over_on | deregistered_on | invoiced_on | registered_on
        A1   | V1      | 2026-02-01   | nev   | 14.8  | 太原 | 2026-01-05     | 2026-01-08      | 2026-01-10  | 2026-01-12
    """)
    enter(zone, "accepted 2026-02-04, passed 2026-02-20")
    found, state = run(made, terms)
    assert [(each.days, each.limit, str(each.due), each.is_late) for each in found] == [
        (3, 3, "2026-02-04", False), (16, 15, "2026-02-19", True), (39, 30, "2026-03-22", True)]
    assert state == "审核通过"


def test_the_first_pass_rate(zone, applications):
    testing.enter(SubsidyStep, zone, """
        application | state       | taken_on   | office   | reason
        A1          | accepted    | 2024-07-02 | commerce |
        A1          | passed      | 2024-07-10 | commerce |
        A1          | passed      | 2024-07-12 | police   |
        A2          | returned    | 2024-07-26 | commerce | 注销日期不符
        A2          | resubmitted | 2024-07-28 | commerce |
        A2          | accepted    | 2024-07-29 | commerce |
        A2          | passed      | 2024-08-02 | commerce |
        A3          | refused     | 2024-08-01 | commerce | 旧车不符合
        A6          | accepted    | 2024-07-03 | commerce |
    """)
    assert [told(each, "2024-07") for each in (DECIDED, FIRST_PASS, FIRST_PASS_RATE)] == [1, 1, 100]
    assert [told(each, "2024-08") for each in (DECIDED, FIRST_PASS, FIRST_PASS_RATE)] == [3, 2, Decimal("66.67")]
    assert told(FIRST_PASS_RATE, "2024-06") is None


def test_what_was_refused_is_not_due_from_that_day_on(zone, applications, clerk):
    """A3 would get 1 万元, A1, A2 and A5 2.4; A1 and A2 had 1.7 by August, A1 1 by the end of July, when A6 still counted."""
    [step] = testing.enter(SubsidyStep, zone, "application | state | taken_on | reason\nA3 | refused | 2024-08-01 | 旧车不符合")
    due, left = indicators.DUE, indicators.OUTSTANDING
    assert [(told(due, day), told(left, day)) for day in ("2024-07-31", "2024-08-01", "2024-08-05")] == [
        (Decimal("3.7"), Decimal("2.7")), (Decimal("2.7"), 1), (Decimal("2.4"), Decimal("0.7"))]
    assert told(due, "2024-08-05", indicators.BY[1]) == {"太原": Decimal("2.4")}
    assert told(indicators.AMOUNT, "2024-08-05") == Decimal("3.4")  # it was applied for
    commit([actions.find("subsidy_steps.archive").plan(step, by=clerk, version=1, reason="登记错")], by=clerk)
    assert (told(due, "2024-08-05"), told(left, "2024-08-05")) == (Decimal("3.4"), Decimal("1.7"))
