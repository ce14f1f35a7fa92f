"""What is typed, imported or handed over: a sentence for each fault, and nothing guessed."""

import json
from datetime import date
from random import Random

import pytest

from kaifaqu.domains.subsidies import files
from kaifaqu.domains.subsidies.evaluating import evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS, read
from kaifaqu.domains.subsidies.schemes import SCHEMES, judging
from kaifaqu.domains.subsidies.tests.truth import cases, drawn

TODAY = date(2024, 8, 20)
RIGHT = next(case.told for case in cases() if case.eligible == "yes")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"price": "13万"}, "「新车价税合计（元）」（price）写着「13万」，请写大于 0、不超过 1000000000 的数字，最多两位小数。"),
        ({"price": "0"}, "大于 0"),
        ({"price": "-1"}, "大于 0"),
        ({"price": "100.001"}, "最多两位小数"),
        ({"price": "１００"}, "大于 0"),
        ({"price": "1e5"}, "大于 0"),
        ({"applicant": "他"}, "请写个人（individual）、单位（organisation）"),
        ({"same_owner": "maybe"}, "请写是（true）或否（false）"),
        ({"invoiced_on": "2024-02-30"}, "请写日期"),
        ({"invoiced_on": "2024/5"}, "请写日期"),
        ({"invoiced_on": ["2024-05-01"]}, "请写日期"),
        ({"applied_on": "2024-08-21"}, "2024-08-21 还没有到。"),
        ({"deregistered_on": "2024-05-01"}, "早于「回收证明上的交车日期」2024-05-06"),
        ({"owned_since": "2010-03-17"}, "早于「旧车注册登记日期」"),
        ({"new_power": "fuel", "new_displacement": "1.5"}, "「新车在减免车辆购置税的车型目录里」与「新车类别」矛盾"),
        ({"colour": "红"}, "没有「colour」这一项"),
    ],
)
def test_each_fault_has_its_sentence(changed, problem):
    _facts, problems = read({**RIGHT, **changed}, TODAY)
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize("more", [{"new_displacement": "1.498"}, {"new_power": "fuel", "new_displacement": "2", "new_in_catalogue": "否"}])
def test_what_is_true_and_not_asked_contradicts_nothing(more):
    """A plug-in hybrid has a displacement, and no fuel car is in the catalogue."""
    facts, problems = read({**RIGHT, **more}, TODAY)
    assert problems == []
    assert evaluate(facts, ready(SCHEMES.shipped().content, 2024, TODAY), TODAY).eligible == "yes"


def test_everything_wrong_is_told_at_once():
    assert len(read({**RIGHT, "price": "x", "applicant": "x", "invoiced_on": "x"}, TODAY)[1]) == 3


@pytest.mark.parametrize(("written", "kept"), [("2024年5月6日", "2024-05-06"), ("2024/5/6", "2024-05-06"), ("2024.05.06", "2024-05-06")])
def test_a_day_may_be_written_as_elsewhere(written, kept):
    assert read({**RIGHT, "handed_over_on": written}, TODAY) == ({**read(RIGHT, TODAY)[0], "handed_over_on": kept}, [])


@pytest.mark.parametrize("name", sorted({*RIGHT}))
@pytest.mark.parametrize(("scheme", "as_of"), [(2024, date(2024, 8, 16)), (2025, date(2025, 6, 1)), (2026, date(2026, 6, 1))])
def test_with_a_fact_missing_nothing_is_yes(name, scheme, as_of):
    by = ready(SCHEMES.shipped().content, scheme, as_of)
    told = next(case.told for case in cases() if case.scheme == scheme and case.eligible == "yes")
    facts = {fact: FACTS[fact].read(text) for fact, text in told.items() if fact != name}
    found = evaluate(facts, by, as_of)
    assert found.eligible == ("unclear" if name in by.needed else "yes")
    assert name not in by.needed or str(FACTS[name].label) in "".join(found.next)


def test_a_file_is_judged_row_by_row_and_a_wrong_row_is_not(tmp_path):
    path = tmp_path / "cases.csv"
    heads = [*RIGHT]
    lines = [",".join(str(FACTS[name].label) for name in heads)]
    for changed in ({}, {"price": "13万"}, {"applicant": "单位"}):
        lines.append(",".join({**RIGHT, **changed}[name] for name in heads))
    for encoding in ("utf-8-sig", "gb18030"):
        path.write_text("\n".join(lines), encoding=encoding)
        found = [*files.Judge(SCHEMES.shipped().content, TODAY, 2024)(files.rows(path, path.name, TODAY))]
        assert [(each.row.number, each.eligible, each.amount, each.failing, len(each.row.problems)) for each in found] == [
            (2, "yes", 20000, (), 0), (3, "", None, (), 1), (4, "no", 20000, ("individual",), 0)]


@pytest.mark.parametrize(("as_of", "chosen", "years", "answers"), [
    ("2026-02-01", None, [2024, 2025, 2026, 2024, 2025], ["yes", "yes", "yes", "unclear", "unclear"]),
    ("2026-02-01", 2026, [2026] * 5, ["no", "no", "yes", "no", "no"]),
    ("2025-12-29", None, [2024, 2025, 2025, 2024, 2025], ["yes", "yes", "unclear", "unclear", "unclear"]),  # 2026 is not out
])
def test_each_case_is_judged_by_the_scheme_of_its_own_days(tmp_path, as_of, chosen, years, answers):
    """One of each year, the second handed in while two schemes are open; one on no day; papers of two years."""
    rows = []
    for papers, applied in (("2024-05-10", "2024-06-01"), ("2025-12-20", "2026-01-05"), ("2026-01-02", "2026-01-05"), ("2024-05-10", ""),
                            ("2025-12-20", "2026-01-05")):
        days = dict.fromkeys(("handed_over_on", "deregistered_on", "invoiced_on", "registered_on"), papers)
        rows.append({**RIGHT, **days, "applied_on": applied})
    rows[-1]["registered_on"] = "2026-01-03"
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    judge = files.Judge(SCHEMES.shipped().content, date.fromisoformat(as_of), chosen)
    found = [*judge(files.rows(path, path.name, date(2026, 2, 1)))]
    assert [each.by.terms.scheme for each in found] == years
    assert [each.eligible for each in found] == answers
    assert all(judge.words(each).next for each in found)


@pytest.mark.parametrize(("invoiced_on", "year"), [("2026-12-20", 2026), ("2027-01-02", 2027), (None, 2027)])
def test_after_a_last_day_that_is_announced_locally_a_claim_stays_with_the_scheme_of_its_papers(invoiced_on, year):
    rows = SCHEMES.shipped().content["rows"]
    following = {**rows[-1], "scheme": 2027, **{name: f"2027{rows[-1][name][4:]}" for name in ("since", "until", "documents_since")}}
    found = judging({"rows": [*rows, following]}, "2027-01-05", invoiced_on, date(2027, 1, 5))
    assert found.scheme == year


@pytest.mark.parametrize("scheme", [2024, 2025, 2026])
def test_rows_that_share_their_words_would_be_told_the_same_alone(scheme):
    day, chance = date(2026, 2, 1), Random(9)
    judge = files.Judge(SCHEMES.shipped().content, day, scheme)
    yes = next(case.told for case in cases() if case.scheme == scheme and case.eligible == "yes")
    right, _problems = read({**yes, "price": "100000"}, day)
    told = [*(drawn(chance, scheme) for _case in range(500)),
            *(right | {"price": price, "already_paid": paid} for price in (10**7, 10**8) for paid in (0, 100, 10**5))]
    found = [*judge(files.Row(number, {}, facts, []) for number, facts in enumerate(told))]
    assert {each.eligible for each in found} == {"yes", "no", "unclear"}
    for each in found:
        alone = evaluate(each.row.facts, each.by, day)
        words = judge.words(each)
        assert (words.next, words.failing) == (alone.next, alone.failing)
        assert words.unclear[:len(alone.unclear)] == alone.unclear


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "不是有效的 JSON"), ("[1, {}]", "第 1 项不是一件申请"), (json.dumps(RIGHT).encode("utf-16"), "不是 UTF-8 编码"),
    ],
)
def test_a_broken_json_file_is_refused_with_a_sentence(tmp_path, text, problem):
    path = tmp_path / "cases.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=problem):
        [*files.rows(path, path.name, TODAY)]


@pytest.mark.parametrize(
    ("head", "problem"), [("颜色,price", "没有「颜色」这一栏"), ("price,price", "写了两次"), (",", "没有一个栏目名")])
def test_headings_that_are_not_known_are_refused(tmp_path, head, problem):
    path = tmp_path / "cases.csv"
    path.write_text(f"{head}\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        [*files.rows(path, path.name, TODAY)]
