"""Plants: each day is held against the capacity that was valid, a day without a report is in no figure, and days come in by collecting."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.domains.infrastructure.indicators import (
    DAYS_CAPACITY,
    DAYS_OVER,
    DAYS_REPORTED,
    INFLOW,
    LOAD_RATE,
    RECLAIMED_RATE,
    SEWAGE_CAPACITY,
)
from kaifaqu.domains.infrastructure.models import Plant, PlantCapacity, PlantDay
from kaifaqu.domains.infrastructure.tests.conftest import act, told
from kaifaqu.kernel import access, actions, audit, clock, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.story import moment
from kaifaqu.sheets import answering, collecting, importing, sending


def held() -> dict[str, Decimal | None]:
    """Return the capacity of each day."""
    return {each.code: each.capacity for each in PlantDay.objects.current().order_by("code")}


def test_each_day_has_the_capacity_that_was_valid_then(plant):
    assert held() == {"D1": 100, "D2": 100, "D3": 200, "D5": 200, "E1": 50}
    assert [told(SEWAGE_CAPACITY, day) for day in ("2023-12-31", "2024-07-02", "2024-07-03")] == [0, 100, 200]


def test_the_days_of_a_month(plant):
    assert (told(DAYS_REPORTED, "2024-07"), told(DAYS_OVER, "2024-07")) == (4, 2)
    assert told(LOAD_RATE, "2024-07") == Decimal("85.33")  # (90 + 110.5 + 110.5 + 201) ÷ (100 + 100 + 200 + 200)
    assert told(RECLAIMED_RATE, "2024-07") == 25  # (20 + 30) ÷ (80 + 120); the second day tells only one of the two
    assert (told(DAYS_OVER, "2024-07-01"), told(DAYS_REPORTED, "2024-07-04")) == (0, 0)
    for figure in (LOAD_RATE, INFLOW, RECLAIMED_RATE, DAYS_OVER):  # without a report nothing is zero
        asked = figure.figure(Period.parse("2024-07-04"), scope=access.scope())
        assert (asked.value, asked.reason) == (None, "无法计算：2024年7月4日没有厂站日报。没有报的日子不按 0 计。")
    figure = DAYS_OVER.figure(Period.parse("2024-07"), scope=access.scope())
    assert [str(each.day) for each in figure.records] == ["2024-07-02", "2024-07-05"]


def test_a_new_or_corrected_capacity_changes_the_days_that_it_concerns(plant, clerk):
    known = events.last_seq()
    act(plant, "plants.enlarge", clerk, since=date(2024, 7, 2), amount="150", document="批复四")
    assert held() == {"D1": 100, "D2": 150, "D3": 200, "D5": 200, "E1": 50}
    later = PlantCapacity.objects.get(amount=200)
    act(later, "plant_capacities.correct", clerk, facts={"since": "2024-07-05"}, reason="投运推迟")
    assert held() == {"D1": 100, "D2": 150, "D3": 150, "D5": 200, "E1": 50}
    act(PlantCapacity.objects.get(amount=150), "plant_capacities.archive", clerk, reason="误登")
    assert held() == {"D1": 100, "D2": 100, "D3": 100, "D5": 200, "E1": 50}
    assert (told(DAYS_OVER, "2024-07"), told(DAYS_OVER, "2024-07", known=known)) == (3, 2)
    assert (told(DAYS_CAPACITY, "2024-07"), told(DAYS_CAPACITY, "2024-07", known=known)) == (500, 600)
    assert told(DAYS_CAPACITY, "2024-07", DAYS_CAPACITY.by[0]) == {"污水厂": 500}
    assert told(LOAD_RATE, "2024-07-02", known=events.last_seq()) == Decimal("110.5")


def test_a_capacity_comes_in_by_import_as_well(zone, plant, clerk):
    upload = importing.receive(PlantCapacity, zone, clerk, "能力.txt", "厂站\t自何日起\t日处理能力（万立方米/日）\nCZ1\t2024-07-02\t0.012")
    importing.check(upload)
    assert upload.found["counts"] == {"new": 1}
    importing.write(upload, clerk)
    assert held()["D2"] == 120


def test_a_history_of_capacities_comes_in_at_once_and_goes_again(zone, plant, clerk):
    text = "厂站\t自何日起\t日处理能力\nCZ1\t2024-07-02\t120\nCZ1\t2024-07-04\t250\nCZ2\t2024-06-01\t55"
    upload = importing.receive(PlantCapacity, zone, clerk, "能力.txt", text)
    importing.check(upload)
    changeset = importing.write(upload, clerk)
    assert held() == {"D1": 100, "D2": 120, "D3": 200, "D5": 250, "E1": 55}
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=changeset.row_version, reason="导错")], by=clerk)
    assert held() == {"D1": 100, "D2": 100, "D3": 200, "D5": 200, "E1": 50}
    assert audit.verify().problems == []


def test_many_days_of_a_plant_ask_for_its_capacities_once(zone, plant, clerk, django_assert_max_num_queries):
    plan = actions.find("plant_days.create").plan
    facts = [{"plant": plant, "day": f"2024-06-{number:02d}", "inflow": "5"} for number in range(1, 31)]
    with django_assert_max_num_queries(25):
        commit([plan(zone, by=clerk, facts=each) for each in facts], by=clerk)


@pytest.mark.parametrize(("facts", "problem"), [
    ({}, "一项也没有填"), ({"inflow": "-1"}, "是负数"), ({"day": "2024-08-06", "inflow": "1"}, "还没有到"),
    ({"day": "2024-07-01", "inflow": "1"}, "这一天已有日报"),
])
def test_a_day_that_cannot_be_is_refused(zone, plant, facts, problem):
    with pytest.raises(ValidationError, match=problem):
        testing.enter(PlantDay, zone, "plant\nCZ1", **{"day": "2024-07-06", **facts})


def test_a_day_at_the_limit_is_not_over_it(zone, plant):
    [full] = testing.enter(PlantDay, zone, "plant | day | inflow\nCZ1 | 2024-07-06 | 200")
    assert (full.is_over, full.load, full.warnings(), told(DAYS_OVER, "2024-07-06")) == (False, "100%", [], 0)


def test_a_day_over_the_limit_is_pointed_out(plant):
    assert PlantDay.objects.get(code="D2").warnings() == ["进水 110.5 立方米，超过当日能力 100 立方米。"]
    assert PlantDay.objects.get(code="D1").warnings() == []


def test_a_collection_of_a_day_goes_out_comes_back_and_is_merged(zone, plant, clerk, tmp_path, settings):
    settings.HOME = tmp_path
    units = [{"name": "污水厂", "records": "CZ1"}, {"name": "中水厂", "records": "CZ2"}]
    asked = sending.start(zone, clerk, {"name": "8 月 4 日日报", "target": "plant_days", "period": "2024-08-04"}, units)
    stream = io.BytesIO()
    assert sending.send(asked, clerk, stream) == 2
    answers = []
    with zipfile.ZipFile(stream) as archive:
        for name, inflow in zip(archive.namelist(), ("150.5", "40"), strict=True):
            book = openpyxl.load_workbook(io.BytesIO(archive.read(name)))
            heads = [cell.value for cell in book.worksheets[0][1]]
            book.worksheets[0].cell(2, heads.index("进水量（立方米）") + 1).value = inflow
            back = io.BytesIO()
            book.save(back)
            back.seek(0)
            answers.append((name, back))
    answering.receive(asked, answers, clerk)
    answering.check_all(asked, clerk)
    board = collecting.board(asked)
    assert {line.unit.name: line.state for line in board.lines} == {"污水厂": "back", "中水厂": "back"}
    collecting.merge(asked, clerk)
    days = PlantDay.objects.current().filter(day="2024-08-04").order_by("plant__code")
    assert [(each.plant.code, each.inflow, each.capacity) for each in days] == [("CZ1", Decimal("150.5"), 200), ("CZ2", 40, 50)]
    assert (told(DAYS_REPORTED, "2024-08"), told(LOAD_RATE, "2024-08")) == (1, Decimal("75.25"))


def test_another_owners_plant_is_not_reported_on(zone, other, clerk):
    [foreign] = testing.enter(Plant, other, "code | name | kind\nCZ9 | 外厂 | sewage")
    with pytest.raises(ValidationError, match="「厂站」不归本单位所有"):
        testing.enter(PlantDay, zone, "day | inflow\n2024-07-01 | 1", plant=foreign)


def test_the_page_of_a_plant_looks_back_a_year_and_says_how_many_days_were_reported(plant, clerk, client):
    client.force_login(clerk)
    address = reverse("record", args=["plants", plant.pk])
    assertContains(client.get(address), "近一年已报的 4 天里，超负荷 2 天")
    clock.set(moment(date(2025, 1, 10)))
    assertContains(client.get(address), "近一年已报的 4 天里，超负荷 2 天")
    clock.set(moment(date(2025, 12, 10)))
    assertContains(client.get(address), "近一年没有日报，是否超负荷不知道。")
