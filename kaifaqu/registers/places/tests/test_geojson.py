"""GeoJSON out and in: what is written, read again by a reader of its own, and everything that a file may have wrong."""

import io
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.kernel import actions, audit, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.places import datums
from kaifaqu.registers.places.models import Park, Zone
from kaifaqu.registers.places.tests.shapes import collection, polygon, rectangle, ring
from kaifaqu.sheets import importing
from kaifaqu.sheets.models import Upload

FINE = polygon([[110.98000000000012, 35.58], [111.0000000001, 35.58], [111.01, 35.600000000000001], [110.98000000000012, 35.58]])
EAST, WEST = rectangle(111.04, 111.08), rectangle(110.98, 111.02)


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.HOME = tmp_path


@pytest.fixture
def parks(zone, clerk):
    return testing.enter(Park, zone, f"""
        code | name       | area  | boundary
        K1   | 东园区     | 420.5 | {EAST}
        K2   | 西园区     |       | {WEST}
        K3   | 循环产业园 | 185   |
    """, by=clerk)


@pytest.fixture
def desk(clerk, client):
    client.force_login(clerk)
    return client


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


# Out


def positions(text: str) -> list[tuple[Decimal, ...]]:
    """Return every position in the text of a GeoJSON file, digit by digit: a second reader, which knows nothing of ours."""
    def walk(value):
        if isinstance(value, list) and value and isinstance(value[0], Decimal | int):
            yield tuple(map(Decimal, value))
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from walk(each)

    return list(walk(json.loads(text, parse_float=Decimal)["features"]))


def test_a_list_goes_out_with_every_coordinate_as_it_is_stored(desk, parks, zone):
    parks += testing.enter(Park, zone, f"code | name | boundary\nK4 | 细园区 | {FINE}")
    answer = desk.get(reverse("export", args=["parks", "geojson"]))
    text = content(answer).decode()
    told = json.loads(text)
    assert (answer.headers["Content-Type"], told["type"], told["datum"]) == ("application/geo+json", "FeatureCollection", "CGCS2000")
    assert "crs" not in told  # RFC 7946 has none
    assert [each["geometry"] and each["geometry"]["type"] for each in told["features"]] == ["Polygon", "Polygon", None, "Polygon"]
    stored = [tuple(map(Decimal, map(str, each))) for park in parks if park.boundary
              for each in json.loads(park.boundary)["coordinates"][0]]
    assert positions(text) == stored
    properties = told["features"][0]["properties"]
    assert {name: properties[name] for name in ("code", "name", "area", "owner", "datum")} == {
        "code": "K1", "name": "东园区", "area": 420.5, "owner": "ZONE", "datum": "CGCS2000"}


def test_a_filtered_list_and_one_record_go_out_alone(desk, parks):
    for address in (reverse("export", args=["parks", "geojson"]) + "?q=西", reverse("place-geojson", args=["parks", parks[1].pk])):
        assert [each["properties"]["code"] for each in json.loads(content(desk.get(address)))["features"]] == ["K2"]


def test_what_was_known_goes_out_as_it_was_known(desk, parks, clerk):
    known = events.last_seq()
    commit([actions.find("parks.correct").plan(parks[0], by=clerk, version=1, facts={"boundary": WEST}, reason="调整")], by=clerk)
    address = reverse("place-geojson", args=["parks", parks[0].pk])
    for asked, boundary, said in ((f"?known=%23{known}", EAST, f"#{known}"), ("", WEST, None)):
        [feature] = json.loads(content(desk.get(address + asked)))["features"]
        assert feature["geometry"] == json.loads(boundary)
        assert said in (None, feature["properties"]["known"])
    assert desk.get(f"{address}?known=昨天").status_code == 404


def test_registers_without_a_place_have_no_geojson(desk, zone):
    assert desk.get(reverse("export", args=["parties", "geojson"])).status_code == 404
    assert desk.get(reverse("place-geojson", args=["parties", zone.pk])).status_code == 404
    assertNotContains(desk.get(reverse("records", args=["parties"])), "GeoJSON")


# In


def bring(owner, clerk, file: bytes, name: str = "园区.geojson", register=Park, **choices) -> Upload:
    upload = importing.receive(register, owner, clerk, name, io.BytesIO(file), reason="坐标基准 CGCS2000")
    upload.choices |= choices
    importing.check(upload)
    return upload


def found(upload: Upload) -> list[tuple]:
    return [
        (row["number"], row["name"], row["kind"], *(change[0] for change in row["changes"]), *(fault["message"] for fault in row["faults"]))
        for row in importing.rows(upload)]


def test_what_went_out_comes_in_as_the_same(desk, parks, zone, clerk):
    file = content(desk.get(reverse("export", args=["parks", "geojson"])))
    assert found(bring(zone, clerk, file)) == [(1, "东园区", "same"), (2, "西园区", "same"), (3, "循环产业园", "same")]
    other = json.loads(file)
    for member in ("kaifaqu", "datum", "name"):  # what a program between has not kept
        del other[member]
    assert [row[2] for row in found(bring(zone, clerk, json.dumps(other).encode(), "园区.json"))] == ["same"] * 3


def test_features_are_found_by_code_else_by_name_which_a_person_confirms(parks, zone, clerk):
    turned = polygon(ring(111.04, 111.08, 35.58, 35.62)[::-1])
    file = collection(
        ({"code": "K1"}, turned), ({"code": "K2", "name": "西园区"}, EAST), ({"name": "循环产业园"}, WEST), ({"name": "北园区"}, None))
    upload = bring(zone, clerk, file)
    assert found(upload) == [
        (1, "东园区", "same"), (2, "西园区", "changed", "边界（GeoJSON）"), (3, "循环产业园", "alike", "边界（GeoJSON）"),
        (4, "北园区", "new")]
    [changed, alike] = importing.rows(upload, "changed", "alike")
    assert changed["changes"][0][1:] == ["1 块，4 点，1608.65 公顷", "1 块，4 点，1608.65 公顷"]
    importing.choose(upload, confirmed=[alike["record"]])
    importing.check(upload)
    changeset = importing.write(upload, clerk)
    assert (changeset.created, changeset.changed, changeset.same) == (1, 2, 1)
    assert {park.code: park.boundary for park in Park.objects.filter(code__in=["K1", "K2", "K3"])} == {"K1": EAST, "K2": EAST, "K3": WEST}
    assert events.Event.objects.last().reason == "坐标基准 CGCS2000"
    changeset = type(changeset).objects.get(pk=changeset.pk)
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=changeset.row_version, reason="发错了图")], by=clerk)
    assert {park.code: park.boundary for park in Park.objects.current()} == {"K1": EAST, "K2": WEST, "K3": ""}
    assert audit.verify().problems == []


def test_everything_wrong_is_said_at_once_with_number_and_name(parks, zone, clerk):
    upload = bring(zone, clerk, collection(
        ({"name": "八字"}, polygon([[111, 35], [112, 36], [112, 35], [111, 36], [111, 35]])),
        ({"name": "点"}, '{"type": "Point", "coordinates": [111, 35]}'),
        ({"name": "颠倒"}, polygon(ring(35, 36, 111, 112))),
        ({"name": "米"}, polygon(ring(38412345.6, 38412545.6, 3939000, 3939200))),
        ({}, EAST), ({"code": "K1"}, EAST), ({"code": "K1"}, WEST)))
    told = [(number, name, "".join(rest)) for number, name, kind, *rest in found(upload) if kind == "wrong"]
    for (number, name, text), wanted in zip(told, [
        (1, "八字", "自相交"), (2, "点", "不是 GeoJSON 的 Polygon"), (3, "颠倒", "先经度后纬度"), (4, "米", "投影坐标"),
        (5, "", "请填写「名称」"), (7, "K1", "与第 6 行重复"),
    ], strict=True):  # fmt: skip
        assert (number, name, wanted[2] in text) == (*wanted[:2], True), text
    assert importing.mark_errors(upload).exists()


@pytest.mark.parametrize(("file", "sentence"), [
    (b"", "文件是空的"),
    (b"{", "不是完整的 JSON"),
    (b"not json", "不是完整的 JSON"),
    ("园区".encode("utf-16-be"), "请以 UTF-8 编码"),
    (b'{"type": "FeatureCollection", "name": "\xd6\xd0", "features": []}', "请以 UTF-8 编码"),
    (b"[" * 200_000, "嵌套得太深"),
    (b'{"type": "FeatureCollection", "features": [' + b"[" * 200_000, "嵌套得太深"),
    (b'{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 2], [3, 3], [NaN, 1]]]}', "NaN"),
    (b'{"type": "Polygon", "coordinates": [[[Infinity, 1], [2, 2], [3, 3], [Infinity, 1]]]}', "NaN 或 Infinity"),
    (b'{"type": "FeatureCollection", "features": []}', "没有要素"),
    (b'{"type": "FeatureCollection", "features": {"0": {}}}', "没有要素"),
    (b'{"type": "FeatureCollection", "features": [1, null]}', "没有要素"),
    (collection(({"name": "东园区"}, EAST), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}), "坐标系不是"),
    (collection(({"name": "东园区"}, EAST), crs={"type": "name", "properties": {"name": "EPSG:4610"}}), "坐标系不是"),
    (collection(({"name": "东园区"}, EAST), crs="GCJ-02"), "坐标系不是"),
    (b"PK\x03\x04 no map", "压缩包不完整或已损坏|文件不完整或已损坏"),
])  # fmt: skip
def test_a_file_that_is_no_map_is_refused_with_a_sentence(parks, zone, clerk, file, sentence):
    upload = bring(zone, clerk, file)
    assert upload.state == "refused"
    with pytest.raises(ValidationError, match=sentence):
        raise ValidationError(upload.problem)


def test_a_file_that_is_too_large_is_refused_as_it_comes_in(parks, zone, clerk, settings):
    settings.SHEET_LIMITS = {"upload": 1000}
    with pytest.raises(ValidationError, match="文件超过上限"):
        bring(zone, clerk, collection(({"name": "东园区"}, EAST)) + b" " * 1000)


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4490", "urn:ogc:def:crs:EPSG::4326"])
def test_longitude_and_latitude_of_the_two_datums_are_read(parks, zone, clerk, crs):
    file = collection(({"code": "K1"}, WEST), crs={"type": "name", "properties": {"name": crs}})
    assert [row[2] for row in found(bring(zone, clerk, file))] == ["changed"]


def test_coordinates_keep_every_digit_that_a_number_has(parks, zone, clerk):
    importing.write(bring(zone, clerk, collection(({"code": "K1"}, FINE))), clerk)
    assert Park.objects.get(code="K1").boundary == FINE


# The page


def hand_in(desk, file: bytes, zone, register="parks", name="图.geojson", **told):
    file = io.BytesIO(file)
    file.name = name
    return desk.post(reverse("import-table", args=[register]), {"owner": zone.pk, "file": file, "token": "t", "reason": "", **told})


@pytest.mark.parametrize(("datum", "sentence"), [
    ("", "请说明图形的坐标基准"), ("GCJ-02", "加偏坐标"), ("BD-09", "加偏坐标"), ("Xian-1980", "用测绘部门的参数换算"), ("别的", "别的"),
])
@pytest.mark.parametrize("name", ["图.geojson", "图.json"])
def test_the_datum_must_be_told_and_must_be_ours(desk, parks, zone, datum, sentence, name):
    assertContains(hand_in(desk, collection(({"code": "K1"}, WEST)), zone, datum=datum, name=name), sentence)
    assert not Upload.objects.exists()


def test_a_table_without_shapes_needs_no_datum(desk, parks, zone):
    hand_in(desk, "编号,名称\nK1,东园区".encode(), zone, name="表.csv")
    assert Upload.objects.get().reason == ""


@pytest.mark.parametrize("file", [
    WEST.encode(), json.dumps({"type": "Feature", "properties": None, "geometry": json.loads(WEST)}).encode(), collection(({}, WEST)),
])
def test_a_single_shape_is_that_of_the_place_that_the_person_names(desk, parks, zone, clerk, file):
    hand_in(desk, file, zone, datum="WGS-84", place="K3")
    upload = Upload.objects.get()
    assert (found(upload), upload.reason) == ([(1, "循环产业园", "changed", "边界（GeoJSON）")], "坐标基准 WGS-84")
    page = desk.get(reverse("import", args=[upload.pk]))
    assertContains(page, '<path class="after"')
    assertContains(page, "虚线是现在的边界")


@pytest.mark.parametrize("file", [b"{", b"[1]", b"null", b"[" * 100_000, collection(({}, WEST), ({}, EAST)), "编号\nK1".encode()])
def test_a_named_place_has_one_shape(desk, parks, zone, file):
    assertContains(hand_in(desk, file, zone, datum="CGCS2000", place="K3"), "文件里不是只有一个图形")


def test_the_preview_draws_the_boundary_that_is_replaced(desk, parks, zone, clerk):
    upload = bring(zone, clerk, collection(({"code": "K1"}, WEST)))
    page = desk.get(reverse("import", args=[upload.pk]))
    assertContains(page, '<path class="before"')
    assertContains(page, "1 块，4 点，1608.65 公顷")
    assertRedirects(desk.post(reverse("import", args=[upload.pk]), {"write": ""}), reverse("record", args=[
        "changesets", Upload.objects.get().changeset]))


# The command


def test_the_command_writes_and_reads_geojson(parks, clerk, tmp_path, capsys):
    target = tmp_path / "园区.geojson"
    call_command("export", "parks", "--output", str(target))
    told = json.loads(target.read_text(encoding="utf-8"))
    told["features"][0]["geometry"] = json.loads(WEST)
    target.write_text(json.dumps(told), encoding="utf-8")
    for words, sentence in (([], "请说明图形的坐标基准"), (["--datum", "GCJ-02"], "加偏坐标")):
        with pytest.raises(CommandError, match=sentence):
            call_command("import", "parks", str(target), "--by", "clerk", *words)
    call_command("import", "parks", str(target), "--by", "clerk", "--datum", "CGCS2000")
    assert "变更 1，相同 2" in capsys.readouterr().out
    assert Park.objects.get(code="K1").boundary == WEST


@pytest.mark.parametrize(("name", "start", "asked"), [
    ("a.geojson", b"", True), ("A.GEOJSON", b"", True), ("a.json", b'{"type": "FeatureCollection"', True), ("a.json", WEST.encode(), True),
    ("a.json", json.dumps({"records": [{"boundary": WEST}]}).encode(), False),  # our own export: what it holds, we have kept
    ("a.csv", WEST.encode(), False),
])  # fmt: skip
def test_of_shapes_the_datum_is_asked(name, start, asked):
    assert datums.is_asked(name, start) == asked


def test_every_datum_has_its_words():
    assert datums.DATUMS.keys() == datums.LABELS.keys()


def test_a_zone_comes_in_too(zone, clerk):
    upload = bring(zone, clerk, collection(({"name": "演示开发区", "level": "省级", "approved_on": "2006-04"}, EAST)), register=Zone)
    importing.write(upload, clerk)
    assert Zone.objects.get().boundary == EAST
