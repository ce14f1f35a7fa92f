"""M6-02, 03, 15, 16 and 22, and what comes out of the core facts of the other rows of article 6."""

import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.recycling import indicators, rules
from kaifaqu.domains.recycling.models import (
    BaseFacility,
    BasePhase,
    Bid,
    Commission,
    DismantlingCapacity,
    DismantlingJob,
    DismantlingLot,
    LineSale,
    LotOutput,
    PartCategory,
    RankClaim,
    RecoveryPartner,
    RemanufactureTransfer,
    ServiceArea,
    Tender,
    TractionBattery,
    WasteTransfer,
)
from kaifaqu.domains.recycling.tests.conftest import COMMON, archived, corrected, told
from kaifaqu.kernel import dated, events, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.vehicles.models import RecyclingCertificate, Vehicle


def test_m6_02_vehicles_by_channel_sum_to_all_vehicles(zone, vehicles):
    by_channel = told(indicators.INTAKE, "2024", zone, "channel")
    assert by_channel == {"招投标": 1, "网络平台": 1, "自主回收": 1, "合作回收": 1}
    assert sum(by_channel.values()) == told(indicators.INTAKE, "2024", zone) == 4
    assert told(indicators.ONLINE_COUNT, "2024-H1", zone) + told(indicators.OFFLINE_COUNT, "2024-H1", zone) == 2
    assert (told(indicators.ONLINE_COUNT, "2024", zone), told(indicators.OFFLINE_COUNT, "2024", zone)) == (2, 2)
    assert (told(indicators.ONLINE_CHANNELS, "2024-05", zone), told(indicators.ONLINE_CHANNELS, "2024-06", zone)) == (1, 2)
    assert (told(indicators.OFFLINE_CHANNELS, "2024-06", zone), told(indicators.OFFLINE_CHANNELS, "2024-07", zone)) == (0, 2)


def test_m6_02_the_win_rate_comes_from_bids(zone, clerk):
    testing.enter(Tender, zone, "code\nZB1\nZB2\nZB3\nZB4\nZB5", title="处置", purchaser="演示机关", published_on="2024-01-01")
    testing.enter(Bid, zone, """
        code | tender | decided_on | outcome
        TJ1  | ZB1    | 2024-06-30 | won
        TJ2  | ZB2    | 2024-06-30 | lost
        TJ3  | ZB3    | 2024-06-30 | failed
        TJ4  | ZB4    | 2024-07-01 | won
        TJ5  | ZB5    |            |
    """, bid_on="2024-01-02")
    assert told(indicators.WIN_RATE, "2024-H1", zone) == 50
    assert told(indicators.WIN_RATE, "2024", zone) == Decimal("66.67")
    assert (told(indicators.WON, "2024", zone), told(indicators.DECIDED, "2024", zone)) == (2, 3)
    archived(Bid.objects.get(code="TJ4"), clerk)
    assert told(indicators.WIN_RATE, "2024", zone) == 50


def test_m6_02_vehicles_by_province_and_city_of_registration_sum_to_all(zone, vehicles):
    by_province, by_city = (told(indicators.INTAKE, "2024", zone, name) for name in ("province", "city"))
    assert by_province == {"山西省": 3, "河北省": 1}
    assert by_city == {"太原市": 2, "晋中市": 1, "石家庄市": 1}
    assert sum(by_province.values()) == sum(by_city.values()) == told(indicators.INTAKE, "2024", zone)
    assert told(indicators.INTAKE, "2024-06", zone, "city") == {"太原市": 1}
    unknown(zone, "own")
    by_province, by_city = (told(indicators.INTAKE, "2024", zone, name) for name in ("province", "city"))
    assert (by_province["未填"], by_city["未填"]) == (1, 1)
    assert sum(by_province.values()) == sum(by_city.values()) == told(indicators.INTAKE, "2024", zone) == 5


def unknown(zone, channel):
    """Enter a vehicle of which nobody knows where it was registered."""
    testing.enter(Vehicle, zone, "code | vin\nV9 | DEM9", channel=channel, received_on="2024-07-05", **COMMON)


def test_m6_03_vehicles_acquired_offline_by_province_and_city_of_registration_sum_to_all_of_them(zone, clerk, vehicles):
    by_province, by_city = (told(indicators.OFFLINE_COUNT, "2024", zone, name) for name in ("province", "city"))
    assert (by_province, by_city) == ({"山西省": 1, "河北省": 1}, {"晋中市": 1, "石家庄市": 1})
    assert sum(by_province.values()) == sum(by_city.values()) == told(indicators.OFFLINE_COUNT, "2024", zone) == 2
    unknown(zone, "own")
    by_province, by_city = (told(indicators.OFFLINE_COUNT, "2024", zone, name) for name in ("province", "city"))
    assert (by_province["未填"], by_city["未填"]) == (1, 1)
    assert sum(by_province.values()) == sum(by_city.values()) == told(indicators.OFFLINE_COUNT, "2024", zone) == 3
    archived(vehicles[3], clerk)
    assert told(indicators.OFFLINE_COUNT, "2024", zone, "city") == {"晋中市": 1, "未填": 1}


def test_m6_03_a_partner_has_a_commission_for_delivered_vehicles_only(zone, clerk, vehicles):
    enter = "vehicle | agreed_on | amount\n{} | {} | 200.5"
    refused = (("V5", "2024-07-05", "还没有进场"), ("V4", "2024-07-01", "还没有进场"), ("V3", "2024-07-05", "不是合作回收的车"))
    for vehicle, day, words in refused:
        with pytest.raises(ValidationError, match=words):
            testing.enter(Commission, zone, enter.format(vehicle, day))
    testing.enter(Commission, zone, enter.format("V4", "2024-07-02"))
    assert told(indicators.COMMISSIONS, "2024-07", zone) == Decimal("200.5")
    assert told(indicators.COMMISSIONS, "2024-07", zone, "sender") == {"演示合作企业": Decimal("200.5")}
    assert told(indicators.COMMISSIONS, "2024-06", zone) == 0
    corrected(vehicles[3], clerk, received_on=None)  # entered by mistake: it has not come
    assert told(indicators.COMMISSIONS, "2024-07", zone) == 0


def test_m6_03_partners_are_counted_by_kind_each_once(zone, firms):
    testing.enter(RecoveryPartner, zone, """
        enterprise | kind      | since      | until
        Q1         | dealer    | 2023-01-01 | 2024-01-01
        Q1         | dealer    | 2024-01-01 |
        Q2         | auto_mart | 2024-07-01 |
        Q3         | other     | 2023-01-01 | 2024-07-01
    """)
    assert (told(indicators.PARTNERS, "2024-06-30", zone), told(indicators.PARTNERS, "2024-07-01", zone)) == (2, 2)
    assert told(indicators.PARTNERS, "2024-07-01", zone, "kind") == {"4S店": 1, "汽贸园": 1}


def test_m6_15_a_hand_over_goes_to_a_remanufacturer_with_a_valid_licence_only(zone, parts, licences):
    enter = "code | part | receiver | handed_over_on\nZY1 | {} | {} | {}"
    refused = (
        ("LB1", "Q2", "2024-07-01", "在 2024-07-01 没有有效的再制造企业资质"),
        ("LB1", "Q3", "2024-06-20", "Q3 演示处置企业 在 2024-06-20 没有有效"),
        ("LB1", "Q4", "2024-06-20", "没有有效的再制造企业资质"), ("LB2", "Q2", "2024-06-20", "用途不是「交再制造」"),
        ("LB1", "Q2", "2024-06-09", "早于这一件的拆下日期"), ("LB1", "Q2", "2024-08-06", "还没有到"))
    for part, receiver, day, words in refused:
        with pytest.raises(ValidationError, match=words):
            testing.enter(RemanufactureTransfer, zone, enter.format(part, receiver, day))
    testing.enter(RemanufactureTransfer, zone, enter.format("LB1", "Q2", "2024-06-30"))
    with pytest.raises(ValidationError, match="已经登记过移交"):
        testing.enter(RemanufactureTransfer, zone, enter.format("LB1", "Q2", "2024-06-30").replace("ZY1", "ZY2"))
    assert told(indicators.REMANUFACTURED, "2024-06", zone, "receiver") == {"演示再制造企业": 1}
    assert (told(indicators.REMANUFACTURED, "2024-06", zone), told(indicators.REMANUFACTURED, "2024-07", zone)) == (1, 0)


def test_m6_15_what_was_handed_over_stays_as_it_was_and_counts_while_the_licence_is_there(zone, clerk, parts, licences):
    [handed] = testing.enter(RemanufactureTransfer, zone, "code | part | receiver | handed_over_on\nZY1 | LB1 | Q2 | 2024-06-30")
    changes = ({"use": "scrap"}, "「用途」不再改"), ({"removed_on": "2024-07-02"}, "「拆下日期」不再改"), (
        {"vehicle": Vehicle.objects.get(code="V2"), "removed_on": "2024-06-30"}, "「报废机动车」不再改")
    for facts, words in changes:
        with pytest.raises(ValidationError, match=words):
            corrected(parts[0], clerk, **facts)
    assert corrected(parts[0], clerk, location="甲区").location == "甲区"
    known = events.last_seq()
    corrected(licences[0], clerk, until="2024-06-30")  # no longer valid on the day of the hand-over
    assert told(indicators.REMANUFACTURED, "2024-06", zone) == 0
    assert indicators.REMANUFACTURED.figure(Period.parse("2024-06"), scope={zone}, known=known).value == 1
    corrected(licences[0], clerk, until="2024-07-01")
    assert told(indicators.REMANUFACTURED, "2024-06", zone) == 1
    archived(licences[0], clerk)
    assert told(indicators.REMANUFACTURED, "2024-06", zone) == 0
    archived(handed, clerk)
    assert corrected(parts[0], clerk, use="scrap").use == "scrap"


@pytest.fixture
def base(zone):
    """Return the base as on the page: one phase completed and another one not, five facilities of which one has no building."""
    testing.enter(Parcel, zone, "code | name | area\nZD1 | 一期用地 | 54.98\nZD2 | 二期用地 | 30\nZD3 | 别的用地 | 7")
    testing.enter(BasePhase, zone, """
        code | name | parcel | completed_on
        JQ1  | 一期 | ZD1    | 2023-01-01
        JQ2  | 二期 | ZD2    |
    """)
    testing.enter(Building, zone, """
        code | name   | area | completed_on
        LD1  | 储车棚 | 3200 | 2022-10
        LD2  | 预处理 | 2900 | 2022-10
        LD3  | 快拆   | 4600 | 2022-10
        LD4  | 精拆   | 5000 | 2022-10
        LD5  | 危废库 | 800  | 2022-10
        LD6  | 宿舍   | 900  | 2022-10
        LD7  | 二期   | 700  | 2022-10
    """, kind="workshop")
    testing.enter(BaseFacility, zone, """
        phase | kind         | name   | building
        JQ1   | shed         | 储车棚 | LD1
        JQ1   | pretreatment | 预处理 | LD2
        JQ1   | quick        | 快拆   | LD3
        JQ1   | fine         | 精拆   | LD4
        JQ1   | hazardous    | 危废库 | LD5
        JQ2   | fine         | 二期   | LD7
    """)
    testing.enter(DismantlingCapacity, zone, """
        phase | per_year | since      | until
        JQ1   | 15000    | 2023-01-01 | 2024-01-01
        JQ1   | 30000    | 2024-01-01 |
    """)


def test_m6_16_land_buildings_and_capacity_come_from_rows(zone, clerk, base):
    assert [told(each, "2024-08-05", zone) for each in (
        indicators.LAND, indicators.FLOORS, indicators.CAPACITY, indicators.PER_MONTH, indicators.FLOOR_RATIO, indicators.PHASES,
        indicators.FACILITIES)] == [Decimal("54.98"), 16500, 30000, 2500, Decimal("0.45"), 1, 5]
    assert (told(indicators.CAPACITY, "2023-12-31", zone), told(indicators.CAPACITY, "2022-12-31", zone)) == (15000, 0)
    assert (told(indicators.LAND, "2022-12-31", zone), told(indicators.FLOORS, "2022-12-31", zone)) == (0, 0)
    archived(BaseFacility.objects.get(name="危废库"), clerk)
    assert (told(indicators.FLOORS, "2024-08-05", zone), told(indicators.FACILITIES, "2024-08-05", zone)) == (15700, 4)
    corrected(BasePhase.objects.get(code="JQ2"), clerk, completed_on="2024-08-01")
    assert [told(each, "2024-08-05", zone) for each in (indicators.LAND, indicators.FLOORS, indicators.PHASES)] == [
        Decimal("84.98"), 16400, 2]


def test_m6_16_the_use_rate_is_dismantled_over_capacity(zone, clerk, base, vehicles):
    assert [told(indicators.DISMANTLED, period, zone) for period in ("2024", "2024-07", "2024-06", "2024-08")] == [3, 2, 1, 0]
    corrected(DismantlingCapacity.objects.get(until=None), clerk, per_year=120)
    assert (told(indicators.USE_RATE, "2024", zone), told(indicators.USE_RATE, "2024-07", zone)) == (Decimal("2.5"), Decimal("1.67"))
    assert told(indicators.DISMANTLED, "2024", zone, "channel") == {"招投标": 1, "网络平台": 1, "自主回收": 1}


def test_m6_22_a_rank_without_source_and_date_is_shown_as_unverified(zone, clerk):
    claims = testing.enter(RankClaim, zone, """
        code | year | rank | claim     | origin   | origin_on
        PM1  | 2023 | 4    |           | 演示协会 | 2024-03-01
        PM2  | 2023 | 2    |           | 演示协会 |
        PM3  | 2023 | 1    |           |          | 2024-03-01
        PM4  | 2024 |      | 位居前列  | 演示报纸 | 2024-08-01
    """, subject="recovered", level="province", area="山西省")
    assert [each.standing for each in claims] == ["verified", "unverified", "unverified", "unverified"]
    assert [str(each).endswith("（未核实）") for each in claims] == [False, True, True, True]
    assert [bool(each.warnings()) for each in claims] == [False, True, True, True]
    assert told(indicators.RANK, "2023", zone) == 4
    none = indicators.RANK.figure(Period.parse("2024"), scope={zone})
    assert (none.value, "没有写明来源和日期的全省名次" in none.reason) == (None, True)
    assert (told(indicators.UNVERIFIED, "2023", zone), told(indicators.UNVERIFIED, "2024", zone)) == (2, 1)
    corrected(claims[1], clerk, origin_on="2024-03-01")
    assert (told(indicators.RANK, "2023", zone), told(indicators.UNVERIFIED, "2023", zone)) == (2, 1)


def test_m6_22_the_rank_in_the_province_is_that_of_the_latest_source_in_one_quantity(zone, clerk):
    claims = testing.enter(RankClaim, zone, """
        code | subject    | level    | area     | rank | origin_on
        PM1  | recovered  | province | 山西省   | 4    | 2024-03-01
        PM2  | recovered  | province | 山西省   | 6    | 2024-04-01
        PM3  | recovered  | city     | 演示市   | 1    | 2024-05-01
        PM4  | dismantled | province | 山西省   | 2    | 2024-02-01
    """, year=2023, origin="演示协会")
    assert (told(indicators.RANK, "2023", zone), told(indicators.DISMANTLED_RANK, "2023", zone)) == (6, 2)
    assert [each.code for each in indicators.RANK.figure(Period.parse("2023"), scope={zone}).records] == ["PM2"]
    archived(claims[1], clerk)
    archived(claims[3], clerk)
    assert (told(indicators.RANK, "2023", zone), told(indicators.DISMANTLED_RANK, "2023", zone)) == (4, None)
    testing.enter(RankClaim, zone, "code\nPM5", subject="recovered", level="province", area="邻省", year=2023, rank=1, origin="演示协会",
                  origin_on="2024-03-01")
    assert "几个省份" in indicators.RANK.figure(Period.parse("2023"), scope={zone}).reason


def test_m6_22_the_list_shows_that_a_rank_is_unverified(zone, clerk, client):
    testing.enter(RankClaim, zone, "code | year | claim\nPM4 | 2024 | 位居前列", subject="recovered", level="province", area="山西省")
    client.force_login(clerk)
    assert "未核实" in client.get("/r/rank_claims/").content.decode()


# The core facts of the deep rows, and the figures that stand on them already


def test_m6_01_a_firm_is_qualified_twice_while_both_are_valid(zone, clerk, licences):
    asked = (indicators.DUAL, indicators.QUALIFICATIONS, indicators.AUTHORITIES, indicators.DISMANTLER)
    assert [told(each, "2024-08-05", zone) for each in asked] == [1, 2, 2, 1]
    assert [told(each, "2024-05-31", zone) for each in asked] == [1, 3, 2, 2]
    archived(licences[2], clerk)
    assert [told(each, "2024-08-05", zone) for each in asked] == [0, 1, 1, 1]


def test_m6_08_the_number_of_kinds_is_a_query(zone, clerk, parts, categories):
    assert (told(indicators.KINDS, "2024-07-31", zone), told(indicators.KINDS, "2024-08-05", zone)) == (3, 2)
    assert told(indicators.NAMED_KINDS, "2024-08-05", zone) == 2
    assert told(indicators.KINDS, "2024-07-31", zone, "kind") == {"五大总成": 1, "零部件": 1, "材料": 1}
    assert told(indicators.PARTS, "2024-06", zone, "part_category") == {"发动机": 1, "车灯": 1}
    assert {part.code: part.vehicle.vin for part in parts} == {"LB1": "DEM1", "LB2": "DEM1"}
    archived(parts[1], clerk)
    archived(PartCategory.objects.get(name="车灯"), clerk)
    assert (told(indicators.KINDS, "2024-08-05", zone), told(indicators.PARTS, "2024-06", zone, "part_kind")) == (1, {"五大总成": 1})


def test_m6_09_what_is_weighed_for_a_vehicle_and_for_a_lot_stands_apart(zone, clerk, vehicles, categories):
    testing.enter(DismantlingLot, zone, "code | closed_on\nPC1 | 2024-06-30\nPC2 | 2024-07-01")
    testing.enter(DismantlingJob, zone, """
        code | vehicle | lot | input_mass | shell_mass | assembly_mass
        CZ1  | V1      | PC1 | 1400       | 560.5      | 400
        CZ2  | V2      | PC1 | 1000       |            | 300
        CZ3  | V3      | PC2 | 900        | 300        |
    """, route="fine")
    testing.enter(LotOutput, zone, "lot | category | mass\nPC1 | PL2 | 20.5\nPC1 | PL3 | 700\nPC2 | PL3 | 250")
    asked = [*indicators.MASSES.values(), indicators.LOT_MASS]
    assert [told(each, "2024-H1", zone) for each in asked] == [2400, Decimal("560.5"), 700, Decimal("720.5")]
    assert [told(each, "2024", zone) for each in asked] == [3300, Decimal("860.5"), 700, Decimal("970.5")]
    assert told(indicators.LOT_MASS, "2024", zone, "lot") == {"PC1": Decimal("720.5"), "PC2": 250}
    archived(DismantlingJob.objects.get(code="CZ2"), clerk)
    assert [told(each, "2024-H1", zone) for each in asked] == [1400, Decimal("560.5"), 400, Decimal("720.5")]


def test_m6_11_a_certificate_that_was_voided_and_given_again_counts_once(zone, clerk, vehicles):
    made = testing.enter(RecyclingCertificate, zone, """
        code | vehicle | number | issued_on  | voided_on  | void_reason
        C1   | V1      | 1      | 2024-06-30 | 2024-07-02 | 写错
        C2   | V1      | 2      | 2024-07-02 |            |
        C3   | V2      | 3      | 2024-07-01 |            |
    """, handed_over_on="2024-05-01")
    assert (told(indicators.CERTIFICATES, "2024", zone), told(indicators.CERTIFICATES, "2024-06", zone)) == (2, 1)
    archived(made[2], clerk)
    assert told(indicators.CERTIFICATES, "2024", zone) == 1


def test_m6_12_what_came_in_is_what_went_out_and_what_is_stored(zone, clerk, waste, firms):
    assert told(indicators.WASTE_OVERDUE, "2024-08-04", zone) == 0  # 365 days after 5 August 2023
    assert told(indicators.WASTE_OVERDUE, "2024-08-05", zone) == 1
    made = testing.enter(WasteTransfer, zone, """
        code | lot | handed_over_on | mass
        WZ1  | WF1 | 2024-08-01     | 60.25
        WZ2  | WF1 | 2024-08-05     | 40.25
        WZ3  | WF2 | 2024-07-02     | 1
    """, receiver=firms[2])
    asked = (indicators.WASTE_IN, indicators.WASTE_OUT, indicators.WASTE_STORED, indicators.WASTE_OVERDUE)
    assert [told(each, "2024-08-05", zone) for each in asked] == [Decimal("140.5"), Decimal("101.5"), 39, 0]
    assert [told(each, "2024-06-30", zone) for each in asked] == [Decimal("100.5"), 0, Decimal("100.5"), 0]
    assert told(indicators.WASTE_OUT, "2024-08-05", zone, "receiver") == {"演示处置企业": Decimal("101.5")}
    assert told(indicators.WASTE_IN, "2024-08-05", zone, "waste_code") == {"900-052-31": Decimal("140.5")}
    archived(made[1], clerk)
    assert [told(each, "2024-08-05", zone) for each in asked] == [Decimal("140.5"), Decimal("61.25"), Decimal("79.25"), 1]


def test_m6_12_codes_and_exemptions_are_shipped_as_dated_data_with_their_source(zone):
    codes, exemptions, process = (
        dated.resolve(kind.code, zone.pk, Period.parse("2024-08-05").end, World())
        for kind in (rules.WASTE_CODES, rules.WASTE_EXEMPTIONS, rules.PROCESS))
    assert (len(codes.content["codes"]), len(exemptions.content["exemptions"])) == (17, 5)
    assert all("国家危险废物名录（2021年版）" in each.source for each in (codes, exemptions))
    assert {row["code"] for row in exemptions.content["exemptions"].values()} <= {*codes.content["codes"]}
    assert [len(process.content[name]) for name in ("segments", "steps")] == [3, 6]


def test_m6_13_a_battery_is_traced_by_code_and_receipt(zone, clerk, vehicles, firms):
    made = testing.enter(TractionBattery, zone, """
        code | vehicle | pack_code | destination | handed_over_on | receipt
        DC1  | V1      | 甲        | Q3          | 2024-06-20     | 回执1
        DC2  | V2      | 乙        | Q3          | 2024-06-20     |
        DC3  | V3      |           | Q3          | 2024-06-20     | 回执3
        DC4  | V4      | 丁        |             |                |
    """, removed_on="2024-06-10")
    assert [told(each, "2024-06", zone) for each in (indicators.BATTERIES, indicators.TRACED, indicators.TRACED_RATE)] == [4, 1, 25]
    assert (told(indicators.TRACED, "2024-06-19", zone), told(indicators.TRACED, "2024-06-10", zone)) == (0, 0)  # handed over on the 20th
    archived(made[3], clerk)
    assert [told(each, "2024", zone) for each in (indicators.BATTERIES, indicators.TRACED_RATE)] == [3, Decimal("33.33")]


def test_m6_14_each_line_has_its_share_of_income_and_of_margin(zone, clerk):
    testing.enter(LineSale, zone, """
        code | line     | channel | buyer_kind  | amount | margin
        XS1  | metals   | offline | processor   | 2880   | 576
        XS2  | parts    | online  | repair_shop | 1000   | 350
        XS3  | parts    | offline | maintenance | 80     | 28
        XS4  | services | offline | other       | 40     | 6
    """, sold_on="2024-06-30")
    assert (told(indicators.SALES, "2024-H1", zone), told(indicators.MARGIN, "2024-06", zone)) == (4000, 960)
    shares = {(what, line.value): told(figure, "2024", zone) for (what, line), figure in indicators.SHARES.items()}
    assert shares == {
        ("income", "metals"): 72, ("income", "parts"): 27, ("income", "services"): 1,
        ("margin", "metals"): 60, ("margin", "parts"): Decimal("39.375"), ("margin", "services"): Decimal("0.625")}
    assert told(indicators.SALES, "2024", zone, "channel") == {"线上": 1000, "线下": 3000}
    assert told(indicators.SALES, "2024", zone, "buyer_kind") == {"终端利废企业": 2880, "汽修厂": 1000, "维修机构": 80, "其他客户": 40}
    assert (told(indicators.SALES_CHANNELS, "2024", zone), told(indicators.BUYER_KINDS, "2024", zone)) == (2, 4)
    archived(LineSale.objects.get(code="XS2"), clerk)
    assert (told(indicators.SALES, "2024", zone), told(indicators.SALES_CHANNELS, "2024", zone)) == (3000, 1)


def test_the_reach_counts_levels_each_once(zone, clerk):
    testing.enter(ServiceArea, zone, """
        level      | name   | since
        province   | 山西省 | 2023-01-01
        neighbours | 河北省 | 2024-01-01
        neighbours | 陕西省 | 2024-01-01
    """)
    assert (told(indicators.AREAS, "2023-12-31", zone), told(indicators.AREAS, "2024-08-05", zone)) == (1, 2)


def test_a_removed_vehicle_leaves_every_figure_by_exactly_itself_and_stays_in_the_past(zone, clerk, vehicles):
    known, gone = events.last_seq(), random.Random(6).choice(vehicles[:4])
    before = told(indicators.INTAKE, "2024", zone, "channel")
    archived(gone, clerk)
    after = told(indicators.INTAKE, "2024", zone, "channel")
    assert after == {name: count for name, count in before.items() if name != gone.get_channel_display()}
    assert indicators.INTAKE.figure(Period.parse("2024"), scope={zone}, known=known).value == 4
