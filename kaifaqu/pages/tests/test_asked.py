"""What an address or a form asks for, as people write it."""

import pytest
from django.utils import translation

from kaifaqu.kernel.periods import Period
from kaifaqu.pages.asked import day, period


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("2024年", "2024"),
        ("2024年全年", "2024"),
        ("2024年上半年", "2024-H1"),
        ("2024年下半年", "2024-H2"),
        ("2024年第二季度", "2024-Q2"),
        ("2024年四季度", "2024-Q4"),
        ("2024年3季度", "2024-Q3"),
        ("2024年6月", "2024-06"),
        ("２０２４年 ６月份", "2024-06"),
        ("2024/6", "2024-06"),
        ("2024年1—6月", "2024-01..06"),
        ("2024年1-6月", "2024-01..06"),
        ("2024年1～11月", "2024-01..11"),
        ("2024年1月至6月", "2024-01..06"),
        ("2024年6月30日", "2024-06-30"),
        ("2024-H1", "2024-H1"),
        (" 2024-01..06 ", "2024-01..06"),
        ("2024年13月", "2024-13"),  # the kernel refuses it
        ("去年", "去年"),
    ],
)
def test_periods_in_words(typed, spelt):
    assert period(typed) == spelt


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "text", ["2024", "2024-H1", "2024-H2", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2024-06", "2024-01..06", "2024-06-03"]
)
def test_a_period_is_read_as_the_page_writes_it(text, language):
    with translation.override(language):
        assert period(Period.parse(text).label) == text


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("2024年6月30日", "2024-06-30"),
        ("2024/6/3", "2024-06-03"),
        ("2024.6.3", "2024-06-03"),
        ("2024-6-3", "2024-06-03"),
        ("#120", "#120"),
        ("2024年6月", "2024年6月"),
        ("", ""),
    ],
)
def test_days_in_words(typed, spelt):
    assert day(typed) == spelt
