"""Vehicles and their recycling certificates keep what every register keeps, and what is only theirs."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.vehicles.models import Channel, RecyclingCertificate, Vehicle
from kaifaqu.registers.vehicles.vin import check_digit, vin_problem

RIGHT = "1M8GDM9AXKP042788"


def vehicle(**facts):
    """Return the facts of one vehicle."""
    return {"vin": RIGHT, "plate": "晋A00001", "category": "passenger_car", "power": "1", "first_registered_on": "2009-05-01",
            "province": "山西省", "city": "太原市", "owner_kind": "individual", "holder": "演示人员 001", "channel": "own",
            "received_on": "2024-05-10", "kerb_mass": "1400", "handed_over_on": "2024-05-09", **facts}


def entered(zone, code="V1", **facts):
    """Enter one vehicle and return it."""
    return testing.enter(Vehicle, zone, f"code\n{code}", **vehicle(**facts))[0]


def certificate(held, **facts):
    """Return the facts of one certificate."""
    return {"vehicle": held, "number": "140100202405000001", "issued_on": "2024-05-12", "handed_over_on": "2024-05-09", **facts}


def corrected(record, clerk, **facts):
    """Correct facts of a record as it stands."""
    plan = actions.find(record.right_to("correct")).plan
    now = type(record).objects.get(pk=record.pk)
    return commit([plan(now, by=clerk, version=now.row_version, facts=facts, reason="核对")], by=clerk)[0]


def test_a_vehicle_is_told_by_its_code(zone):
    assert str(entered(zone)) == "V1"  # neither plate nor identification number stands where others name it


class TestVehicles(testing.RegisterTests):
    register = Vehicle

    def facts(self, zone):
        [partner] = testing.enter(Enterprise, zone, "code\nQ1", name="演示合作企业")
        return vehicle(channel="partner", partner=partner)


class TestCertificates(testing.RegisterTests):
    register = RecyclingCertificate

    def facts(self, zone):
        return certificate(entered(zone))


@pytest.mark.parametrize(("vin", "words"), [
    (RIGHT, ""), ("1m8gdm9axkp 042788", ""), ("", ""), ("1M8GDM9A1KP042788", "第 9 位校验位不符"), ("LSVAA", "应为 17 位，现为 5 位"),
    ("1M8GDM9AXKP04278O", "不用字母 I、O、Q"),
])
def test_an_identification_number_is_explained_and_never_refused(zone, vin, words):
    assert words in vin_problem(vin)
    assert bool(vin_problem(vin)) == bool(words)
    held = entered(zone, vin=vin or RIGHT)
    assert held.warnings() == ([vin_problem(vin)] if words else [])


def test_the_check_digit_is_that_of_the_standard():
    assert (check_digit(RIGHT), check_digit("11111111111111111")) == ("X", "1")


def test_an_invented_number_is_not_complained_about(zone):
    assert entered(zone, vin="DEM00000000000001", synthetic=True).warnings() == []


def test_the_same_number_twice_is_stopped(zone):
    entered(zone)
    with pytest.raises(ValidationError, match="已经登记过一辆车"):
        entered(zone, "V2", vin="1m8gdm9ax-kp042788")


@pytest.mark.parametrize(("facts", "words"), [
    ({"received_on": "2009-04-30", "handed_over_on": None}, "「进场日期」2009-04-30 早于「初次登记日期」2009-05-01"),
    ({"dismantled_on": "2024-05-09"}, "「拆解日期」2024-05-09 早于「进场日期」"),
    ({"deregistered_on": "2024-05-08"}, "「注销日期」2024-05-08 早于「交车日期」"),
    ({"received_on": None, "dismantled_on": "2024-05-20"}, "没有「进场日期」的车不能有「拆解日期」"),
    ({"channel": "partner"}, "请填写合作单位"), ({"kerb_mass": "0"}, "要大于 0"), ({"received_on": "2999-01-01"}, "还没有到"),
])
def test_what_cannot_be_is_refused(zone, facts, words):
    with pytest.raises(ValidationError, match=words):
        entered(zone, **facts)


def test_the_partner_is_one_of_the_owners_own_enterprises(zone, other):
    [foreign] = testing.enter(Enterprise, other, "code\nQ1", name="演示外单位企业")
    with pytest.raises(ValidationError, match="「合作单位」不归本单位所有"):
        entered(zone, channel=Channel.PARTNER, partner=foreign)


def test_a_vehicle_has_one_valid_certificate_and_a_voided_one_keeps_its_number(zone, clerk):
    held = entered(zone)
    [first] = testing.enter(RecyclingCertificate, zone, "code\nC1", **certificate(held))
    with pytest.raises(ValidationError, match="已有一张有效的回收证明"):
        testing.enter(RecyclingCertificate, zone, "code\nC2", **certificate(held, number="2"))
    with pytest.raises(ValidationError, match="要么都填，要么都不填"):
        corrected(first, clerk, voided_on="2024-05-20")
    corrected(first, clerk, voided_on="2024-05-20", void_reason="车主姓名写错")
    testing.enter(RecyclingCertificate, zone, "code\nC2", **certificate(held, number="2"))
    for facts in ({"number": "3"}, {"voided_on": None, "void_reason": ""}):
        with pytest.raises(ValidationError, match="已于 2024-05-20 作废"):
            corrected(first, clerk, **facts)
    with pytest.raises(ValidationError, match="这个证明编号已经登记过"):
        testing.enter(RecyclingCertificate, zone, "code\nC3", **certificate(entered(zone, "V2", vin="LSVAA"), number="2"))


def test_valid_is_what_was_issued_and_not_voided_by_that_day(zone):
    testing.enter(RecyclingCertificate, zone, """
        code | number | voided_on  | void_reason
        C1   | 1      | 2024-05-20 | 写错
        C2   | 2      |            |
    """, **{name: value for name, value in certificate(entered(zone)).items() if name != "number"})
    rows = RecyclingCertificate.objects.current()
    told = [{each.number for each in rows.filter(RecyclingCertificate.valid(day))} for day in ("2024-05-11", "2024-05-19", "2024-05-20")]
    assert told == [set(), {"1", "2"}, {"2"}]


def test_a_vehicle_with_a_certificate_does_not_go_away(zone, clerk):
    held = entered(zone)
    testing.enter(RecyclingCertificate, zone, "code\nC1", **certificate(held))
    archive = actions.find("vehicles.archive").plan
    with pytest.raises(ValidationError, match="还有报废机动车回收证明 C1"):
        commit([archive(held, by=clerk, version=1, reason="重复")], by=clerk)


def test_a_certificate_with_another_day_of_handing_over_is_pointed_out(zone):
    [made] = testing.enter(RecyclingCertificate, zone, "code\nC1", **certificate(entered(zone), handed_over_on="2024-05-10"))
    assert "与车辆的交车日期 2024-05-09 不一致" in made.warnings()[0]
