"""The file of the page: complete, in both languages, in known units and periods, and naming only what there is."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.urls import resolve
from django.utils import translation

from kaifaqu.kernel import actions, dated, indicators, units
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.testing import table
from kaifaqu.reporting.livingpage import answers
from kaifaqu.reporting.livingpage.statements import LABELS, QUALIFIED, articles, mechanisms, source, statements

COUNTS = """
    article | mechanisms | stated | implied | structure | bound
    1       | 8          | 2      | 2       | 6         | 0
    2       | 19         | 24     | 12      | 11        | 0
    3       | 17         | 26     | 10      | 16        | 0
    4       | 10         | 6      | 1       | 9         | 0
    5       | 18         | 4      | 0       | 16        | 0
    6       | 23         | 16     | 7       | 13        | 2
"""


@pytest.mark.parametrize("row", table(COUNTS), ids=lambda row: row["article"])
def test_each_article_is_complete(row):
    number = int(row.pop("article"))
    kinds = Counter(each.kind for each in statements() if each.article == number)
    kinds["mechanisms"] = sum(each.article == number for each in mechanisms())
    assert kinds == Counter({kind: int(count) for kind, count in row.items()})
    assert [each.number for each in articles()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("found", "letter"), [(statements, "F"), (mechanisms, "M")], ids=["statements", "mechanisms"])
def test_each_has_a_number_of_its_article(found, letter):
    for article in range(1, 7):
        own = [each.id for each in found() if each.article == article]
        assert own == [f"{letter}{article}-{number:02d}" for number in range(1, len(own) + 1)]


def test_everything_is_said_in_both_languages():
    texts = [each.texts for each in (*articles(), *statements(), *mechanisms())]
    texts += [each.about_texts for each in articles()]
    texts += [each.note_texts for each in statements() if each.note_texts]
    texts += [each.works_texts for each in mechanisms() if each.works_texts]
    for each in texts:
        assert each["zh"]
        assert each["en"]
        assert not any("一" <= letter <= "鿿" for letter in each["en"])
        assert len(each["zh"]) <= 60
    with translation.override("en"):
        assert source().startswith("One page of the newspaper")


def test_each_number_has_a_unit_a_qualifier_and_a_period_that_the_kernel_knows():
    for each in statements():
        assert each.qualifier in QUALIFIED
        assert {*QUALIFIED} == {*answers.AGREES}
        assert each.unit in LABELS or units.convert(Decimal(1), each.unit, each.unit) == 1
        assert each.wanted > 0


def test_a_figure_and_a_dictionary_that_are_named_are_there_and_are_of_the_same_unit():
    named = 0
    for each in statements():
        for code in each.indicators:
            named += 1
            found = indicators.find(code)
            assert each.unit in LABELS or units.convert(Decimal(1), found.unit, each.unit)
        if ":" in each.dictionary:  # a mark in a table of a rule, which an installation lays down
            kind, table, mark = re.fullmatch(r"(.*):([^.]*)\.?(.*)", each.dictionary).groups()
            [rows] = [item for item in dated.kinds()[kind].check.items if item.path == table]
            assert rows.key
            assert mark in {"", *(item.path for item in rows.entry.items)}
        elif each.dictionary:
            assert answers.names_in(each.dictionary, each.period.end)
        assert not (each.dictionary and each.indicators)
    assert named >= 16


def test_a_screen_that_is_named_is_there():
    shown = [each for each in mechanisms() if each.screen]
    assert len(shown) >= 6
    for each in shown:
        assert resolve(each.address.partition("?")[0]).url_name == each.screen["route"]
        assert each.screen_name
    assert not [each.id for each in mechanisms() if each.works_texts and not each.screen]


@pytest.mark.parametrize(("id", "printed"), [
    ("F2-06", "62.49 亿元"), ("F3-43", "近 5000 人"), ("F4-12", "623 项以上"), ("F2-18", "至少 3 类"), ("F3-52", "约 3500 元/月"),
    ("F6-36", "至多 4000 万元"), ("F6-26", "2024-07-25"), ("F6-25", "2024-04"), ("F3-11", "2023"), ("F5-09", "136336"),
])  # fmt: skip
def test_a_number_is_told_as_the_page_has_it(id, printed):
    assert {each.id: each.wanted_words for each in statements()}[id] == printed


def test_a_screen_of_a_domain_that_is_off_is_not_open(zone, clerk):
    [chains] = [each for each in mechanisms() if each.id == "M2-10"]
    assert chains.is_open_to(clerk)
    commit([actions.find("domains.switch_off").plan(zone, by=clerk, domain="attraction")], by=clerk)
    assert not chains.is_open_to(clerk)
