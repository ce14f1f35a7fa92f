"""Published sheets applied to a zone's records: marks by hand, findings, decisions, vetoes, what is frozen when it is issued."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.kernel import actions, clock, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.targets.models import TargetShare
from kaifaqu.reporting.scoring import making
from kaifaqu.reporting.scoring.computing import Scorer
from kaifaqu.reporting.scoring.making import draft
from kaifaqu.reporting.scoring.models import ScoreFinding, ScoreOverride, Scoring
from kaifaqu.reporting.scoring.sheets import sheets_of
from kaifaqu.reporting.scoring.tests.conftest import SHEET, SIGNED

H1 = Period.parse("2024-H1")


def scored(zone, code, period="2024-H1", user=None, known=0):
    """Return a sheet applied to the zone."""
    asked = Period.parse(period)
    return Scorer(zone, sheets_of(zone.pk, asked.end, World())[code], asked, user, known).result()


def paced(**told):
    """Return a sheet of one item against the yearly target."""
    entry = {"number": "1", "dimension": "招商", "label": "签约", "figure": SIGNED, "marks": "20", "cap": "不封顶", **told}
    return {"half": {"title": "序时", "basis": "演示", "places": 2, "paced": [entry]}}


@pytest.fixture
def decide(zone, do):
    """Return how marks are given by hand: `decide(by, scoring, item, given, grounds)`."""

    def given(by, scoring, item, marks, grounds="理由"):
        facts = {"scoring": scoring, "item": item, "given": marks, "grounds": grounds, "document": "文件"}
        return do("score_overrides.create", zone, by, facts=facts)

    return given


def test_a_published_formula_with_nested_weights_is_computed_over_records(zone, clerk):
    for number in range(28):
        worth = 1777000 - 27 * 60000 if number == 27 else 60000
        testing.enter(Project, zone, f"code | name | total_investment | signed_on\nP{number} | 项目 | {worth} | 2024-03-01")
    result = scored(zone, "city.signing")
    one, other = result.lines
    assert Fraction(one.computed) == Fraction(7, 27)  # 28/27 x 1/2 x 1/2
    assert Fraction(other.computed) == Fraction(1777, 2160)  # 177.7/54 x 1/2 x 1/2
    assert result.total_shown == "1.0819"
    assert one.words == "28 个 ÷ 27 个 × 50% × 0.5 ≈ 0.2593"
    assert other.words == "177.7 亿元 ÷ 54 亿元 × 50% × 0.5 ≈ 0.8227"
    assert len(one.figure.records) == 28


def test_one_record_less_changes_exactly_its_marks(zone, clerk, sheet, projects, do):
    before = scored(zone, "half")
    do("projects.archive", projects[0], clerk, reason="重复登记")
    after = scored(zone, "half")
    assert [Fraction(each.line("1.1").computed) for each in (before, after)] == [30, 20]  # 3/4 and 2/4 of 40
    assert Fraction(before.total) - Fraction(after.total) == 10
    assert {each[2] for each in before.line("1.1").figure.records} - {each[2] for each in after.line("1.1").figure.records} == {"P1"}


@pytest.mark.parametrize(("months", "on", "due"), [
    ((), (2024, 6, 30), Fraction(10 * 182, 366)), ((), (2024, 12, 31), Fraction(10)),
    ((1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 4), (2024, 6, 30), Fraction(6)),
    ((1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 4), (2024, 3, 31), Fraction(3))])  # fmt: skip
def test_what_is_due_of_a_yearly_target_is_what_targets_say(zone, clerk, lay, projects, target, do, months, on, due):
    lay(paced(target_figure="projects.targets.signed"))
    clock.release()
    clock.set(datetime(2025, 1, 5, 9, tzinfo=clock.ZONE))
    if months:
        commit([actions.find("target_shares.create").plan(zone, by=clerk, facts={"target": target, "month": month, "amount": part})
                for month, part in enumerate(months, 1) if part], by=clerk)
        assert TargetShare.objects.count() == 7
    end = f"{on[0]}-{on[1]:02d}-{on[2]:02d}"
    line = scored(zone, "half", end).lines[0]
    count = sum(1 for each in Project.objects.all() if "2024-01-01" <= f"{each.signed_on}" <= end)
    assert Fraction(line.computed) == Fraction(count) / due * 20


def test_of_a_year_that_still_runs_the_target_is_due_until_today(zone, lay, projects, target):
    lay(paced(target="10"))
    line = scored(zone, "half", "2024").lines[0]
    assert Fraction(line.computed) == Fraction(4) / Fraction(10 * 218, 366) * 20  # 5 August is day 218


def test_a_month_split_with_zero_before_the_day_is_no_denominator(zone, clerk, lay, projects, target, do):
    lay(paced(target_figure="projects.targets.signed"))
    do("target_shares.create", zone, clerk, facts={"target": target, "month": 12, "amount": 10})
    result = scored(zone, "half")
    assert result.total is None
    assert "目标不大于 0" in result.lines[0].problem


def test_an_item_that_cannot_be_computed_is_never_zero(zone, lay, projects):
    other = {"number": "2", "dimension": "招商", "label": "比目标", "figure": SIGNED, "target_figure": "projects.targets.signed",
             "marks": "30", "cap": "100%"}  # fmt: skip
    lay({"half": {**SHEET, "pro_rata": [*SHEET["pro_rata"], other]}})
    result = scored(zone, "half")
    line = result.line("2")
    assert (line.computed, result.total, result.known_shown) == (None, None, "40.00")  # 30 of signing, 10 of protection
    assert "请先按文件登记「全年目标」" in line.problem
    assert "有 1 项无法计算，总分不下结论；已知各项合计 40.00 分。" in result.sentences


def test_a_figure_that_the_reader_may_not_see_has_no_marks_for_him(zone, sheet, projects):
    person = testing.employ(zone, "blind", "scorings.view")
    result = scored(zone, "half", user=person)
    assert result.total is None
    assert "projects.view" in result.line("1.1").problem


def test_a_dimension_counts_no_more_than_its_most(zone, lay, projects):
    lay({"half": {**SHEET, "times": "0.5", "dimensions": [{"name": "招商", "times": "2", "most": "50"}]}})
    result = scored(zone, "half")
    assert Fraction(result.line("1.1").computed) == 30  # 3/4 x 40 x 2 x 0.5
    assert Fraction(result.total) == 25 + 5  # at most 50 x 0.5, and 10 x 0.5
    assert "「招商」合计 30 分，最高 25 分，按 25 分计。" in result.sentences


@pytest.mark.parametrize(("count", "total"), [(5, "0.50"), (6, "0.00"), (8, "0.00")])
def test_what_is_deducted_ends_where_the_sheet_says(zone, clerk, do, count, total):
    held = do("scorings.create", zone, clerk, facts={"sheet": "province.protection", "period": "2024-H1"})
    facts = {"scoring": held, "item": "1.2", "count": count, "found_on": "2024-03-01", "what": "曝光", "document": "通报"}
    do("score_findings.create", zone, clerk, facts=facts)  # of 8 marks 1.5 each
    result = draft(held, clerk)
    assert result.total_shown == total
    assert [each for each in result.sentences if "最低 0 分" in each] == (["合计 −1 分，最低 0 分，按 0 分计。"] if count == 6 else [
        "合计 −4 分，最低 0 分，按 0 分计。"] if count == 8 else [])


def test_the_total_is_rounded_once(zone, lay, projects):
    """Three times 1/3 of a mark, 0.333… each, are one mark and not 0.99."""
    entry = {"dimension": "招商", "label": "签约", "figure": SIGNED, "target": "9", "marks": "1", "cap": "100%"}
    lay({"half": {"title": "三次", "basis": "演示", "places": 2, "pro_rata": [{**entry, "number": f"{number}"} for number in (1, 2, 3)]}})
    assert scored(zone, "half").total_shown == "1.00"


def test_what_is_found_by_hand_deducts_and_vetoes(zone, clerk, scoring, do):
    facts = {"scoring": scoring, "found_on": "2024-05-06", "document": "督察〔2024〕1号"}
    assert draft(scoring, clerk).total_shown == "40.00"
    do("score_findings.create", zone, clerk, facts={**facts, "item": "2.1", "count": 3, "what": "三个问题"})
    result = draft(scoring, clerk)
    assert (result.line("2.1").words, result.total_shown, result.grade) == ("10 − 3 个 × 0.5 = 8.5", "38.50", "合格")
    accident = do("score_findings.create", zone, clerk, facts={**facts, "item": "3.1", "count": 1, "what": "一起事故"})
    result = draft(scoring, clerk)
    assert (result.total_shown, result.grade) == ("0.00", "")
    assert "一票否决：3.1「重大事故」1 起 > 0，成立：总分为 0。" in result.sentences
    assert "各项合计 38.50 分，因一票否决总分为 0。" in result.sentences
    do("score_findings.archive", accident, clerk, reason="经查不属于本区")
    assert draft(scoring, clerk).total_shown == "38.50"


def test_a_veto_may_cap_the_grade(zone, clerk, lay, projects, do):
    veto = {**SHEET["vetoes"][0], "then": "grade", "grade": "合格"}
    lay({"half": {**SHEET, "pro_rata": [{**SHEET["pro_rata"][0], "target": "3"}], "vetoes": [veto]}})
    assert scored(zone, "half").grade == "优秀"  # 40 + 10
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    do("score_findings.create", zone, clerk, facts={
        "scoring": held, "item": "3.1", "count": 1, "found_on": "2024-01-01", "what": "事故", "document": "通报"})
    result = draft(held, clerk)
    assert (result.total_shown, result.grade) == ("50.00", "合格")


@pytest.mark.parametrize(("item", "facts", "told"), [
    ("1.1", {}, "由指标「本年签约项目数」计算，不能登记"), ("9", {}, "没有序号「9」，可选：1.1（签约）"),
    ("2.1", {"count": 0}, "大于 0"), ("2.1", {"found_on": "2024-07-01"}, "不在这一项的期间")])  # fmt: skip
def test_a_wrong_finding_is_refused(zone, clerk, scoring, do, item, facts, told):
    with pytest.raises(ValidationError, match=told):
        do("score_findings.create", zone, clerk, facts={
            "scoring": scoring, "item": item, "count": 1, "found_on": "2024-01-01", "what": "问题", "document": "文件", **facts})


def test_a_decision_keeps_both_marks_with_who_when_and_why(zone, clerk, scoring, do):
    facts = {"scoring": scoring, "item": "1.1", "document": "会议纪要〔2024〕3号"}
    do("score_overrides.create", zone, clerk, facts={**facts, "given": "35", "grounds": "一个项目已签未录"})
    clock.set(datetime(2024, 8, 6, 9, tzinfo=clock.ZONE))
    last = do("score_overrides.create", zone, clerk, facts={**facts, "given": "33.5", "grounds": "复核"})
    assert (last.computed, last.decided_by, f"{last.decided_on}") == (30, clerk, "2024-08-06")
    line = draft(scoring, clerk).line("1.1")
    assert [(each.computed, each.given, each.reason, each.by) for each in line.decisions] == [
        ("30", "35", "一个项目已签未录", clerk.pk), ("30", "33.5", "复核", clerk.pk)]
    assert (line.computed_shown, line.counted_shown) == ("30.00", "33.5")
    result = draft(scoring, clerk)
    assert result.total_shown == "43.50"
    assert "人工核定：1.1「签约」计算得 30.00 分，核定 33.5 分。理由：复核（会议纪要〔2024〕3号）。" in result.sentences
    do("score_overrides.archive", last, clerk, reason="撤回")
    assert draft(scoring, clerk).total_shown == "45.00"


def test_a_decision_makes_an_item_known_that_cannot_be_computed(zone, clerk, lay, projects, do, decide):
    entry = {**SHEET["pro_rata"][0], "target_figure": "projects.targets.signed"}
    del entry["target"]
    lay({"half": {**SHEET, "pro_rata": [entry]}})
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    made = decide(clerk, held, "1.1", 20, "无目标")
    assert made.computed is None
    result = draft(held, clerk)
    assert result.total_shown == "30.00"
    assert any("1.1「签约」无法计算，核定 20 分" in each for each in result.sentences)


def test_a_veto_has_no_marks_to_decide(zone, clerk, scoring, do, decide):
    with pytest.raises(ValidationError, match="没有分数可核定"):
        decide(clerk, scoring, "3.1", 0, "理由")


def test_an_issued_scoring_is_frozen_with_its_records(zone, clerk, issuer, scoring, projects, do, decide):
    decide(clerk, scoring, "1.1", 35, "理由")
    known = events.last_seq()
    issued = do("scorings.issue", scoring, issuer)
    assert (issued.stage, issued.total, issued.known, issued.issued_by) == ("issued", Decimal("45"), known, issuer)
    do("projects.archive", projects[0], clerk, reason="重复")
    frozen, now = Scoring.objects.get(pk=issued.pk).frozen(), scored(zone, "half")
    assert (frozen.total_shown, frozen.line("1.1").computed, now.line("1.1").computed) == ("45.00", "30", "20")
    rows = frozen.line("1.1").figure.records
    assert [each[:3] for each in rows] == [["projects", each.pk, each.code] for each in projects[:3]]
    assert frozen.line("1.1").words == "3 个 ÷ 4 个 × 40 = 30"
    assert frozen.known == known


@pytest.mark.parametrize(("code", "facts"), [
    ("score_findings.create", {"count": 1, "found_on": "2024-01-01", "what": "问题"}),
    ("score_overrides.create", {"given": 1, "grounds": "理由"}), ("scorings.correct", {"note": "改"}), ("scorings.archive", None),
    ("scorings.issue", None)])  # fmt: skip
def test_nothing_of_an_issued_scoring_changes(zone, clerk, issuer, scoring, do, code, facts):
    do("scorings.issue", scoring, issuer)
    more = {"scoring": scoring, "item": "2.1", "document": "文件"} if code.endswith("create") else {}
    told = {} if facts is None else {"facts": {**facts, **more}}
    with pytest.raises(ValidationError, match="已经印发"):
        do(code, zone if more else scoring, issuer if code.endswith("issue") else clerk, **told, reason="试")


def test_what_is_decided_while_it_is_issued_is_not_lost(zone, clerk, issuer, scoring):
    """Planned before, written after: whoever comes second is refused."""
    row = Scoring.objects.get(pk=scoring.pk)
    facts = {"scoring": row, "item": "1.1", "given": "35", "grounds": "理由", "document": "文件"}
    decision = actions.find("score_overrides.create").plan(zone, by=clerk, facts=facts)
    issue = actions.find("scorings.issue").plan(row, by=issuer, version=row.row_version)
    commit([issue], by=issuer)
    with pytest.raises(ValidationError, match="已经印发"):
        commit([decision], by=clerk)
    assert not ScoreOverride.objects.exists()


def test_it_is_not_issued_when_something_was_found_meanwhile(zone, clerk, issuer, scoring):
    row = Scoring.objects.get(pk=scoring.pk)
    facts = {"scoring": row, "item": "2.1", "count": 1, "found_on": "2024-01-01", "what": "问题", "document": "文件"}
    finding = actions.find("score_findings.create").plan(zone, by=clerk, facts=facts)
    issue = actions.find("scorings.issue").plan(row, by=issuer, version=row.row_version)
    commit([finding], by=clerk)
    with pytest.raises(ValidationError, match="别人刚刚"):
        commit([issue], by=issuer)
    assert not Scoring.objects.get().is_issued
    assert ScoreFinding.objects.count() == 1


def test_what_is_found_while_it_is_computed_is_not_passed_over(zone, clerk, issuer, scoring, monkeypatch):
    row = Scoring.objects.get(pk=scoring.pk)
    facts = {"scoring": row, "item": "2.1", "count": 1, "found_on": "2024-01-01", "what": "问题", "document": "文件"}
    read = making.grouped

    def grouped(rows, made):
        told = read(rows, made)
        if not ScoreFinding.objects.exists():  # somebody else writes right after the findings were read
            commit([actions.find("score_findings.create").plan(zone, by=clerk, facts=facts)], by=clerk)
        return told

    monkeypatch.setattr(making, "grouped", grouped)
    issue = actions.find("scorings.issue").plan(row, by=issuer, version=row.row_version)
    with pytest.raises(ValidationError, match="别人刚刚"):
        commit([issue], by=issuer)
    assert (Scoring.objects.get().is_issued, ScoreFinding.objects.count()) == (False, 1)


def test_what_stands_in_the_way_of_issuing_is_said_at_once(zone, clerk, lay, projects, do, decide):
    entries = [
        {**SHEET["pro_rata"][0], "number": "1.2", "target": "0"},
        {"number": "1.3", "dimension": "招商", "label": "比目标", "figure": SIGNED, "target_figure": "projects.targets.signed",
         "marks": "1", "cap": "100%"},
    ]  # fmt: skip
    lay({"half": {**SHEET, "pro_rata": [*SHEET["pro_rata"], *entries]}})
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    decide(clerk, held, "1.1", 35, "理由")
    do("projects.archive", projects[0], clerk, reason="重复")
    with pytest.raises(ValidationError) as refusal:
        do("scorings.issue", held, clerk)
    one, two, three, four = refusal.value.messages
    assert "1.2「签约」无法计算：目标不大于 0" in one
    assert "1.3「比目标」无法计算" in two
    assert "1.1「签约」核定时计算得 30 分，现在是 20 分" in three
    assert "您自己核定的分数" in four


def test_who_decided_does_not_issue_unless_the_rule_permits_it(zone, clerk, scoring, do, decide):
    decide(clerk, scoring, "1.1", 35, "理由")
    with pytest.raises(ValidationError, match="请由别人印发"):
        do("scorings.issue", scoring, clerk)
    do("rules.create", zone, clerk, facts={
        "kind": "scoring.issuing", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "演示",
        "content": '{"own_override": "permitted"}'})
    assert do("scorings.issue", scoring, clerk).total == 45


def test_who_corrects_a_decision_has_made_it(zone, clerk, scoring, do, decide):
    second = testing.employ(zone, "second")
    decision = decide(clerk, scoring, "1.1", 35, "理由")
    decision = do("score_overrides.correct", decision, second, facts={"given": "40"}, reason="复核")
    assert (decision.given, decision.decided_by) == (40, second)
    with pytest.raises(ValidationError, match="请由别人印发"):
        do("scorings.issue", scoring, second)
    assert do("scorings.issue", scoring, clerk).total == 50


def test_rights_are_checked(zone, clerk, issuer, scoring, do, decide):
    with pytest.raises(PermissionDenied):
        decide(issuer, scoring, "1.1", 35, "理由")
    maker = testing.employ(zone, "maker", "scorings.view scorings.edit score_overrides.edit projects.view")
    with pytest.raises(PermissionDenied):
        do("scorings.issue", scoring, maker)


def test_an_unknown_sheet_or_period_is_refused(zone, clerk, sheet, do):
    for facts, told in (({"sheet": "nothing", "period": "2024-H1"}, "没有评分表「nothing」，可选：.*half（半年评分）"),
                        ({"sheet": "half", "period": "上半年"}, "不是期间"),
                        ({"sheet": "half", "period": "2023-H1"}, "2023-06-30 没有评分表「half」")):  # fmt: skip
        with pytest.raises(ValidationError, match=told):
            do("scorings.create", zone, clerk, facts=facts)


def test_everything_is_an_event_and_the_past_can_be_computed_again(zone, clerk, issuer, scoring, projects, do):
    known = events.last_seq()
    do("projects.archive", projects[0], clerk, reason="重复")
    assert scored(zone, "half", known=known).line("1.1").computed == "30"
    assert scored(zone, "half").line("1.1").computed == "20"
    do("scorings.issue", scoring, issuer)
    assert [each.action for each in events.timeline(scoring).order_by("seq")] == ["scorings.create", "scorings.issue"]


def test_what_a_changed_sheet_no_longer_takes_is_said_and_not_issued(zone, clerk, issuer, lay, sheet, scoring, do, decide):
    decide(clerk, scoring, "1.1", 35)
    do("score_findings.create", zone, clerk, facts={
        "scoring": scoring, "item": "2.1", "count": 1, "found_on": "2024-01-01", "what": "问题", "document": "文件"})
    figured = {**SHEET["pro_rata"][0], "number": "2.1"}
    lay({"half": {**SHEET, "pro_rata": [figured], "deductions": [{**SHEET["deductions"][0], "number": "5"}]}}, supersedes=sheet)
    result = draft(scoring, clerk)
    assert [each[:6] for each in result.strays] == ["PW0001", "PH0001"]
    assert result.total_shown == "40.00"  # 30 of signing, 10 of protection: neither counts
    with pytest.raises(ValidationError, match="没有计入；请归档"):
        do("scorings.issue", scoring, issuer)


def test_more_than_the_full_marks_is_warned_of(clerk, scoring, decide):
    assert decide(clerk, scoring, "1.1", 40).warnings() == []
    assert decide(clerk, scoring, "1.1", 41).warnings() == ["核定分 41 高于这一项的满分 40。"]


def test_an_item_of_another_period_is_due_by_the_end_of_that(zone, lay, projects):
    lay(paced(target="10", period="上年"))
    line = scored(zone, "half").lines[0]
    assert line.words.startswith("1 个 ÷ （10 个 × 序时进度 1，")  # one project signed in 2023
