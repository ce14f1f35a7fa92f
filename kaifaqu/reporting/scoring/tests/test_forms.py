"""Every form of formula by hand-computed numbers, at its borders too; no record and no figure is needed."""

from decimal import Decimal
from fractions import Fraction

import pytest

from kaifaqu.kernel.testing import table
from kaifaqu.reporting.scoring.amounts import exact, marks, order, plain, rounded
from kaifaqu.reporting.scoring.forms import (
    Additions,
    Bands,
    Deductions,
    Efficacy,
    Missing,
    ProRata,
    Ranks,
    Veto,
    measured,
)

BANDS = [["不限", "60", "0"], ["60", "80", "5.5"], ["80", "100", "8"], ["100", "不限", "10"]]


def earned(form, value, target=None):
    return form.outcome(measured(Fraction(value)), None if target is None else measured(Fraction(target))).marks


@pytest.mark.parametrize("row", table("""
    value | target | marks | cap    | earned
    28    | 27     | 50%   | 不封顶 | 14/27
    1777/10 | 54   | 50%   | 不封顶 | 1777/1080
    27    | 27     | 20    | 100%   | 20
    26    | 27     | 20    | 100%   | 520/27
    28    | 27     | 20    | 100%   | 20
    60    | 40     | 20    | 120%   | 24
    48    | 40     | 20    | 120%   | 24
    0     | 40     | 20    | 100%   | 0
    -3    | 40     | 20    | 100%   | 0
"""), ids=lambda row: f"{row['value']}/{row['target']}")  # fmt: skip
def test_pro_rata(row):
    form = ProRata({"marks": row["marks"], "cap": row["cap"]})
    assert earned(form, row["value"], row["target"]) == Fraction(row["earned"])


@pytest.mark.parametrize(("value", "target"), [(5, 0), (-10, -5), (3, -5)])
def test_a_target_that_is_not_above_zero_gives_no_share(value, target):
    with pytest.raises(Missing, match="目标不大于 0"):
        earned(ProRata({"marks": "20", "cap": "100%"}), value, target)


@pytest.mark.parametrize(("value", "points"), [
    ("-1", "0"), ("59.999999", "0"), ("60", "5.5"), ("79.999999", "5.5"), ("80", "8"), ("99", "8"), ("100", "10"), ("1000000", "10")])
def test_bands_take_in_their_lower_edge(value, points):
    assert earned(Bands({"bands": BANDS}), value) == Fraction(points)


def test_outside_all_bands_nothing_is_earned_and_it_is_said():
    outcome = Bands({"bands": [["60", "80", "5"]]}).outcome(measured(Fraction(80)), None)
    assert (outcome.marks, outcome.words) == (0, "80 不在任何一档，得 0")


@pytest.mark.parametrize("row", table("""
    value | unallowed | satisfactory | least  | most   | score
    80    | 80        | 100          | 60     | 100    | 60
    90    | 80        | 100          | 60     | 100    | 80
    100   | 80        | 100          | 60     | 100    | 100
    79    | 80        | 100          | 60     | 100    | 60
    101   | 80        | 100          | 60     | 100    | 100
    79    | 80        | 100          | 不保底 | 不封顶 | 58
    101   | 80        | 100          | 不保底 | 不封顶 | 102
    5     | 20        | 5            | 60     | 100    | 100
    20    | 20        | 5            | 60     | 100    | 60
    11    | 20        | 5            | 60     | 100    | 84
    30    | 20        | 5            | 60     | 100    | 60
    0     | 20        | 5            | 60     | 100    | 100
    -5    | -10       | 0            | 60     | 100    | 80
"""), ids=lambda row: f"{row['value']} of {row['unallowed']} to {row['satisfactory']}")  # fmt: skip
def test_efficacy_coefficient_also_of_what_is_better_when_smaller(row):
    told = {name: row[name] for name in ("unallowed", "satisfactory", "least", "most")}
    assert earned(Efficacy({**told, "marks": "15"}), row["value"]) == Fraction(row["score"]) * 15 / 100


def test_efficacy_coefficient_has_the_numbers_that_the_sheet_gives_it():
    told = {"lowest": "50", "span": "50", "unallowed": "80", "satisfactory": "100", "least": "不保底", "most": "不封顶"}
    form = Efficacy({**told, "marks": "10"})
    assert [earned(form, value) for value in (80, 90, 100)] == [5, Fraction(15, 2), 10]
    assert form.full == 10
    assert form.outcome(measured(Fraction(90)), None).words == "[50 + 50 ×（90 − 80）÷（100 − 80）] ÷ 100 × 10"


SHARES = [["20%", "10"], ["50%", "8"], ["95%", "5"]]


@pytest.mark.parametrize(("place", "points"), [(1, 10), (4, 10), (5, 8), (10, 8), (11, 5), (19, 5), (20, 0)])
def test_ranks_take_in_the_last_place_of_a_share(place, points):
    assert earned(Ranks({"of": "20", "shares": SHARES}), place) == points


def test_of_71_places_a_fifth_are_fourteen():
    outcomes = [Ranks({"of": "71", "shares": SHARES}).outcome(measured(Fraction(place)), None) for place in (14, 15)]
    assert [each.words for each in outcomes] == ["第 14 名，共 71 名，属于「前 20%」，得 10", "第 15 名，共 71 名，属于「前 50%」，得 8"]


@pytest.mark.parametrize("place", ["0", "21", "1.5"])
def test_what_is_no_place_earns_nothing_that_can_be_told(place):
    with pytest.raises(Missing, match="不是第 1 至第 20 名"):
        earned(Ranks({"of": "20", "shares": SHARES}), place)


@pytest.mark.parametrize("row", table("""
    value | per | step | whole | most   | earned
    3     | 5   |      |       | 20     | 15
    4     | 5   |      |       | 20     | 20
    5     | 5   |      |       | 20     | 20
    5     | 5   |      |       | 不封顶 | 25
    27    | 1   | 10   |       | 不封顶 | 27/10
    27    | 1   | 10   | yes   | 不封顶 | 2
    30    | 1   | 10   | yes   | 不封顶 | 3
    29.99 | 1   | 10   | yes   | 不封顶 | 2
    0     | 5   |      |       | 20     | 0
    -2    | 5   |      |       | 20     | 0
"""), ids=lambda row: f"{row['value']} by {row['per']}")  # fmt: skip
def test_additions(row):
    assert earned(Additions(row), row["value"]) == Fraction(row["earned"])


@pytest.mark.parametrize("row", table("""
    value | base | per | most   | earned
    0     | 8    | 0.3 | 8      | 8
    3     | 8    | 0.3 | 8      | 7.1
    26    | 8    | 0.3 | 8      | 0.2
    27    | 8    | 0.3 | 8      | 0
    27    | 8    | 0.3 | 不保底 | -0.1
    2     |      | 1.5 | 不保底 | -3
    2     |      | 1.5 | 2      | -2
    0     |      | 1.5 | 不保底 | 0
"""), ids=lambda row: f"{row['value']} by {row['per']}")  # fmt: skip
def test_deductions(row):
    assert earned(Deductions(row), row["value"]) == Fraction(row["earned"])


@pytest.mark.parametrize(("when", "value", "holds"), [
    ("more", 1, True), ("more", 0, False), ("at_least", 0, True), ("less", 0, False), ("less", -1, True), ("at_most", 0, True),
    ("at_most", 1, False)])
def test_a_veto_holds_at_its_limit_as_it_says(when, value, holds):
    outcome = Veto({"when": when, "limit": "0", "then": "zero"}).outcome(measured(Fraction(value)), None)
    assert (outcome.marks, outcome.holds) == (0, holds)
    assert ("总分为 0" in outcome.words) == holds


@pytest.mark.parametrize(("value", "places", "shown"), [
    ("1/8", 2, "0.13"), ("-1/8", 2, "-0.13"), ("0.125", 3, "0.125"), ("0.004999", 2, "0.00"), ("0.005", 2, "0.01"), ("1/3", 4, "0.3333"),
    ("2/3", 0, "1"), ("1/2", 0, "1"), ("5/2", 0, "3"), ("1049999999999999999999999999999999/10000000000000000000000000000000", 1, "105.0"),
    ("10449999999999999999999999999999999/100000000000000000000000000000000", 1, "104.5"), ("-0.001", 2, "0.00")])
def test_rounding_is_half_up_and_only_once(value, places, shown):
    assert marks(Fraction(value), places) == shown
    assert rounded(Fraction(value), places) == Decimal(shown)


@pytest.mark.parametrize(("written", "number"), [
    ("50%", "1/2"), ("0.5", "1/2"), ("-0.3", "-3/10"), ("177.7", "1777/10"), ("0.000001%", "1/100000000")])
def test_amounts_are_exact(written, number):
    assert exact(written) == Fraction(number)


@pytest.mark.parametrize(("value", "told"), [
    ("7/27", "≈ 0.2593"), ("0.25", "0.25"), ("100", "100"), ("-1/8", "−0.125"), ("-7/27", "≈ −0.2593"), ("0.123456", "0.123456")])
def test_a_number_in_a_sentence_says_where_it_has_no_end(value, told):
    assert plain(Fraction(value)) == told


def test_items_are_put_in_order_by_their_numbers():
    assert sorted(["1.10", "2", "1.9", "1"], key=order) == ["1", "1.9", "1.10", "2"]


@pytest.mark.parametrize(("form", "value", "target", "words"), [
    (ProRata({"marks": "50%", "cap": "不封顶"}), 28, 27, "28 ÷ 27 × 50%"),
    (ProRata({"marks": "20", "cap": "100%"}), 28, 27, "（28 ÷ 27，超过 100% 的按 100% 计） × 20"),
    (ProRata({"marks": "20", "cap": "100%"}), -3, 27, "（（−3） ÷ 27，不足 0 的按 0 计） × 20"),
    (Bands({"bands": BANDS}), 80, None, "80 属于「80 至 100（不含）」一档，得 8"),
    (Efficacy({"marks": "15", "unallowed": "80", "satisfactory": "100", "least": "60", "most": "100"}), 90, None,
     "[60 + 40 ×（90 − 80）÷（100 − 80）] ÷ 100 × 15"),
    (Additions({"per": "1", "step": "10", "whole": True, "most": "不封顶"}), 27, None, "（27 ÷ 10 取整 2） × 1"),
    (Deductions({"base": "8", "per": "0.3", "most": "8"}), 3, None, "8 − 3 × 0.3"),
    (Deductions({"per": "1.5", "most": "2"}), 2, None, "− （2 × 1.5，最多扣 2 分）"),
])  # fmt: skip
def test_the_computation_is_told_with_its_numbers(form, value, target, words):
    assert form.outcome(measured(Fraction(value)), target and measured(Fraction(target))).words == words
