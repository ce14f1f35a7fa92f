"""The page of the browser: every number is a link, nothing a person wrote is markup."""

import re

from kaifaqu.reporting.paper import page
from kaifaqu.reporting.paper.tests import sample


def test_every_number_leads_to_its_trace():
    told = page.shown(sample.document(), sample.stamp(), lambda place: f"/briefs/1/#n{place + 1}")
    links = re.findall(r'<a href="/briefs/1/#n(\d+)" title="口径：[^"]*查证码 JB0001-(\d+)。">([^<]*)</a>', told)
    assert [one for one, _other, _shown in links] == [other for _one, other, _shown in links]
    assert [shown for _one, _other, shown in links] == [
        "14个", "62.49亿元", "增长12.3%", "〔缺数〕", "1.5亿元", "1.5亿元", "2亿元", "1.5亿元", "1.5亿元", "2亿元", "〔缺数〕"]


def test_what_people_wrote_is_no_markup():
    told = page.shown(sample.document(), sample.stamp())
    assert "<b>&amp;" not in told
    assert "=1+1 &lt;b&gt;&amp;amp;&lt;/b&gt;" in told


def test_headings_stand_below_the_title_and_charts_say_what_they_show():
    told = page.shown(sample.document(), sample.stamp())
    assert re.findall(r"<h(\d)>([^<]*)", told)[:3] == [("2", "一、总体情况"), ("3", "（一）续建"), ("3", "（二）新开工")]
    assert 'alt="逐月：1月 1.5亿元，2月 2亿元，3月 〔缺数〕"' in told
    assert 'src="data:image/svg+xml;base64,' in told
