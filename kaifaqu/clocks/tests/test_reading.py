"""Reading a notice: what comes out of it, and that nothing is taken which does not fit."""

from datetime import date

import pytest

from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.reading import Unread, read

FRAME = """国务院办公厅关于{year}年部分节假日
安排的通知
国办发明电〔{before}〕7号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
现将{year}年各节假日怎样放假、怎样调休告知如下。
{paragraphs}
放假期间，请安排好值班。
国务院办公厅
{before}年11月4日
"""
IN_2027 = """一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。1月4日（周一）上班。
二、春节：2月5日（农历除夕前一日、周五）至12日（周五）放假调休，
共8天。1月30日（周六）、2月14日（星期日）上班。
三、清明节：４月３日（星期六）至５日（星期一）放假，共３天。
四、劳动节：4月30日（周五）至5月3日（周一）放假，共4天。
五、端午节：6月9日（周三）放假1天。
六、国庆节、中秋节：10月1日至7日放假调休，共7天；9月26日（礼拜天）、10月9日（礼拜六）上班。"""


def notice(paragraphs: str, year: int = 2027) -> str:
    return FRAME.format(year=year, before=year - 1, paragraphs=paragraphs)


def days(paragraph: str, year: int = 2027) -> list[tuple]:
    """Return what was read of a paragraph: of each holiday its name, days of rest and of work."""
    return [(each["name"], each.get("off"), each.get("work")) for each in read(notice(paragraph, year)).holidays]


def test_a_notice_becomes_the_content_of_a_rule():
    found = read(notice(IN_2027))
    assert (found.year, found.published_on) == (2027, date(2026, 11, 4))
    assert found.document == "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）"
    assert found.unread == []
    assert found.content == {"notices": [{"years": [2027], "holidays": [
        {"name": "元旦", "off": ["2027-01-01", "2027-01-03"], "work": ["2027-01-04"]},
        {"name": "春节", "off": ["2027-02-05", "2027-02-12"], "work": ["2027-01-30", "2027-02-14"]},
        {"name": "清明节", "off": ["2027-04-03", "2027-04-05"]},
        {"name": "劳动节", "off": ["2027-04-30", "2027-05-03"]},
        {"name": "端午节", "off": ["2027-06-09"]},
        {"name": "国庆节、中秋节", "off": ["2027-10-01", "2027-10-07"], "work": ["2027-09-26", "2027-10-09"]},
    ]}]}  # fmt: skip
    assert CALENDAR.check(found.content) == ""
    assert found.others[-3:] == ["放假期间,请安排好值班", "国务院办公厅", "2026年11月4日"]


@pytest.mark.parametrize("content", [each for each in CALENDAR.shipped().content["notices"] if "years" in each], ids=str)
def test_every_notice_so_far_is_read_as_it_is_shipped(content):
    [year] = content["years"]
    numbered = zip("一二三四五六七", content["holidays"], strict=False)
    found = read(notice("\n".join(f"{place}、{told(each)}" for place, each in numbered), year))
    assert (found.unread, found.holidays) == ([], content["holidays"])


def told(holiday: dict) -> str:
    """Write a holiday down as such notices do."""
    first, last = (date.fromisoformat(holiday["off"][place]) for place in (0, -1))
    count, work = (last - first).days + 1, [date.fromisoformat(each) for each in holiday.get("work", ())]
    until = f"至{last.year}年{last.month}月{last.day}日（周{'一二三四五六日'[last.weekday()]}）" if last > first else ""
    worked = "、".join(f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）" for day in work)
    return (f"{holiday['name']}：{first.year}年{first.month}月{first.day}日（周{'一二三四五六日'[first.weekday()]}）{until}"
            f"放假{'调休' if work else ''}，共{count}天。" + (f"{worked}上班。" if work else ""))


@pytest.mark.parametrize(("paragraph", "year", "holidays"), [
    ("一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。", 2019,
     [("元旦", ["2018-12-30", "2019-01-01"], ["2018-12-29"])]),
    ("元旦：12月31日（周六）至1月2日（周一）放假，共3天。", 2023, [("元旦", ["2022-12-31", "2023-01-02"], None)]),
    ("一、元旦：1月1日放假，与周末连休，共3天。", 2024, [("元旦", ["2024-01-01"], None)]),
    ("三、清明节：4月5日（星期三）放假1天。", 2023, [("清明节", ["2023-04-05"], None)]),
    ("一、元旦：1月1日（周三）放假1天，不调休。", 2025, [("元旦", ["2025-01-01"], None)]),
    ("三、清明节：4月5日放假，与周末连休。", 2019, [("清明节", ["2019-04-05"], None)]),
    ("五、端午节：6月10日放假，与周末连休，共3天。", 2024, [("端午节", ["2024-06-10"], None)]),
    ("1. 春节：1月21日至27日放假调休，共7天。1月28日（星期六）和29日（星期日）上班。", 2023,
     [("春节", ["2023-01-21", "2023-01-27"], ["2023-01-28", "2023-01-29"])]),
    ("七、市庆：3月15日、3月17日放假，共2天。", 2027, [("市庆", ["2027-03-15"], None), ("市庆", ["2027-03-17"], None)]),
    ("四、劳动节：5月1日（周六）～5日（周三）放假调休（共5天）。", 2027, [("劳动节", ["2027-05-01", "2027-05-05"], None)]),
])  # fmt: skip
def test_the_ways_in_which_days_are_written(paragraph, year, holidays):
    assert read(notice(paragraph, year)).unread == []
    assert days(paragraph, year) == holidays


@pytest.mark.parametrize(("paragraph", "reason", "holidays"), [
    ("一、元旦：1月1日（周四）至3日（周日）放假，共3天。", "2027-01-01 是星期五，写的是「周四」", [("元旦", None, None)]),
    ("一、元旦：1月1日（周五）至3日（周六）放假，共3天。", "2027-01-03 是星期日，写的是「周六」", [("元旦", None, None)]),
    ("一、元旦：1月1日至3日放假，共4天。", "写着 4 天，日子却有 3 天", [("元旦", None, None)]),
    ("一、元旦：1月1日放假，与周末连休，共2天。", "写着 2 天，日子却有 3 天", [("元旦", None, None)]),
    ("一、元旦：1月1日至3日放假。1月9日（周日）上班。", "2027-01-09 是星期六，写的是「周日」",
     [("元旦", ["2027-01-01", "2027-01-03"], None)]),
    ("一、元旦：1月1日放假。12月31日上班。", "2027-12-31 离放假的日子太远", [("元旦", ["2027-01-01"], None)]),
    ("二、春节：2月28日至2月30日放假，共3天。", "没有「2月30日」这一天", [("春节", None, None)]),
    ("二、春节：2月12日至5日放假。", "不是一段日子", [("春节", None, None)]),
    ("二、春节：2月5日至8日、8日至9日放假。", "日子重复或前后颠倒", [("春节", None, None)]),
    ("二、春节：5日放假。", "「5日」没有写月份", [("春节", None, None)]),
    ("二、春节：除夕至初六放假，共7天，2月5日起算。", "读不懂", [("春节", None, None)]),
    ("二、春节：2月5日放假半天。", "读不懂", [("春节", None, None)]),
])  # fmt: skip
def test_what_does_not_fit_is_not_taken(paragraph, reason, holidays):
    found = read(notice(paragraph))
    assert days(paragraph) == holidays
    assert reason in found.unread[0].reason
    assert len(found.unread) == 1


def test_what_belongs_to_no_holiday_is_named_and_so_is_a_year_that_is_missing():
    assert read("2月6日放假。").unread == [Unread("2月6日放假", "不知道说的是哪个节假日")]
    [unread] = read("一、元旦：1月1日放假。").unread
    assert "年度" in unread.reason
    assert read("一、元旦：1月1日放假。", 2027).holidays == [{"name": "元旦", "off": ["2027-01-01"]}]
    assert read("").holidays == []
