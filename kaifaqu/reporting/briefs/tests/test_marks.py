"""Marks in templates: what they become, and everything that is wrong with them at once."""

import pytest
from django.utils.translation import override

from kaifaqu.kernel import testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting import calls
from kaifaqu.reporting.briefs.tests.conftest import PERIOD
from kaifaqu.reporting.calls import Call, period_of
from kaifaqu.reporting.composing import Composer, Shown
from kaifaqu.reporting.document import Chart, Document, Heading, Table
from kaifaqu.reporting.marks import Wrong, set_text


def lines(template, composer):
    set_text(template, composer)
    return list(composer.document.lines())[1:]


@pytest.mark.parametrize(("template", "line"), [
    ('{{ 数("在建项目数") }}', "3个"),
    ('{{ 数("projects.under_construction.count") }}', "3个"),
    ("{{ 数（“在建项目数”，期间＝“上年同期”） }}", "2个"),
    ('{{ 数("在建项目总投资") }}', "2.5亿元"),
    ('{{ 数("在建项目总投资", 单位="万元", 位数=2) }}', "25000.00万元"),
    ('{{ 数("在建项目数", 比较="上年同期") }}', "增长50.0%"),
    ('{{ 数("在建项目数", 比较="上年同期", 写作="增减量") }}', "增加1个"),
    ('{{ 数("在建项目数", 分组="nature", 组="新建") }}', "2个"),
    ('{{ 数("在建项目数", 分组="nature", 组="迁建") }}', "0个"),
    ('{% 如果 数("在建项目数", 比较="上年同期").增长 %}多了{% 否则 %}不多{% 完 %}', "多了"),
    ('{% 如果 数("在建项目数") > 3 %}多{% 否则如果 数("在建项目数") == 3 %}三个{% 完 %}', "三个"),
    ('{% 如果 数("在建项目数", 比较="本期").持平 %}一样{% 完 %}', "一样"),
    ("{{ 单位 }}{{ 本期 }}（截至{{ 截至 }}，{{ 期间(\"期末\") }}）", "Test zone2024年上半年（截至2024年8月5日，2024年6月30日）"),
])  # fmt: skip
def test_a_mark_becomes_what_it_asks_for(composer, zone, template, line):
    composer.document.owner = "Test zone"
    assert lines(template, composer) == [line]


@pytest.mark.parametrize(("words", "period"), [
    ("本期", "2024-H1"), ("上期", "2023-H2"), ("上年同期", "2023-H1"), ("本年", "2024"), ("上年", "2023"), ("累计", "2024-01..06"),
    ("上年累计", "2023-01..06"), ("本月", "2024-06"), ("上月", "2024-05"), ("期末", "2024-06-30"), ("期初", "2023-12-31"),
    ("年初", "2023-12-31"), ("2022-Q1", "2022-Q1"),
])  # fmt: skip
def test_a_period_is_written_in_words(words, period):
    assert str(period_of(words, Period.parse("2024-H1"))) == period


def test_titles_headings_tables_lists_and_charts_are_blocks(composer):
    set_text("""
        # 标题
        ## 一级
        #### 三级 {{ 数("在建项目数") }}
        {{ 表("在建项目数", "在建项目总投资", 列="本期,上年同期,增减", 题="表一") }}
        {{ 表("在建项目数", 分组="nature") }}
        {{ 清单("在建项目数", 栏目="编号,项目名称,计划总投资（万元）", 条数=2) }}
        {{ 图("在建项目总投资", 月数=3) }}
    """, composer)
    document = composer.document
    assert document.title == "标题"
    assert [each.level for each in document.blocks if isinstance(each, Heading)] == [1, 3]
    told = [[[document.text(cell) for cell in row] for row in each.rows] for each in document.blocks if isinstance(each, Table)]
    assert told == [
        [["在建项目数", "3个", "2个", "增长50.0%"], ["在建项目总投资", "2.5亿元", "2亿元", "增长25.0%"]],
        [["扩建", "1个"], ["新建", "2个"]],
        [["P1", "甲项目", "12000"], ["P2", "乙项目", "8000"], ["另有 1 条未列", "", ""]],
    ]
    [chart] = [each for each in document.blocks if isinstance(each, Chart)]
    assert (chart.unit, [(name, document.numbers[place].shown) for name, place in chart.bars]) == (
        "亿元", [("24年4月", "2.5亿元"), ("5月", "2.5亿元"), ("6月", "2.5亿元")])


@pytest.mark.parametrize(("mark", "named"), [
    ('数("在建项目数", 分组="nature", 组="新建项目")', "可写：新建、扩建"), ('数("在建项目数", 组="新建")', "「组」里没有「新建」"),
    ('数("在建项目数", 分组="park", 组="没有的园区")', "没有的园区"),
])  # fmt: skip
def test_a_group_that_there_is_not_is_no_zero(composer, mark, named):
    with pytest.raises(Wrong, match=named):
        set_text("{{ " + mark + " }}", composer)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_groups_are_named_in_the_language_of_the_document(asker, language):
    with override(language):
        assert asker.number(Call("在建项目数", by="nature", group="新建")).shown == "2个"


def test_names_stand_in_a_list_as_they_are_written(composer, zone, clerk):
    [maker] = testing.enter(Enterprise, zone, "code | name\nE1 | 甲&乙 <丙>", by=clerk)
    testing.enter(Project, zone, "code | name | started_on\nP9 | A&B <c> | 2024-02-01", by=clerk, enterprise=maker)
    fresh = Composer(calls.now(PERIOD, [zone.pk], clerk), composer.document)
    set_text('{{ 清单("在建项目数", 栏目="项目名称,投资主体") }}', fresh)
    [listed] = fresh.document.blocks
    assert [fresh.document.text(cell) for cell in listed.rows[-1]] == ["A&B <c>", "E1 甲&乙 <丙>"]


def test_personal_facts_stand_in_no_list(composer):
    with pytest.raises(Wrong, match="没有栏目「联系人」"):
        set_text('{{ 清单("在谈线索数", 栏目="编号,联系人") }}', composer)


def test_everything_that_is_wrong_is_said_at_once(composer):
    marks = ['数("没有的")', '数("在建项目数", 色="红")', '数("在建项目数", 写作="增减")', '表("在建项目数", 列="去年夏天")']
    with pytest.raises(Wrong) as wrong:
        set_text("".join(f"{{{{ {mark} }}}}" for mark in marks), composer)
    named = zip(["没有的", "色", "比较", "去年夏天"], wrong.value.problems, strict=True)
    assert [word for word, problem in named if word not in problem] == []


@pytest.mark.parametrize(("template", "named"), [
    ("{{ 数( }}", "第 1 行"), ("{{ 不认识 }}", "不认识"), ("{% 如果 数(\"在建项目数\") %}", "标记没有写对"),
    ("{{ ''.__class__.__mro__ }}", "只能写"), ("{{ 数.__globals__ }}", "只能写"), ("{{ self }}", "只能写"), ("{{ 数 }}", "只能写"),
    ("{% for each in range(10**9) %}x{% endfor %}", "只能写"), ("{% for each in 'xx' %}x{% endfor %}", "只能写"),
    ("{{ 'x' * 10**10 }}", "只能写"), ("{% 如果 'x' * 10**10 %}x{% 完 %}", "只能写"), ("{{ 'x'|center(10) }}", "只能写"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "只能写"), ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "不能计算"),
    ("{{ 表('在建项目数', 题=数('在建项目数')) }}", "只能写"), ("{{ '\\ue0009\\ue001' }}", "只能写"),
    ("{% 如果 数('在建项目数') == '三' %}x{% 完 %}", "「三」不是数字"), ("{{ 数(5) }}", "没有指标「5」"),
    ("{{ 图('在建项目数', 月数=0) }}", "「月数」请写"), ("{{ 清单('在建项目数', 条数=-1) }}", "「条数」请写"),
    ("{{ 数('在建项目数', 写作='近', 取整='nan') }}", "「取整」请写"),
])  # fmt: skip
def test_a_template_is_no_program(composer, template, named):
    with pytest.raises(Wrong, match=named):
        set_text(template, composer)


@pytest.mark.parametrize("mark", [
    "数('在建项目数').值", "1 + 1", "数('在建项目数')|string|length", "数('在建项目数').值 if 1 else 2", "'x' ~ 1",
])  # fmt: skip
def test_no_number_stands_in_the_text_without_a_trace(composer, mark):
    with pytest.raises(Wrong, match="只能写"):
        set_text("{{ " + mark + " }}", composer)


def test_what_stands_for_places_is_written_by_nobody_else(composer):
    composer.document.owner = "\ue0007\ue001区"
    assert lines("\ue0009\ue001{{ 单位 }}\ue0020\ue003", composer) == ["97区0"]


@pytest.mark.parametrize(("condition", "line"), [
    ("数('新建项目数', 期间='2010')", "无"), ("数('在建项目数')", "有"),
    ("数('在建项目数', 比较='上年同期', 位数=0, 写作='增减量').增长", "有"),
])  # fmt: skip
def test_a_number_is_a_condition_where_there_are_any(composer, condition, line):
    assert lines("{% 如果 " + condition + " %}有{% 否则 %}无{% 完 %}", composer) == [line]


@pytest.mark.parametrize(("shown", "told"), [("持平", (False, False, True)), ("增长0.1%", (True, False, False))])
def test_a_sentence_says_no_more_than_the_number_that_stands_in_it(asker, shown, told):
    number = asker.number(Call("在建项目数", against="上年同期"))
    number.shown, number.value, number.base = shown, "10001", "10000"
    asked = Shown(0, number)
    assert (asked.has_grown, asked.has_fallen, asked.is_level) == told


@pytest.mark.parametrize("told", ['数("在建项目数", 比较="2010")', '数("签约率（按线索）")'])
def test_a_sentence_may_be_written_for_where_a_number_is_missing(composer, told):
    text = "{% 如果 " + told + ".缺数 %}暂无可比{% 否则 %}{{ " + told + " }}{% 完 %}"
    assert lines(text, composer) == ["暂无可比"]
    assert composer.document.problems == []
    set_text("{{ " + told + " }}", composer)
    assert len(composer.document.problems) == 1


def test_more_than_nothing_is_growth_though_there_is_no_rate(composer):
    assert lines('{% 如果 数("在建项目数", 比较="2010").增长 %}多了{% 完 %}', composer) == ["多了"]


def test_a_title_has_no_footnotes_and_so_no_numbers(composer):
    with pytest.raises(Wrong, match="标题"):
        set_text('# 在建项目达到{{ 数("在建项目数") }}', composer)


def test_a_number_is_bound_to_its_records_as_known(composer, projects):
    set_text('{{ 数("在建项目数", 分组="nature", 组="新建") }}{{ 数("签约率（按线索）") }}', composer)
    number, ratio = composer.document.numbers
    assert [each[2] for each in number.records] == ["P1", "P3"]
    assert (number.value, number.period, number.scope, number.data_date) == ("2", "2024-H1", ["ZONE"], "2024-08-05")
    assert (ratio.shown, bool(ratio.problem)) == ("〔缺数〕", True)


def test_a_document_outlives_json(composer):
    set_text('## 一\n{{ 数("在建项目数") }}\n{{ 表("在建项目数") }}\n{{ 图("在建项目数", 月数=2) }}', composer)
    assert Document.from_dict(composer.document.as_dict()) == composer.document
