"""The cross-check: a claim whose papers agree has nothing to say, and each single difference is told, with both papers and values."""

from datetime import date
from decimal import Decimal

import pytest

from kaifaqu.domains.subsidies.crosschecking import differences, doubts, filled, lacking, same_owner
from kaifaqu.domains.subsidies.fuels import JUDGED_AS, judged_as

OLD, NEW, WHO, NUMBER = "DEM00000000000001", "DEM00000000000091", "演示人员 1", "110101199001011234"
MAY = [date(2024, 5, day) for day in range(1, 32)]
FINE = {
    "register": {"vin": OLD, "plate": "晋A12345", "holder": WHO, "power": "1", "number": "N1", "issued_on": MAY[1],
                 "handed_over_on": MAY[0], "deregistered_on": MAY[8]},
    "certificate": {"number": "N1", "holder": WHO, "vin": OLD, "dated_on": MAY[0], "issued_on": MAY[1], "plate": "晋A12345"},
    "deregistration": {"number": "", "holder": WHO, "vin": OLD, "dated_on": MAY[8], "plate": ""},
    "old_registration": {"number": "", "holder": WHO, "vin": OLD, "dated_on": date(2010, 3, 18), "plate": "晋A12345"},
    "invoice": {
        "number": "F1", "holder": WHO, "identity": NUMBER, "vin": NEW, "dated_on": MAY[9], "price": Decimal("14.8"), "city": "太原市"},
    "new_registration": {"holder": WHO, "identity": NUMBER, "vin": NEW, "dated_on": MAY[11], "plate": "晋AD12345", "power": "nev"},
    "identity": {"holder": WHO, "identity": NUMBER}, "bank": {"holder": WHO},
    "application": {"handed_over_on": MAY[0], "deregistered_on": MAY[8], "invoiced_on": MAY[9], "registered_on": MAY[11], "power": "nev",
                    "displacement": None, "price": Decimal("14.80"), "city": "太原市"},
}  # fmt: skip


fuel = judged_as(JUDGED_AS.shipped().content)


def claim(source="", fact="", value=None, **more):
    """Return the claim whose papers agree, but for one fact and others of the same source."""
    changed = {source: {**FINE[source], fact: value, **more}} if source else {}
    told = {**FINE, **changed}
    register = told["register"]
    return {**told, "register": {**register, "fuel": fuel(register["power"], register["plate"])}}


def test_papers_that_agree_have_no_differences():
    told = claim()
    assert (differences(told), doubts(told), lacking(told), same_owner(told), told["register"]["fuel"]) == ([], [], [], True, "petrol")


@pytest.mark.parametrize(("source", "fact", "value", "sentence"), [
    ("certificate", "vin", "X", "旧车车辆识别代号不一致：「车辆和证明台账」写「{OLD}」，「报废机动车回收证明」写「X」。"),
    ("deregistration", "vin", "X", "旧车车辆识别代号不一致：「车辆和证明台账」写「{OLD}」，「机动车注销证明书」写「X」。"),
    ("old_registration", "vin", "X", "旧车车辆识别代号不一致：「车辆和证明台账」写「{OLD}」，「旧车登记证书或行驶证」写「X」。"),
    ("certificate", "plate", "晋A12346", "旧车号牌不一致：「车辆和证明台账」写「晋A12345」，「报废机动车回收证明」写「晋A12346」。"),
    ("old_registration", "plate", "晋B12345", "旧车号牌不一致：「车辆和证明台账」写「晋A12345」，「旧车登记证书或行驶证」写「晋B12345」。"),
    ("register", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「车辆和证明台账」写「乙」。"),
    ("certificate", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「报废机动车回收证明」写「乙」。"),
    ("deregistration", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「机动车注销证明书」写「乙」。"),
    ("invoice", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「机动车销售统一发票」写「乙」。"),
    ("new_registration", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「新车机动车登记证书」写「乙」。"),
    ("bank", "holder", "乙", "姓名不一致：「申请人身份证」写「{WHO}」，「申请人银行卡」写「乙」。"),
    ("invoice", "identity", "110101199001011235",
     "证件号码不一致：「申请人身份证」写「18 位，尾号 1234」，「机动车销售统一发票」写「18 位，尾号 1235」。"),
    ("invoice", "identity", "110101900101123",
     "证件号码不一致：「申请人身份证」写「18 位，尾号 1234」，「机动车销售统一发票」写「15 位，尾号 1123」。"
     "其中一个是 15 位的旧号码，请换发证件或更正。"),
    ("new_registration", "vin", "X", "新车车辆识别代号不一致：「机动车销售统一发票」写「{NEW}」，「新车机动车登记证书」写「X」。"),
    ("certificate", "number", "N2", "回收证明编号不一致：「车辆和证明台账」写「N1」，「报废机动车回收证明」写「N2」。"),
    ("certificate", "issued_on", MAY[2],
     "证明开具日期不一致：「车辆和证明台账」写「2024-05-02」，「报废机动车回收证明」写「2024-05-03」。"),
    ("register", "handed_over_on", MAY[1], "交车日期不一致：「报废机动车回收证明」写「2024-05-01」，「车辆和证明台账」写「2024-05-02」。"),
    ("register", "deregistered_on", MAY[9], "注销日期不一致：「机动车注销证明书」写「2024-05-09」，「车辆和证明台账」写「2024-05-10」。"),
    ("application", "deregistered_on", MAY[9], "注销日期不一致：「机动车注销证明书」写「2024-05-09」，「补贴申请」写「2024-05-10」。"),
    ("application", "invoiced_on", MAY[10], "开票日期不一致：「机动车销售统一发票」写「2024-05-10」，「补贴申请」写「2024-05-11」。"),
    ("application", "registered_on", MAY[12], "注册日期不一致：「新车机动车登记证书」写「2024-05-12」，「补贴申请」写「2024-05-13」。"),
    ("application", "price", Decimal("14.9"), "价税合计（万元）不一致：「机动车销售统一发票」写「14.8」，「补贴申请」写「14.9」。"),
    ("application", "city", "晋中市", "开票地市不一致：「机动车销售统一发票」写「太原市」，「补贴申请」写「晋中市」。"),
    ("application", "power", "fuel", "新车类别不一致：「新车机动车登记证书」写「新能源乘用车」，「补贴申请」写「燃油乘用车」。"),
    ("new_registration", "plate", "晋A12345", "「新车机动车登记证书」的号牌「晋A12345」不是新能源号牌，新车类别却写「新能源乘用车」。"),
    ("new_registration", "plate", "晋A", "「新车机动车登记证书」的号牌「晋A」不像号牌，请核对。"),
    ("register", "power", "9", "旧车登记为纯电动，号牌 晋A12345 不是新能源号牌；请核对动力种类，截止日期按新能源车计。"),
])  # fmt: skip
def test_each_single_difference_is_told(source, fact, value, sentence):
    told = claim(source, fact, value)
    found = [*differences(told), *doubts(told)]
    assert found[0] == sentence.format(OLD=OLD, NEW=NEW, WHO=WHO)
    assert len(found) == 1 + (value == "晋A")  # what is no plate is none of a new-energy car either


def test_the_forms_of_plates_tell_the_cut_off():
    green = {"plate": "晋AD12345"}
    plates = {name: FINE[name] | green for name in ("certificate", "old_registration")}
    assert differences(claim("register", "plate", "晋AD12345") | plates) == [
        "旧车号牌「晋AD12345」是新能源号牌，「车辆和证明台账」的动力种类却是「汽油」，截止日期会用错。"]
    plugged_in = claim("register", "power", "8", **green) | plates
    assert (plugged_in["register"]["fuel"], differences(plugged_in)) == ("electric", [])


@pytest.mark.parametrize(("power", "unknown_plate", "plain", "green"), [
    ("1", "petrol", "petrol", "petrol"), ("2", "diesel", "diesel", "diesel"), ("3", "other", "other", "other"),
    ("4", "other", "other", "other"), ("5", "other", "other", "other"), ("6", "other", "other", "other"), ("7", None, None, "electric"),
    ("8", None, "other", "electric"), ("9", "electric", "electric", "electric"), ("A", "other", "other", "electric"),
    ("B", "other", "other", "other"), ("C", "other", "other", "other"), ("D", None, None, "electric"), ("", None, None, None),
])  # fmt: skip
def test_what_the_code_does_not_tell_of_the_old_car_the_plate_tells_or_it_is_not_known(power, unknown_plate, plain, green):
    assert [fuel(power, plate) for plate in ("", "晋A12345", "晋AD12345")] == [unknown_plate, plain, green]
    assert fuel(power, "不详") == unknown_plate


def test_what_the_table_does_not_say_is_no_contradiction_and_what_it_says_otherwise_is_no_doubt():
    green = {"plate": "晋AD12345"}
    plates = {name: FINE[name] | green for name in ("certificate", "old_registration")}
    unknown = claim() | plates | {"register": {**FINE["register"], **green, "power": "9", "fuel": None}}
    other = claim() | {"register": {**FINE["register"], "power": "9", "fuel": "other"}}
    assert (differences(unknown), doubts(unknown), doubts(other)) == ([], [], [])


@pytest.mark.parametrize(("rows", "wrong"), [
    ([("1", None)], []), ([("8", "green"), ("8", "plain")], []), ([("8", "green"), ("8", None)], []),
    ([("1", None), ("1", "green")], ["对照第 2 行（汽油、新能源号牌按其他燃料）用不到：前面已有一行算「汽油」，请删去或移到前面。"]),
    ([("8", "green"), ("1", None), ("8", "green")], [
        "对照第 3 行（混合动力、新能源号牌按其他燃料）用不到：前面已有一行算「混合动力」，请删去或移到前面。"]),
])  # fmt: skip
def test_a_row_that_is_never_reached_is_refused(rows, wrong):
    content = {"rows": [{"power": power, "fuel": "other"} | ({"plate": plate} if plate else {}) for power, plate in rows]}
    assert [*JUDGED_AS.check.problems(content)] == wrong


def test_the_new_car_is_not_the_old_one():
    both = {name: FINE[name] | {"vin": OLD.lower()} for name in ("invoice", "new_registration")}
    assert differences(claim() | both) == [
        f"「机动车销售统一发票」上写的是旧车的车辆识别代号「{OLD}」。", f"「新车机动车登记证书」上写的是旧车的车辆识别代号「{OLD}」。"]


def test_all_differences_are_told_together():
    told = claim("invoice", "holder", "乙", vin="X", price=Decimal(15))
    assert [each.partition("不一致")[0] for each in differences(told)] == ["姓名", "新车车辆识别代号", "价税合计（万元）"]
    assert same_owner(told) is False


def test_how_it_is_written_is_no_difference():
    assert differences(claim("bank", "holder", "演示人员1")) == []
    assert differences(claim("certificate", "plate", "晋A·12345", vin=f" {OLD.lower()}")) == []


@pytest.mark.parametrize(("source", "fact", "sentence"), [
    ("invoice", "price", "「机动车销售统一发票」还没有填：发票价税合计（万元）。"),
    ("invoice", "vin", "「机动车销售统一发票」还没有填：单证上的车辆识别代号。"),
    ("deregistration", "holder", "「机动车注销证明书」还没有填：单证上的姓名。"),
    ("new_registration", "dated_on", "「新车机动车登记证书」还没有填：单证日期。"),
    ("identity", "identity", "「申请人身份证」还没有填：单证上的证件号码。"),
])
def test_what_a_paper_does_not_say_is_named(source, fact, sentence):
    assert lacking(claim(source, fact, "")) == [sentence]


def test_a_fuel_car_has_a_displacement_and_what_the_ledgers_know_need_not_be_typed():
    assert lacking(claim("new_registration", "power", "fuel")) == ["「新车机动车登记证书」还没有填：新车排量（升）。"]
    empty = dict.fromkeys(("number", "holder", "vin", "dated_on", "issued_on"), "")
    assert filled("certificate", empty, FINE["register"]) == {
        "number": "N1", "holder": WHO, "vin": OLD, "dated_on": MAY[0], "issued_on": MAY[1]}
    assert filled("deregistration", empty, FINE["register"]) == {**empty, "dated_on": MAY[8]}
    assert same_owner(claim("identity", "holder", "")) is None
