"""Maps: what is drawn and told on the pages, today and as known, for whom."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.places.drawing import Drawing, Shape, short
from kaifaqu.registers.places.models import Park, Zone
from kaifaqu.registers.places.tests.shapes import rectangle

SMALL, LARGE = rectangle(110.98, 111.04), rectangle(110.98, 111.08)


@pytest.fixture
def area(zone, clerk):
    """Return a zone that was small once, and its parks: within it, half in what was added, beside it, and without a boundary."""
    [made] = testing.enter(Zone, zone, f"""
        code | name       | level      | area | boundary
        Z1   | 演示开发区 | provincial | 2413 | {SMALL}
    """, by=clerk)
    testing.enter(Park, zone, f"""
        code | name       | area  | boundary
        K1   | 西园区     | 1609  | {rectangle(110.98, 111.02)}
        K2   | 跨界园区   | 100   | {rectangle(111.02, 111.06)}
        K3   | 区外园区   |       | {rectangle(111.08, 111.09)}
        K4   | 待定园区   |       |
    """, by=clerk)
    return made


@pytest.fixture
def desk(clerk, client):
    client.force_login(clerk)
    return client


def enlarge(area, clerk) -> int:
    """Enlarge the zone; return what was known before."""
    known = events.last_seq()
    facts = {"boundary": LARGE, "area": "4021"}
    commit([actions.find("zones.correct").plan(area, by=clerk, version=1, facts=facts, reason="扩区批准")], by=clerk)
    testing.enter(Park, area.owner, f"code | name | boundary\nK5 | 新增园区 | {rectangle(111.06, 111.08)}", by=clerk)
    return known


def drawn(page) -> list[tuple[str, str]]:
    """Return the outlines of a page's drawing: how each is drawn, and of what."""
    return re.findall(r'<path class="([\w ]+)" d="[^"]+"><title>([^<]+)</title>', page.content.decode())


def near(page) -> list[tuple[str, str]]:
    """Return the neighbours that a record's page tells, each with how it lies."""
    [section] = re.findall(r'id="boundary".*?</section>', page.content.decode(), re.S)
    return re.findall(r"<td><a [^>]+>([^<]+)</a></td>.*?<td>([^<]+)</td></tr>", section, re.S)


def test_a_record_shows_its_boundary_its_area_and_what_lies_in_it(desk, area):
    page = desk.get(reverse("record", args=["zones", area.pk]))
    assert drawn(page) == [("zone", "演示开发区"), ("park", "西园区"), ("park", "跨界园区")]
    assert near(page) == [("西园区", "全部在本范围内"), ("跨界园区", "重叠，约占其 50%"), ("区外园区", "不重叠")]
    assertContains(page, "2412.98 公顷 <small>登记 2413 公顷</small>")
    assertContains(page, "坐标基准：CGCS2000 经纬度")
    assertContains(page, "110.98°E 35.58°N 至 111.04°E 35.62°N")
    assertNotContains(page, "请核对面积")
    assertNotContains(page, "coordinates&quot;")  # the numbers themselves tell people nothing


def test_a_park_shows_where_in_the_zone_it_lies_and_that_its_area_is_another(desk, area):
    page = desk.get(reverse("record", args=["parks", Park.objects.get(code="K2").pk]))
    assert drawn(page) == [("near", "演示开发区"), ("park", "跨界园区")]
    assert near(page)[0] == ("演示开发区", "重叠，约占其 33%")
    assertContains(page, "按边界算得 1608.65 公顷，与登记的 100 公顷 相差 1508.7%，请核对面积或边界。")


def test_a_record_without_a_boundary_has_no_map(desk, area):
    page = desk.get(reverse("record", args=["parks", Park.objects.get(code="K4").pk]))
    assertNotContains(page, 'id="boundary"')
    assertNotContains(page, "leaflet")


def test_the_boundary_of_an_earlier_day_is_that_of_its_version(desk, area, clerk):
    known = enlarge(area, clerk)
    now = desk.get(reverse("record", args=["zones", area.pk]))
    then = desk.get(reverse("record", args=["zones", area.pk]), {"known": f"#{known}"})
    assert [dict(near(page))["跨界园区"] for page in (now, then)] == ["全部在本范围内", "重叠，约占其 50%"]
    assert ["新增园区" in dict(near(page)) for page in (now, then)] == [True, False]
    assertContains(now, "4021.63 公顷 <small>登记 4021 公顷</small>")
    assertContains(then, "2412.98 公顷 <small>登记 2413 公顷</small>")
    assertContains(then, f"geojson/?known=%23{area.pk}")
    all_then = desk.get(reverse("places"), {"known": f"#{known}"})
    assertContains(all_then, "2412.98 公顷")
    assertNotContains(desk.get(reverse("places")), "2412.98 公顷")


def test_all_places_stand_on_one_map_with_a_list_beside(desk, area):
    page = desk.get(reverse("places"), {"place": Park.objects.get(code="K1").pk})
    assert drawn(page) == [
        ("zone", "演示开发区"), ("park chosen", "西园区"), ("park", "跨界园区"), ("park", "区外园区")]
    assertContains(page, 'aria-current="true">西园区</a>')
    assertContains(page, "没有登记边界", count=1)
    told = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page.content.decode(), re.S)[1])
    assert [each["properties"]["name"] for each in told["features"]] == ["演示开发区", "西园区", "跨界园区", "区外园区"]
    assertContains(desk.get(reverse("places"), {"known": "昨天"}), "不是日期")
    assertContains(desk.get(reverse("records", args=["zones"])), f'href="{reverse("places")}"')


def test_a_map_asks_as_many_questions_however_many_places_there_are(desk, area, zone, clerk, django_assert_max_num_queries):
    def count(address: str) -> int:
        with django_assert_max_num_queries(30) as asked:
            desk.get(address)
        return len(asked)

    addresses = [reverse("places"), reverse("record", args=["zones", area.pk])]
    before = [count(address) for address in addresses]
    more = "\n".join(f"P{number} | 园区{number} | {rectangle(110.98, 111.0)}" for number in range(20))
    testing.enter(Park, zone, f"code | name | boundary\n{more}", by=clerk)
    assert [count(address) for address in addresses] == before


def test_each_sees_only_the_places_that_he_may_see(area, zone, clerk, stranger, client):
    client.force_login(stranger)
    page = client.get(reverse("places"))
    assertContains(page, "还没有登记开发区、园区或宗地")
    assert client.get(reverse("place-geojson", args=["zones", area.pk])).status_code == 404
    client.force_login(testing.employ(zone, "parker", "parks.view"))
    assert [name for _look, name in drawn(client.get(reverse("places")))] == ["西园区", "跨界园区", "区外园区"]
    assertNotContains(client.get(reverse("record", args=["parks", Park.objects.get(code="K1").pk])), "演示开发区")
    client.force_login(testing.employ(zone, "nobody", "parties.view"))
    assertContains(client.get(reverse("places")), "zones.view", status_code=403)
    assertNotContains(client.get(reverse("home")), reverse("places"))


@pytest.mark.parametrize("name", ["leaflet/leaflet.js", "leaflet/leaflet.css", "places/map.js"])
def test_what_the_map_needs_comes_from_this_host(name):
    assert finders.find(name)


def test_a_drawing_is_as_long_as_the_ground_and_names_are_text():
    [[west, south]] = [[111.0, 35.6]]
    name = "<script>" + "长" * 40
    ring = [(west, south), (west + 0.02, south), (west + 0.02, south + 0.01), (west, south + 0.01), (west, south)]
    text = Drawing([Shape(1, name, "park", [[ring]])], "图").svg()
    assert "<script>" not in text
    xs, ys = zip(*(map(float, each.split()) for each in re.search(r'd="M(.*?)Z"', text)[1].split("L")), strict=True)
    assert (max(xs) - min(xs)) / (max(ys) - min(ys)) == pytest.approx(1812.3 / 1109.5, rel=0.001)  # metres, not degrees
    bar = re.search(r'class="scale" d="M12 \S+ V\S+ H(\S+) ', text)
    assert (float(bar[1]) - 12) / (max(xs) - min(xs)) == pytest.approx(500 / 1812.3, rel=0.01)
    assert "500 米" in text
    assert short(name) == name[:13] + "…"


def test_a_boundary_of_many_points_is_drawn_with_those_that_can_be_told_apart():
    ring = [(111 + number / 1e6, 35.0) for number in range(9000)] + [(111.009, 35.02), (111.0, 35.0)]
    drawing = Drawing([Shape(1, "细", "park", [[ring]])], "图")
    [[kept]] = drawing.features["features"][0]["geometry"]["coordinates"]
    assert len(kept) < 2000
    assert kept[0] == kept[-1] == ring[0]


def test_the_list_is_cut_where_one_kind_of_place_is_and_not_where_all_are_many(zone, clerk, client, area, monkeypatch):
    told = "地点很多，每种只列出编号在前的"
    client.force_login(clerk)
    for most, is_cut in ((4, True), (5, False)):  # four parks, and with the zone five places
        monkeypatch.setattr("kaifaqu.registers.places.spots.MOST", most)
        monkeypatch.setattr("kaifaqu.registers.places.views.MOST", most)
        assert (told in client.get(reverse("places")).content.decode()) is is_cut
