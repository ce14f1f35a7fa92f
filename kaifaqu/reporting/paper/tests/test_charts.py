"""Charts: bars as long as the numbers, in the unit of the chart."""

from kaifaqu.reporting.document import Chart
from kaifaqu.reporting.paper import charts
from kaifaqu.reporting.paper.tests import sample


def test_the_words_of_a_chart_are_those_of_its_numbers():
    told = charts.svg(sample.document(), sample.document().blocks[-1], "某字体")
    assert ">1.5<" in told
    assert ">2<" in told
    assert "缺数" not in told  # a gap
    assert 'font-family="某字体"' in told


def test_long_names_lie():
    short = charts._specified(sample.document(), Chart("", "亿元", [("1月", 4), ("1月", 5)]), "", "")
    long = charts._specified(sample.document(), Chart("", "亿元", [("通用设备制造业", 4), ("其他", 5)]), "", "")
    assert [each["encoding"]["y"]["type"] for each in (short, long)] == ["quantitative", "ordinal"]
    assert [each["value"] for each in short["data"]["values"]] == [1.5, 2]


def test_a_picture_is_made():
    assert charts.png(sample.document(), sample.document().blocks[-1]).startswith(b"\x89PNG")
