"""M3-01 to M3-12: makers, deliveries, prototypes, operators, sessions, jumps, missions, what they see, and study tours."""

import io
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.domains.lowaltitude import indicators as figures
from kaifaqu.domains.lowaltitude import models as low
from kaifaqu.files import store
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.qualifications.indicators import EXPIRING
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.sheets.exporting import export

DAY, YEAR = "2024-08-05", "2024-01..08"


@pytest.fixture(autouse=True)
def today(time_machine):
    """Stand on the demo's day."""
    time_machine.move_to("2024-08-05T10:00:00+08:00")


def told(definition, zone, period=DAY, by=""):
    """Return a figure's value; grouped, that of each group by its name."""
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(period), scope={zone}, by=dimension)
    return {group.label: group.value for group in figure.groups} if by else figure.value


def act(record, verb, by, **facts):
    """Take an action on a record as it stands, and return it."""
    record = type(record).objects.get(pk=record.pk)
    plan = actions.find(record.right_to(verb)).plan
    return commit([plan(record, by=by, version=record.row_version, **facts)], by=by)[0]


def forget(record, by):
    """Archive a record that was entered twice."""
    return act(record, "archive", by, reason="重复登记")


@pytest.fixture
def firms(zone):
    """Return sixteen enterprises: A to E make aircraft or parts, F to P fly."""
    rows = "\n".join(f"{letter} | 演示{letter}" for letter in "ABCDEFGHIJKLMNOP")
    return {each.code: each for each in testing.enter(Enterprise, zone, f"code | name\n{rows}")}


@pytest.fixture
def roles(zone, firms):
    """Return five makers and eleven operators."""
    makers = "\n".join(f"{letter} | {letter} | maker" for letter in "ABCDE")
    operators = "\n".join(f"{letter} | {letter} | operator" for letter in "FGHIJKLMNOP")
    return testing.enter(low.AviationRole, zone, f"code | enterprise | role\n{makers}\n{operators}", since="2019-01-01")


def test_m3_01_five_makers_are_listed_with_products_and_states(zone, roles, clerk):
    testing.enter(low.AviationProduct, zone, """
        name       | maker | direction      | kind       | began_on | produced_on | sole_base_evidence
        甲型       | A     | light_aircraft | aircraft   | 2016     | 2019-05     |
        乙型       | B     | light_aircraft | aircraft   | 2015     | 2018        | 演示证明
        活塞发动机 | C     | engine         | part       |          |             |
        驱鸟设备   | C     |                | bird_laser | 2021-03  |             |
        过滤       | D     | component      | part       |          | 2020        |
        液压       | D     | component      | part       |          | 2021        |
        军用方向   | E     | engine         | part       | 2022     |             |
        民用方向   | E     | engine         | part       | 2022     |             |
    """)
    assert told(figures.MAKERS, zone) == 5
    assert told(figures.PRODUCTS, zone, by="stage") == {"研制": 3, "生产": 4, "筹备": 1}
    asked = (figures.DIRECTIONS, figures.COMPONENT_LINES, figures.BIRD_LASERS, figures.SOLE_BASES)
    assert [told(each, zone) for each in asked] == [3, 2, 1, 1]
    assert told(figures.ENGINE_LINES, zone, by="maker") == {"演示C": 1, "演示E": 2}
    forget(roles[0], clerk)
    assert told(figures.MAKERS, zone) == 4


def test_m3_01_the_plants_formalities_are_those_of_its_project(zone, firms, clerk, client):
    [plant] = testing.enter(Project, zone, "code | name | enterprise | signed_on\nP1 | 演示发动机厂房 | C | 2024-01-10")
    [engine] = testing.enter(low.AviationProduct, zone, "name | maker | kind | direction\n活塞发动机 | C | part | engine", project=plant)
    client.force_login(clerk)
    page = client.get(reverse("record", args=["aviation_products", engine.pk])).content.decode()
    assert reverse("record", args=["projects", plant.pk]) in page  # where its packages and their items with dates stand
    assert '<span class="stage">筹备</span>' in page


def test_m3_02_deliveries_by_serial_number_give_29_and_10_and_39(zone, roles, clerk):
    testing.enter(Qualification, zone, """
        holder | kind                   | subject | since      | until
        A      | production_certificate | 甲型    | 2019-01-01 |
        B      | production_certificate | 乙型    | 2019-01-01 |
        F      | production_certificate | 丙型    | 2019-01-01 |
    """)  # F only flies: what it is permitted to produce is no aircraft
    rows = [f"A-{number:03d} | 甲型 | A | 2024-07-0{number % 9 + 1}" for number in range(29)]
    rows += [f"B-{number:02d} | 乙型 | B | 2023-05-1{number}" for number in range(10)]
    made = testing.enter(low.Aircraft, zone, "\n".join(("serial_number | model | maker | delivered_on", *rows)), buyer="演示航校")
    testing.enter(low.Aircraft, zone, "serial_number | model | maker\nA-030 | 甲型 | A")  # not yet delivered
    assert told(figures.DELIVERED, zone, by="maker") == {"演示A": 29, "演示B": 10}
    assert told(figures.DELIVERED, zone) == 39
    assert (told(figures.DELIVERED, zone, "2023"), told(figures.PERMITS, zone), told(figures.PERMITS, zone, by="model")) == (
        10, 2, {"甲型": 1, "乙型": 1})
    forget(made[0], clerk)
    assert told(figures.DELIVERED, zone) == 38
    act(roles[0], "correct", clerk, facts={"until": "2024-01-01"})
    assert (told(figures.PERMITS, zone), told(figures.PERMITS, zone, "2023")) == (1, 2)


def test_m3_02_a_serial_number_is_delivered_once(zone, firms):
    testing.enter(low.Aircraft, zone, "serial_number | model | maker\n001 | 甲型 | A\n001 | 乙型 | B")
    with pytest.raises(ValidationError, match="一个序列号只交付一次"):
        testing.enter(low.Aircraft, zone, "code | serial_number | model | maker\nX | 001 | 甲型 | A")


@pytest.mark.parametrize(("maker", "model", "day", "is_delivered"), [
    ("A", "甲型", "2020-01-01", True), ("A", "丙型", "2023-12-31", True), ("A", "甲型", "2019-12-31", False),
    ("A", "甲型", "2024-01-01", False), ("A", "乙型", "2023-01-01", False), ("B", "甲型", "2023-01-01", False),
    ("B", "乙型", "2023-01-01", False), ("C", "AG 60", "2023-01-01", True), ("C", "ａｇ６０Ｅ", "2023-01-01", True),
    ("C", "60", "2023-01-01", False), ("C", "AG", "2023-01-01", False), ("D", "甲、乙一体型", "2023-01-01", True),
])
def test_m3_02_no_delivery_without_a_permit_of_that_model_valid_that_day(zone, firms, maker, model, day, is_delivered):
    testing.enter(Qualification, zone, """
        holder | kind                   | subject     | since      | until
        A      | production_certificate | 甲型、丙型  | 2020-01-01 | 2024-01-01
        A      | airworthiness          | 乙型        | 2020-01-01 |
        B      | other                  | 乙型        | 2020-01-01 |
        C      | production_certificate | Ag 60, AG60E | 2020-01-01 |
        D      | production_certificate | 甲、乙一体型 | 2020-01-01 |
    """)
    row = f"serial_number | model | maker | delivered_on | buyer\n001 | {model} | {maker} | {day} | 演示航校"
    if is_delivered:
        testing.enter(low.Aircraft, zone, row)
    else:
        with pytest.raises(ValidationError, match=f"{day} 没有 {maker} 演示{maker} 生产 {model} 的有效批准，不能交付"):
            testing.enter(low.Aircraft, zone, row)


def test_m3_02_the_zones_own_rule_may_accept_other_approvals_of_production(zone, firms):
    testing.enter(Qualification, zone, "holder | kind | subject | since\nB | other | 乙型 | 2020-01-01")
    facts = {"kind": "lowaltitude.delivery", "since": "2020-01-01", "published_on": "2020-01-01", "source_document": "演示文件",
             "content": '{"accepts": "any"}'}
    commit([actions.find("rules.create").plan(zone, by=testing.SYSTEM, facts=facts)], by=testing.SYSTEM)
    testing.enter(low.Aircraft, zone, "serial_number | model | maker | delivered_on | buyer\n001 | 乙型 | B | 2023-01-01 | 演示航校")


def test_m3_02_a_permit_past_its_date_warns(zone, firms, clerk):
    [held] = testing.enter(Qualification, zone, """
        code | holder | kind                   | subject | since      | until
        Z1   | A      | production_certificate | 甲型    | 2020-01-01 | 2024-08-05
    """)
    made = testing.enter(low.Aircraft, zone, """
        serial_number | model | maker | delivered_on | buyer    | registration
        001           | 甲型  | A     | 2023-01-01   | 演示航校 |
        002           | 甲型  | A     |              |          |
        003           | 甲型  | A     |              |          | B-演示3
    """)
    sentence = "没有这个型号的有效生产批准"
    assert held.warnings() == ["自 2024-08-05 起已经失效；续办的请另登记一份。"]
    assert [[sentence in each for each in one.warnings()] for one in made] == [[], [True], []]
    act(held, "correct", clerk, facts={"until": "2022-12-31"}, reason="核对")
    assert [[sentence in each for each in one.warnings()] for one in made] == [[True], [True], []]
    act(made[0], "correct", clerk, facts={"registration": "B-演示1"})  # what was delivered stays so


def test_m3_03_a_recognition_of_2023_counts_in_2023(zone, firms, clerk):
    made = testing.enter(Qualification, zone, """
        holder | kind       | since      | authority
        E      | new_rd_org | 2023-11-20 | 演示省级部门
        E      | testing    | 2023-11-20 | 演示省级部门
    """)
    assert {period: told(figures.RD_ORGS, zone, period) for period in ("2022", "2023", "2024")} == {"2022": 0, "2023": 1, "2024": 0}
    assert told(figures.RD_ORG_YEAR, zone, "2023") == 2023
    without = figures.RD_ORG_YEAR.figure(Period.parse("2022"), scope={zone})
    assert (without.value, without.status, without.reason) == (None, "not_computable", "2022年没有获批的，没有年份。")
    forget(made[0], clerk)
    assert told(figures.RD_ORGS, zone, "2023") == 0


def test_m3_03_a_prototype_shows_when_it_was_assembled_and_tested(zone, firms, clerk, client):
    [engine] = testing.enter(low.AviationProduct, zone, "code | name | maker | kind\nC1 | 民用方向 | E | part")
    made = testing.enter(low.PrototypeEvent, zone, """
        product | prototype | stage     | reached_on
        C1      | 1号       | assembled | 2023-03-10
        C1      | 1号       | tested    | 2023-09-15
    """)
    assert told(figures.PROTOTYPES, zone, "2023-H1", by="stage") == {"完成组装": 1}
    assert told(figures.PROTOTYPES, zone, by="stage") == {"完成组装": 1, "完成测试": 1}
    client.force_login(clerk)
    page = client.get(reverse("records", args=["prototype_events"])).content.decode()
    assert [day in page for day in ("2023-03-10", "2023-09-15")] == [True, True]
    assert client.get(reverse("record", args=["aviation_products", engine.pk])).status_code == 200
    forget(made[1], clerk)
    assert told(figures.PROTOTYPES, zone) == 1


def test_m3_06_eleven_operators_are_counted_and_who_also_makes_counts_once_among_all(zone, firms, roles, clerk):
    assert (told(figures.OPERATORS, zone), told(figures.ENTERPRISES, zone)) == (11, 16)
    forget(roles[-1], clerk)
    testing.enter(low.AviationRole, zone, "enterprise | role | since\nA | operator | 2020-01-01\nB | operator | 2024-08-06")
    assert [told(each, zone) for each in (figures.MAKERS, figures.OPERATORS, figures.ENTERPRISES)] == [5, 11, 15]


def test_m3_06_certificates_that_end_within_sixty_days_are_listed(zone, firms):
    testing.enter(Qualification, zone, """
        code | holder | kind                  | since      | until
        Z1   | F      | operating_certificate | 2021-10-04 | 2024-10-04
        Z2   | G      | operating_certificate | 2021-10-05 | 2024-10-05
        Z3   | H      | operating_certificate | 2021-08-05 | 2024-08-05
    """)
    assert {each.code for each in EXPIRING.figure(Period.parse(DAY), scope={zone}).records} == {"Z1"}


@pytest.fixture
def plan():
    """Return the file of a safety plan."""
    return store.keep(io.BytesIO(b"%PDF-1.7 plan"), "安全方案.pdf")


APPROVED = {
    "airspace_authority": "演示空管", "airspace_number": "演示〔2024〕3号", "airspace_approved_on": "2024-04-20",
    "safety_plan_evidence": "方案一"}


def test_m3_07_sixteen_sessions_from_rows(zone, clerk, plan):
    rows = [f"S{n} | 第{n}场 | {'competition' if n < 9 else 'exhibition'} | {'演示锦标赛' if n < 4 else ''}" for n in range(16)]
    text = "\n".join(("code | name | kind | series", *rows))
    planned = testing.enter(low.AviationEvent, zone, text, planned_on="2024-05-01", **APPROVED)
    assert told(figures.EVENTS, zone) == 0
    for each in planned:
        act(each, "attach", clerk, kept=plan, purpose="safety_plan_evidence")
        act(each, "hold", clerk, held_on="2024-05-02", participants=80)
    testing.enter(low.AviationEvent, zone, "name | kind | planned_on\n计划中 | exhibition | 2024-09-01")
    assert (told(figures.EVENTS, zone), told(figures.EVENTS, zone, by="kind"), told(figures.SERIES, zone)) == (
        16, {"赛事": 9, "会展": 7}, 1)
    assert (told(figures.EVENTS, zone, "2024-04"), told(figures.EVENTS, zone, "2024-05")) == (0, 16)
    forget(planned[0], clerk)
    assert told(figures.EVENTS, zone) == 15


@pytest.mark.parametrize("missing", APPROVED)
def test_m3_07_a_session_is_not_held_without_airspace_approval_and_safety_plan(zone, clerk, plan, missing):
    facts = {name: value for name, value in APPROVED.items() if name != missing}
    [event] = testing.enter(low.AviationEvent, zone, "code | name | kind | planned_on\nS1 | 演示赛 | competition | 2024-05-01", **facts)
    act(event, "attach", clerk, kept=plan, purpose="safety_plan_evidence")
    with pytest.raises(ValidationError, match="登记举办以前请填写"):
        act(event, "hold", clerk, held_on="2024-05-02")


def test_m3_07_a_session_is_not_held_without_the_file_of_its_plan_or_before_its_approval(zone, clerk, plan):
    facts = {"name": "演示赛", "kind": "competition", "planned_on": "2024-05-01", **APPROVED}
    with pytest.raises(ValidationError, match="作为附件附上"):
        testing.enter(low.AviationEvent, zone, "held_on\n2024-05-02", **facts)
    [event] = testing.enter(low.AviationEvent, zone, "code\nS1", **facts)
    act(event, "attach", clerk, kept=plan)  # a file that proves nothing
    with pytest.raises(ValidationError, match="作为附件附上"):
        act(event, "hold", clerk, held_on="2024-05-02")
    other = store.keep(io.BytesIO(b"%PDF-1.7 another"), "安全方案二.pdf")
    act(event, "attach", clerk, kept=other, purpose="safety_plan_evidence")
    with pytest.raises(ValidationError, match="晚于举办日期"):
        act(event, "hold", clerk, held_on="2024-04-19")
    act(event, "correct", clerk, facts={"participants": 70, "results": "演示成绩"})
    held = act(event, "hold", clerk, held_on="2024-05-02")
    assert (str(held.held_on), held.warnings(), held.offers("hold")) == ("2024-05-02", [], False)
    assert (held.participants, held.results) == (70, "演示成绩")  # what is not given stays
    with pytest.raises(ValidationError, match="已经登记举办"):
        act(event, "hold", clerk, held_on="2024-05-03")


def test_m3_08_products_of_tourism_by_craft_and_kind(zone, firms, clerk):
    made = testing.enter(low.TourProduct, zone, """
        name     | operator | craft   | kind        | seats | since      | until
        演示线一 | F        | trike   | sightseeing | 1     | 2023-05-01 |
        演示线二 | F        | balloon | experience  | 4     | 2024-05-01 |
        演示旧线 | F        | glider  | experience  | 1     | 2020-05-01 | 2024-08-05
    """)
    assert told(figures.TOUR_PRODUCTS, zone, by="craft") == {"动力三角翼": 1, "热气球": 1}
    forget(made[0], clerk)
    assert told(figures.TOUR_PRODUCTS, zone) == 1


@pytest.fixture
def jumps(zone):
    """Return fifty sorties of 12, 13 and 14 jumpers, one of whom nobody has seen land."""
    numbers = range(50)
    testing.enter(low.Sortie, zone, "\n".join(("code", *(f"F{n}" for n in numbers))), flown_on="2023-09-01", purpose="skydiving")
    testing.enter(low.Sortie, zone, "code | cancelled_for\nF50 | weather", flown_on="2023-09-02", purpose="skydiving")
    crews = [12] * 10 + [13] * 30 + [14] * 10
    rows = [f"F{n} | {place} | 演示跳伞员 {place} | {'10:20' if (n, place) != (7, 3) else ''}"
            for n in numbers for place in range(1, crews[n] + 1)]
    return testing.enter(low.JumpRecord, zone, "\n".join(("sortie | place | jumper | landed_at", *rows)))


def test_m3_09_fifty_sorties_with_650_jumps_are_13_a_sortie(zone, jumps, clerk):
    assert [told(each, zone) for each in (figures.JUMP_SORTIES, figures.JUMPS, figures.JUMPS_A_SORTIE)] == [50, 650, 13]
    assert told(figures.JUMPS, zone, "2023-08") == 0
    forget(jumps[0], clerk)
    assert (told(figures.JUMPS, zone), told(figures.JUMPS_A_SORTIE, zone)) == (649, Decimal("12.98"))


def test_m3_09_a_jumper_without_confirmed_landing_raises_an_alarm(zone, jumps, clerk, client):
    def waiting():
        return [each for each in agenda.queues(clerk, World()) if each.words == "未确认落地人次"]

    [missing] = figures.UNCONFIRMED.figure(Period.parse(DAY), scope={zone}).records
    assert (str(missing), missing.warnings()) == ("F7-03", ["没有落地确认：请立即查找，确认后填「落地确认时刻」。"])
    assert [(each.is_late, each.rows.count()) for each in waiting()] == [(True, 1)]
    client.force_login(clerk)
    assert missing.code in client.get(waiting()[0].address).content.decode()
    assert missing.offers("confirm")
    act(missing, "confirm", clerk, landed_at="10:31")
    assert (told(figures.UNCONFIRMED, zone), [each.rows.count() for each in waiting()]) == (0, [0])
    with pytest.raises(ValidationError, match="已经确认落地"):
        act(missing, "confirm", clerk, landed_at="10:59")


def test_m3_09_a_sortie_with_jumps_is_neither_cancelled_nor_archived(zone, jumps, clerk):
    with pytest.raises(ValidationError, match="有跳伞记录，不能取消"):
        act(jumps[0].sortie, "correct", clerk, facts={"cancelled_for": "weather"}, reason="核对")
    with pytest.raises(ValidationError, match="上还有跳伞记录"):
        forget(jumps[0].sortie, clerk)


def test_m3_09_a_jumpers_name_is_personal(zone, jumps, clerk):
    act(jumps[0], "erase", clerk, reason="本人要求")
    assert low.JumpRecord.objects.get(pk=jumps[0].pk).jumper == ""
    assert told(figures.JUMPS, zone) == 650


@pytest.fixture
def flights(zone):
    """Return twenty mission sorties of 1,680 minutes, twelve of training of 1,080, and what must not be counted."""
    testing.enter(low.Mission, zone, "code | kind | ordered_on\nR1 | aerodrome | 2023-01-05\nR2 | birds | 2024-01-05")
    minutes = [60] * 4 + [80] * 8 + [90] * 5 + [110] * 2 + [130]
    rows = [f"2024-03-{n + 1:02d} | mission | R{n % 2 + 1} | {each} |" for n, each in enumerate(minutes)]
    rows += [f"2024-04-{n + 1:02d} | training | | 90 |" for n in range(12)]
    rows += [f"2023-12-{n + 24} | mission | R1 | 75 |" for n in range(8)]
    rows += ["2024-06-01 | mission | R1 | | weather", "2024-06-02 | skydiving | | 25 |"]
    return testing.enter(low.Sortie, zone, "\n".join(("flown_on | purpose | mission | block_minutes | cancelled_for", *rows)))


def test_m3_10_missions_sum_to_28_hours_and_training_to_18_apart(zone, flights, clerk):
    asked = (figures.MISSION_SORTIES, figures.MISSION_MINUTES, figures.MISSION_HOURS, figures.HOURS_A_MISSION, figures.TRAINING_HOURS,
             figures.TRAINING_SORTIES, figures.TOTAL_HOURS)
    assert [told(each, zone, YEAR) for each in asked] == [20, 1680, 28, Decimal("1.4"), 18, 12, 46]
    assert told(figures.MISSION_HOURS, zone, "2023") == 10
    assert told(figures.MISSION_SORTIES, zone, YEAR, by="mission_kind") == {"机场驱鸟": 10, "鸟情观察": 10}
    forget(flights[0], clerk)  # of 60 minutes
    forget(flights[20], clerk)  # of training
    assert [told(each, zone, YEAR) for each in asked] == [19, 1620, 27, Decimal("1.42"), Decimal("16.5"), 11, Decimal("43.5")]


def test_m3_10_a_laser_is_not_flown_over_an_area_that_nobody_has_checked(zone, clerk):
    [order] = testing.enter(low.Mission, zone, "code | kind | ordered_on\nR1 | aerodrome | 2024-03-01", laser=True)
    row = "flown_on | purpose | mission | block_minutes\n2024-03-05 | mission | R1 | 80"
    with pytest.raises(ValidationError, match="还没有核查激光安全区，不能飞"):
        testing.enter(low.Sortie, zone, row)
    order = act(order, "correct", clerk, facts={"laser_checked_on": "2024-03-06"})
    with pytest.raises(ValidationError, match="还没有核查激光安全区，不能飞"):
        testing.enter(low.Sortie, zone, row)
    order = act(order, "correct", clerk, facts={"laser_checked_on": "2024-03-05"}, reason="核对")
    testing.enter(low.Sortie, zone, row)
    for checked in (None, "2024-03-06"):  # what was flown stays over an area that had been checked
        with pytest.raises(ValidationError, match="2024-03-05 以前还没有核查激光安全区"):
            act(order, "correct", clerk, facts={"laser_checked_on": checked}, reason="核对")


def test_m3_10_a_mission_does_not_become_one_with_a_laser_after_it_was_flown(zone, clerk):
    [order] = testing.enter(low.Mission, zone, "code | kind | ordered_on\nR1 | aerodrome | 2024-03-01")
    [flown] = testing.enter(low.Sortie, zone, "flown_on | purpose | mission\n2024-03-05 | mission | R1")
    with pytest.raises(ValidationError, match="还没有核查激光安全区"):
        act(order, "correct", clerk, facts={"laser": True}, reason="核对")
    act(flown, "correct", clerk, facts={"cancelled_for": "weather"}, reason="核对")
    act(order, "correct", clerk, facts={"laser": True}, reason="核对")


def test_m3_10_a_mission_is_flown_from_its_order_to_its_end(zone, clerk):
    [order] = testing.enter(low.Mission, zone, "code | kind | ordered_on | ended_on\nR1 | birds | 2024-03-01 | 2024-03-10")
    for day in ("2024-02-29", "2024-03-11"):
        with pytest.raises(ValidationError, match=f"{day} 的架次不在 R1 鸟情观察 从委托到完成的日期以内"):
            testing.enter(low.Sortie, zone, f"flown_on | purpose | mission\n{day} | mission | R1")
    testing.enter(low.Sortie, zone, "flown_on | purpose | mission\n2024-03-01 | mission | R1\n2024-03-10 | mission | R1")
    for facts in ({"ordered_on": "2024-03-02"}, {"ended_on": "2024-03-09"}):
        with pytest.raises(ValidationError, match="从委托到完成的日期以内"):
            act(order, "correct", clerk, facts=facts, reason="核对")


@pytest.fixture
def seen(zone):
    """Return what two missions saw."""
    testing.enter(low.Mission, zone, "code | kind | ordered_on\nR1 | aerodrome | 2024-03-01\nR2 | birds | 2024-03-01")
    return testing.enter(low.BirdObservation, zone, """
        code | mission | observed_on | species  | seen | dispersed | position
        N1   | R1      | 2024-03-05  | 演示鸟甲 | 40   | 35        | 113.30, 40.10
        N2   | R1      | 2024-03-05  | 演示鸟乙 | 12   | 12        | 113.31, 40.11
        N3   | R2      | 2024-04-05  | 演示鸟甲 | 200  |           | 113.40, 40.20
    """)


def test_m3_10_a_mission_report_with_its_observations_is_exported(zone, seen, clerk, client):
    client.force_login(clerk)
    order = seen[0].mission
    page = client.get(reverse("record", args=["missions", order.pk])).content.decode()
    assert "鸟情观察" in page  # the record's page leads to what was observed on it
    out = io.BytesIO()
    export(low.BirdObservation.objects.visible_to(clerk).filter(mission=order).order_by("code"), low.BirdObservation, clerk, "csv", out)
    lines = [line for line in out.getvalue().decode("utf-8-sig").splitlines() if "演示鸟" in line]
    assert [line.count("R1") for line in lines] == [1, 1]
    answer = client.get(reverse("export", args=["bird_observations", "csv"]), {"mission": order.pk})  # as the filtered list offers it
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [code for code in ("N1", "N2", "N3") if f",{code}," in text] == ["N1", "N2"]


def test_m3_11_observations_carry_coordinates_and_leave_as_geojson(zone, seen, clerk, client):
    assert told(figures.OBSERVATIONS, zone, YEAR) == 3
    assert told(figures.OBSERVATIONS, zone, YEAR, by="mission_kind") == {"机场驱鸟": 2, "鸟情观察": 1}
    client.force_login(clerk)
    answer = client.get(reverse("export", args=["bird_observations", "geojson"]))
    features = json.loads(b"".join(answer.streaming_content))["features"]
    assert {each["geometry"]["type"] for each in features} == {"Point"}
    assert [(each["geometry"]["coordinates"], each["properties"]["seen"]) for each in features] == [
        ([113.3, 40.1], 40), ([113.31, 40.11], 12), ([113.4, 40.2], 200)]
    forget(seen[0], clerk)
    assert (told(figures.OBSERVATIONS, zone, YEAR), told(figures.OBSERVATIONS, zone, "2024-04")) == (2, 1)


def test_m3_11_obstacles_are_handed_to_airspace(zone, clerk):
    made = testing.enter(low.Obstacle, zone, """
        code | name | kind  | position     | height | height_reference | found_on   | handed_over_on | handed_over_to | removed_on
        Z1   | 铁塔 | tower | 113.3, 40.1  | 45.5   | true             | 2024-03-05 | 2024-03-20     | 演示空域管理   |
        Z2   | 高线 | wire  | 113.3, 40.2  | 30     | true             | 2024-03-05 |                |                |
        Z3   | 旧塔 | tower | 113.3, 40.3  | 1088   | sea              | 2023-03-05 | 2023-03-20     | 演示空域管理   | 2024-05-01
    """)
    assert (told(figures.OBSTACLES, zone), told(figures.HANDED_OVER, zone)) == (2, 2)
    assert told(figures.OBSTACLES, zone, "2024-04", by="kind") == {"塔架": 2, "架空线": 1}
    act(made[1], "correct", clerk, facts={"handed_over_on": "2024-08-01", "handed_over_to": "演示空域管理"})
    assert told(figures.HANDED_OVER, zone) == 3
    with pytest.raises(ValidationError, match="要一起填"):
        act(made[1], "correct", clerk, facts={"handed_over_to": ""}, reason="核对")
    forget(made[0], clerk)
    assert (told(figures.OBSTACLES, zone), told(figures.HANDED_OVER, zone)) == (1, 2)


@pytest.fixture
def tours(zone, firms):
    """Return a hundred batches of fifty of three organisers, one of last year and one that is only planned."""
    testing.enter(low.StudySite, zone, "code | name | capacity\nY1 | 演示航空馆 | 60")
    rows = [f"{'A' if n < 42 else 'B' if n < 76 else 'C'} | 2024-0{n % 7 + 1}-10 | 2024-0{n % 7 + 1}-11 | 50" for n in range(100)]
    rows += ["D | 2023-12-31 | 2023-12-31 | 50", "D | 2024-09-01 | |"]
    return testing.enter(low.StudyTour, zone, "\n".join(("organiser | planned_on | held_on | headcount", *rows)), planned_headcount=55,
                         site=low.StudySite.objects.get())


def test_m3_12_batches_of_three_organisers_sum_to_5000(zone, tours, clerk):
    asked = (figures.PARTICIPANTS, figures.ORGANISERS, figures.PARTICIPANTS_EACH)
    assert [told(each, zone, YEAR) for each in asked] == [5000, 3, Decimal("1666.67")]
    assert told(figures.PARTICIPANTS, zone, YEAR, by="organiser") == {"演示A": 2100, "演示B": 1700, "演示C": 1200}
    forget(tours[0], clerk)
    assert [told(each, zone, YEAR) for each in asked] == [4950, 3, 1650]


@pytest.mark.parametrize(("told_of", "sentence"), [
    ({"planned_headcount": 61}, "一批最多接待 60 人，这一批 61 人"), ({"held_on": "2024-05-02", "headcount": 61}, "这一批 61 人"),
    ({"headcount": 50}, "在活动以后一起填"), ({"held_on": "2024-08-06", "headcount": 50}, "还没有到"),
    ({"held_on": "2024-05-02", "headcount": 50, "minors": True}, "要收齐监护人同意书"),
    ({"held_on": "2024-05-02", "headcount": 50, "minors": True, "consent_on": "2024-05-03"}, "要收齐监护人同意书"),
])
def test_m3_12_a_batch_over_the_sites_capacity_or_without_consent_is_refused(zone, firms, told_of, sentence):
    [site] = testing.enter(low.StudySite, zone, "code | name | capacity\nY1 | 演示航空馆 | 60")
    facts = {"organiser": firms["A"], "site": site, "planned_on": "2024-05-01"}
    with pytest.raises(ValidationError, match=sentence):
        testing.enter(low.StudyTour, zone, "code\nT1", **facts, **told_of)
    right = {"planned_headcount": 60, "held_on": "2024-05-02", "headcount": 60, "minors": True, "consent_on": "2024-05-02"}
    testing.enter(low.StudyTour, zone, "code\nT1", **facts, **right)
