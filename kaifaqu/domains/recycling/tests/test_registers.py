"""The registers of this room keep what every register keeps, and refuse what cannot be."""

import pytest
from django.core.exceptions import ValidationError

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
    VehiclePart,
    WasteLot,
    WasteTransfer,
)
from kaifaqu.domains.recycling.tests.conftest import archived, corrected
from kaifaqu.kernel import testing

RANKED = {"subject": "recovered", "level": "province", "area": "山西省"}


class TestTenders(testing.RegisterTests):
    register = Tender

    def facts(self, zone):
        return {"title": "演示公务车处置", "purchaser": "演示机关", "published_on": "2024-03-01", "closes_on": "2024-03-20", "vehicles": 30}


class TestBids(testing.RegisterTests):
    register = Bid

    @pytest.fixture(autouse=True)
    def _tender(self, tender):
        self.tender = tender

    def facts(self, zone):
        return {"tender": self.tender, "bid_on": "2024-03-10", "amount": "8.5", "decided_on": "2024-03-21", "outcome": "won",
                "contracted_on": "2024-03-25", "contract": "演示合同"}


class TestPartners(testing.RegisterTests):
    register = RecoveryPartner

    @pytest.fixture(autouse=True)
    def _firms(self, firms):
        self.firms = firms

    def facts(self, zone):
        return {"enterprise": self.firms[0], "kind": "dealer", "since": "2024-01-01"}


class TestCommissions(testing.RegisterTests):
    register = Commission

    @pytest.fixture(autouse=True)
    def _vehicles(self, vehicles):
        self.vehicle = vehicles[3]

    def facts(self, zone):
        return {"vehicle": self.vehicle, "agreed_on": "2024-07-05", "amount": "200"}


class TestCategories(testing.RegisterTests):
    register = PartCategory

    def facts(self, zone):
        return {"name": "汽车轮毂", "kind": "part", "named": True, "since": "2024-01-01"}


class TestParts(testing.RegisterTests):
    register = VehiclePart

    @pytest.fixture(autouse=True)
    def _made(self, vehicles, categories):
        self.vehicle, self.category = vehicles[0], categories[1]

    def facts(self, zone):
        return {"vehicle": self.vehicle, "category": self.category, "removed_on": "2024-06-10", "use": "reuse", "marked": True,
                "mass": "3.2"}


class TestRemanufacture(testing.RegisterTests):
    register = RemanufactureTransfer

    @pytest.fixture(autouse=True)
    def _made(self, parts, firms, licences):
        self.part, self.firm = parts[0], firms[1]

    def facts(self, zone):
        return {"part": self.part, "receiver": self.firm, "handed_over_on": "2024-06-20"}


class TestBatteries(testing.RegisterTests):
    register = TractionBattery

    @pytest.fixture(autouse=True)
    def _made(self, vehicles, firms):
        self.vehicle, self.firm = vehicles[0], firms[2]

    def facts(self, zone):
        return {"vehicle": self.vehicle, "pack_code": "演示包1", "removed_on": "2024-06-10", "destination": self.firm,
                "handed_over_on": "2024-06-20", "receipt": "演示回执"}


class TestLots(testing.RegisterTests):
    register = DismantlingLot

    def facts(self, zone):
        return {"closed_on": "2024-06-10"}


class TestJobs(testing.RegisterTests):
    register = DismantlingJob

    @pytest.fixture(autouse=True)
    def _made(self, vehicles, lot):
        self.vehicle, self.lot = vehicles[0], lot

    def facts(self, zone):
        return {"vehicle": self.vehicle, "lot": self.lot, "route": "fine", "input_mass": "1400", "shell_mass": "390.5", "minutes": 240}


class TestOutputs(testing.RegisterTests):
    register = LotOutput

    @pytest.fixture(autouse=True)
    def _made(self, categories, lot):
        self.category, self.lot = categories[2], lot

    def facts(self, zone):
        return {"lot": self.lot, "category": self.category, "mass": "80.5"}


class TestWasteLots(testing.RegisterTests):
    register = WasteLot

    def facts(self, zone):
        return {"waste_code": "900-052-31", "stored_on": "2024-06-10", "mass": "100.5", "place": "危废库 A"}


class TestWasteTransfers(testing.RegisterTests):
    register = WasteTransfer

    @pytest.fixture(autouse=True)
    def _made(self, waste, firms):
        self.lot, self.firm = waste[0], firms[2]

    def facts(self, zone):
        return {"lot": self.lot, "handed_over_on": "2024-06-20", "mass": "100.5", "receiver": self.firm, "manifest": "演示联单"}


class TestPhases(testing.RegisterTests):
    register = BasePhase

    def facts(self, zone):
        return {"name": "一期", "started_on": "2021-01-01", "completed_on": "2023-01-01"}


class TestFacilities(testing.RegisterTests):
    register = BaseFacility

    @pytest.fixture(autouse=True)
    def _phase(self, phase):
        self.phase = phase

    def facts(self, zone):
        return {"phase": self.phase, "kind": "shed", "name": "储车棚"}


class TestCapacities(testing.RegisterTests):
    register = DismantlingCapacity

    @pytest.fixture(autouse=True)
    def _phase(self, phase):
        self.phase = phase

    def facts(self, zone):
        return {"phase": self.phase, "per_year": 30000, "since": "2023-01-01"}


class TestAreas(testing.RegisterTests):
    register = ServiceArea

    def facts(self, zone):
        return {"level": "province", "name": "山西省", "since": "2023-01-01"}


class TestRanks(testing.RegisterTests):
    register = RankClaim

    def facts(self, zone):
        return {**RANKED, "year": 2023, "rank": 3, "among": 40, "origin": "演示协会", "origin_on": "2024-03-01"}


class TestSales(testing.RegisterTests):
    register = LineSale

    def facts(self, zone):
        return {"sold_on": "2024-06-30", "line": "metals", "channel": "offline", "buyer_kind": "processor", "amount": "120", "margin": "24"}


REFUSED = [  # register, fixture with the record pointed at, facts, words
    (Tender, {"title": "甲", "purchaser": "乙", "published_on": "2024-08-06"}, "还没有到"),
    (Tender, {"title": "甲", "purchaser": "乙", "published_on": "2024-08-01", "closes_on": "2024-07-31"}, "早于「公告日期」"),
    (Bid, {"tender": "tender", "bid_on": "2024-03-01", "outcome": "won"}, "要么都填，要么都不填"),
    (Bid, {"tender": "tender", "bid_on": "2024-03-01", "decided_on": "2024-02-01", "outcome": "won"}, "早于「投标日期」"),
    (Bid, {"tender": "tender", "bid_on": "2024-03-01", "contracted_on": "2024-03-02"}, "只有中标的投标"),
    (DismantlingJob, {"vehicle": "vehicle", "lot": "lot", "route": "fine", "input_mass": "-1"}, "「投入质量（千克）」是负数"),
    (LotOutput, {"lot": "lot", "category": "category", "mass": "-1"}, "是负数"),
    (VehiclePart, {"vehicle": "vehicle", "category": "category", "removed_on": "2024-04-30", "use": "scrap"}, "还没有进场"),
    (VehiclePart, {"vehicle": "vehicle", "category": "category", "removed_on": "2024-06-10", "use": "reuse"}, "属于五大总成"),
    (TractionBattery, {"vehicle": "vehicle", "removed_on": "2024-06-10", "handed_over_on": "2024-06-11"}, "要么都填，要么都不填"),
    (TractionBattery, {"vehicle": "vehicle", "removed_on": "2024-06-10", "receipt": "1"}, "请填写去向和移交日期"),
    (WasteLot, {"waste_code": "900-000-00", "stored_on": "2024-06-10", "mass": "1"}, "900-000-00 不在 2024-06-10 的代码表里"),
    (WasteLot, {"waste_code": "900-052-31", "stored_on": "2024-06-10", "mass": "0"}, "要大于 0"),
    (DismantlingCapacity, {"phase": "phase", "per_year": 0, "since": "2024-01-01"}, "要大于 0"),
    (RankClaim, {**RANKED, "year": 2023, "rank": 5, "among": 4}, "不在 1 至参加排名的家数 4 之间"),
    (RankClaim, {**RANKED, "year": 2023}, "请填写「名次」"),
    (RankClaim, {**RANKED, "year": 9999, "rank": 1}, "「排名年份」9999 还没有到"),
    (LineSale, {"sold_on": "2024-06-30", "line": "parts", "channel": "online", "buyer_kind": "other", "amount": "1", "margin": "2"},
     "大于收入"),
]


@pytest.mark.parametrize(("register", "facts", "words"), REFUSED)
def test_what_cannot_be_is_refused(zone, vehicles, categories, tender, phase, lot, register, facts, words):
    there = {"tender": tender, "phase": phase, "lot": lot, "vehicle": vehicles[0], "category": categories[0]}
    with pytest.raises(ValidationError, match=words):
        testing.enter(register, zone, "code\nX1", **{name: there.get(value, value) for name, value in facts.items()})


def test_more_does_not_go_out_of_a_lot_of_waste_than_came_in(zone, clerk, waste, firms):
    enter = "lot | handed_over_on | mass\nWF1 | 2024-06-01 | {}"
    testing.enter(WasteTransfer, zone, enter.format("60"), receiver=firms[2])
    with pytest.raises(ValidationError, match=r"转出合计 100\.51 千克，多于入库的 100\.5 千克"):
        testing.enter(WasteTransfer, zone, enter.format("40.51"), receiver=firms[2])
    testing.enter(WasteTransfer, zone, enter.format("40.5"), receiver=firms[2])
    with pytest.raises(ValidationError, match="多于入库的 100 千克"):
        corrected(waste[0], clerk, mass="100")
    with pytest.raises(ValidationError, match="早于入库日期 2023-08-05"):
        testing.enter(WasteTransfer, zone, "lot | handed_over_on | mass\nWF1 | 2023-08-04 | 1", receiver=firms[2])


def test_two_capacities_of_a_phase_and_a_partner_twice_on_one_day_are_refused(zone, phase, firms):
    testing.enter(DismantlingCapacity, zone, "since | until\n2023-01-01 | 2024-01-01", phase=phase, per_year=15000)
    testing.enter(DismantlingCapacity, zone, "since\n2024-01-01", phase=phase, per_year=30000)
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(DismantlingCapacity, zone, "since\n2024-06-01", phase=phase, per_year=20000)
    testing.enter(RecoveryPartner, zone, "enterprise | since\nQ1 | 2024-01-01", kind="dealer")
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(RecoveryPartner, zone, "enterprise | since\nQ1 | 2024-06-01", kind="maker")
    testing.enter(ServiceArea, zone, "level | name | since\nprovince | 山西省 | 2024-01-01")
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(ServiceArea, zone, "level | name | since\nprovince | 山西省 | 2024-06-01")


@pytest.mark.parametrize("name", ["tender", "phase", "lot", "category", "part", "waste"])
def test_what_others_stand_on_does_not_go_away(zone, clerk, request, firms, licences, name):
    if name == "tender":
        held = request.getfixturevalue("tender")
        testing.enter(Bid, zone, "tender | bid_on\nZB1 | 2024-03-10")
    elif name == "phase":
        held = request.getfixturevalue("phase")
        testing.enter(BaseFacility, zone, "phase | kind | name\nJQ1 | shed | 储车棚")
    elif name == "waste":
        held = request.getfixturevalue("waste")[0]
        testing.enter(WasteTransfer, zone, "lot | handed_over_on | mass | receiver\nWF1 | 2024-06-01 | 1 | Q3")
    else:
        held = request.getfixturevalue("parts")[0]
        testing.enter(RemanufactureTransfer, zone, "part | receiver | handed_over_on\nLB1 | Q2 | 2024-06-20")
        if name == "category":
            held = held.category
        elif name == "lot":
            held = request.getfixturevalue("lot")
            testing.enter(LotOutput, zone, "lot | category | mass\nPC1 | PL2 | 5")
    with pytest.raises(ValidationError, match="请先归档或改到别处"):
        archived(held, clerk)


def test_a_job_of_another_day_than_its_lots_is_pointed_out(zone, vehicles, lot):
    one, other = testing.enter(DismantlingJob, zone, "vehicle\nV1\nV2", lot=lot, route="fine", input_mass="1400")
    assert one.warnings() == []
    assert "车辆的拆解日期 2024-07-01 与批次的结批日期 2024-06-10 不一致" in other.warnings()[0]
