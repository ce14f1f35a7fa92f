"""The pages of attraction: who may open them, what they tell, and what a step is held back by."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaifaqu.cases import sweeping
from kaifaqu.domains.attraction.chainmap import maps
from kaifaqu.domains.attraction.late import hands, late
from kaifaqu.domains.attraction.models import LeadOpinion, LeadProfile, LeadResponse, LeadTerm, NegotiationRound
from kaifaqu.domains.attraction.opinions import joint
from kaifaqu.domains.attraction.tests.test_figures import archive, lay_down
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.registers.chains.models import Chain, ChainLink, ChainNode, NodeFirm
from kaifaqu.registers.projects.models import Lead
from kaifaqu.sheets import importing

TEXTS = ("investor_introduction", "content", "process", "environment")
WHOLE = {
    **dict.fromkeys(TEXTS, "写明了"), "total_investment": "12000", "fixed_investment": "7000", "land": "60", "power": "3000",
    "output": "20000", "tax": "800",
}


@pytest.fixture
def on_the_last_of_june(time_machine):
    time_machine.move_to("2024-06-30T10:00:00+08:00")


def page(client, user, address):
    """Return what the person sees at the address."""
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def lead(zone, **facts):
    """Enter a lead that is not in negotiation."""
    [made] = testing.enter(Lead, zone, "code | first_contact_on\nL8 | 2024-01-05", name="托盘", **facts)
    return made


def negotiate(of, **told):
    """Begin negotiations."""
    of = Lead.objects.get(pk=of.pk)
    commit([actions.find("leads.negotiate").plan(of, by=SYSTEM, version=of.row_version, negotiating_on="2024-05-06", **told)], by=SYSTEM)
    return Lead.objects.get(pk=of.pk).stage


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"total_investment": "9999"}, "总投资额不低于 1 亿元，现为 9999 万元"),
        ({"fixed_investment": "5999.9"}, "固定资产投资不低于 6000 万元，现为 5999.9 万元"),
        ({"fixed_investment": None}, "固定资产投资不低于 6000 万元，现为 没有填"),
        ({"kind": "renovation"}, "投资类别「技术改造或扩建」不纳入"),
        ({"kind": "big_data", "fixed_investment": "2999"}, "固定资产投资不低于 3000 万元"),
        ({"process": "", "tax": None}, "还没有写明：工艺流程、预计年税收（万元）"),
    ],
)
def test_a_lead_that_is_not_admitted_needs_a_reason_to_be_negotiated(zone, facts, words):
    of = lead(zone)
    testing.enter(LeadProfile, zone, "code\nG1", lead=of, **{**WHOLE, **facts})
    with pytest.raises(ValidationError, match=words) as refused:
        negotiate(of)
    assert "仍要办理的，请写明原因" in str(refused.value)
    assert negotiate(of, reason="县里会商同意") == "negotiating"


@pytest.mark.parametrize("facts", [{}, {"kind": "big_data", "fixed_investment": "3000"}])
def test_a_lead_that_is_admitted_is_negotiated(zone, facts):
    of = lead(zone)
    testing.enter(LeadProfile, zone, "code\nG1", lead=of, **{**WHOLE, **facts})
    assert negotiate(of) == "negotiating"


def test_a_lead_without_key_information_needs_a_reason_and_the_page_tells_it(zone, clerk, client):
    of = lead(zone)
    for blank in ("", "  "):
        with pytest.raises(ValidationError, match="还没有登记项目关键信息"):
            negotiate(of, reason=blank)
    [profile] = testing.enter(LeadProfile, zone, "code\nG1", lead=of, **WHOLE)
    archive(zone, profile)
    with pytest.raises(ValidationError, match="还没有登记项目关键信息"):
        negotiate(of)
    assert negotiate(of, reason="县里会商同意") == "negotiating"
    assert "进入洽谈时写明的原因：县里会商同意" in page(client, clerk, f"/r/leads/{of.pk}/")


def test_nothing_is_wanted_where_the_rule_of_stages_wants_nothing(zone):
    lay_down(zone, "attraction.stages", {
        "effective": {"site": 1, "decision": 1, "drafting": "no"}, "stages": {"negotiating": {"judged": True}}})
    assert negotiate(lead(zone)) == "negotiating"


def test_a_lead_is_not_corrected_nor_imported_past_the_gate(zone, clerk):
    of = lead(zone)
    testing.enter(LeadProfile, zone, "code\nG1", lead=of, **{**WHOLE, "kind": "housing"})
    correct = actions.find("leads.correct").plan
    with pytest.raises(ValidationError, match="投资类别「住宅地产」不纳入"):
        correct(of, by=clerk, version=1, facts={"negotiating_on": "2024-02-01"})
    told = {}
    for reason in ("", "县里会商同意"):
        upload = importing.receive(Lead, zone, clerk, "线索.txt", "编号\t拟投项目\t洽谈日期\nL8\t托盘厂\t2024-02-01", reason=reason)
        importing.check(upload)
        [row] = map(json.loads, upload.staged.read_text(encoding="utf-8").splitlines())
        told[reason] = str(row.get("faults", ""))
    assert "不纳入" in told[""]
    assert "不纳入" not in told["县里会商同意"]
    commit([correct(of, by=clerk, version=1, facts={"name": "托盘厂"}, reason="改名")], by=clerk)  # that is another matter


@pytest.mark.parametrize("day", ["intent_on", "signed_on"])
def test_what_comes_of_negotiations_is_not_filled_in_past_the_gate(zone, clerk, client, day):
    of = lead(zone)
    correct = actions.find("leads.correct").plan
    with pytest.raises(ValidationError, match="还没有登记项目关键信息"):
        correct(of, by=clerk, version=1, facts={day: "2024-05-01"})
    commit([correct(of, by=clerk, version=1, facts={day: "2024-05-01"}, reason="县里会商同意")], by=clerk)
    of = Lead.objects.get(pk=of.pk)
    commit([correct(of, by=clerk, version=2, facts={day: "2024-05-02"}, reason="写错了")], by=clerk)  # nothing begins by it
    assert not of.begins({day: "2024-05-02"})
    assert "进入洽谈时写明的原因：县里会商同意" in page(client, clerk, f"/r/leads/{of.pk}/")


def test_a_new_row_of_former_times_is_not_held_and_its_reason_is_none_of_the_gate(zone, clerk, client):
    facts = {"code": "L9", "name": "旧线索", "first_contact_on": "2020-01-05", "negotiating_on": "2020-02-01"}
    commit([actions.find("leads.create").plan(zone, by=clerk, facts=facts, reason="补录历史台账")], by=clerk)
    assert "进入洽谈时写明的原因" not in page(client, clerk, f"/r/leads/{Lead.objects.get(code='L9').pk}/")


def answer(code, verdict, **by):
    """Give an opinion."""
    opinion = LeadOpinion.objects.get(aspect=code)
    plan = actions.find("lead_opinions.resolve").plan
    commit([plan(opinion, by=SYSTEM, version=opinion.row_version, verdict=verdict, result="看过了")], by=SYSTEM)


def test_departments_are_asked_at_once_and_their_opinions_make_one(zone, clerk, client):
    of = lead(zone)
    ask = actions.find("leads.ask_opinions").plan
    commit([ask(of, by=clerk, version=1, demand="请提意见")], by=clerk)
    assert {each.aspect: each.title for each in LeadOpinion.objects.all()} == {
        "policy": "托盘：产业政策预审", "environment": "托盘：生态环境预审", "safety": "托盘：安全生产预审"}
    assert all(each.resolution_due_on for each in LeadOpinion.objects.all())
    with pytest.raises(ValidationError, match="都已征求过意见"):
        ask(of, by=clerk, version=1)
    answer("policy", "for")
    answer("safety", "if")
    assert "还没有全部提出意见" in page(client, clerk, f"/r/leads/{of.pk}/")
    answer("environment", "for")
    assert "综合意见：有条件同意" in page(client, clerk, f"/r/leads/{of.pk}/")


def test_the_page_of_an_opinion_tells_its_aspect_as_the_zones_own_rule_of_that_day_calls_it(zone, clerk, client):
    lay_down(zone, "attraction.preexam", {"aspects": {"water": {"label": "水资源"}}})
    commit([actions.find("leads.ask_opinions").plan(lead(zone), by=clerk, version=1)], by=clerk)
    [opinion] = LeadOpinion.objects.all()
    assert "水资源" in page(client, clerk, f"/r/lead_opinions/{opinion.pk}/").partition('id="past"')[2]


def test_the_page_of_a_lead_without_capacity_leads_to_its_entry(zone, clerk, client):
    of = lead(zone)
    link = f"/r/product_capacities/new/?lead={of.pk}"
    assert link in page(client, clerk, f"/r/leads/{of.pk}/")
    guest = testing.employ(zone, "guest", "leads.view product_capacities.view")
    assert link not in page(client, guest, f"/r/leads/{of.pk}/")


def test_one_against_is_against(zone, clerk, client):
    of = lead(zone)
    commit([actions.find("leads.ask_opinions").plan(of, by=clerk, version=1)], by=clerk)
    for aspect, verdict in (("policy", "for"), ("safety", "against"), ("environment", "if")):
        answer(aspect, verdict)
    assert "综合意见：不同意" in page(client, clerk, f"/r/leads/{of.pk}/")


def test_an_aspect_that_the_rule_does_not_have_is_refused(zone):
    with pytest.raises(ValidationError, match="没有预审方面「taste」"):
        testing.enter(LeadOpinion, zone, "title | aspect | opened_on\n预审 | taste | 2024-01-08", lead=lead(zone))


def test_the_page_of_a_lead_tells_its_clocks_and_how_they_were_counted(zone, clerk, client, on_the_last_of_june):
    of = lead(zone)
    testing.enter(LeadResponse, zone, "received_on | answered_on\n2024-06-04 | 2024-06-06", lead=of)
    told = page(client, clerk, f"/r/leads/{of.pk}/")
    assert "期限 2024-06-05 · 2024-06-06 已办" in told
    assert '<span class="light red">登记并答复</span>' in told
    assert "2024-06-05 至 2024-06-05 计 1 日；江府办函〔2024〕37号" in told


def test_stages_tell_the_evidence_that_they_lack(zone, clerk, client, leads):
    told = page(client, clerk, f"/r/leads/{leads[1].pk}/")
    assert "研判 （缺）" in told
    assert "有效信息 （缺）" in told
    testing.enter(NegotiationRound, zone, "held_on | kind\n2024-05-06 | drafting", lead=leads[1])
    assert "有效信息 （缺）" not in page(client, clerk, f"/r/leads/{leads[1].pk}/")


def test_leads_beyond_their_clocks_are_listed_with_the_reason_and_equal_the_figure(zone, clerk, client, leads, on_the_last_of_june):
    testing.enter(LeadResponse, zone, "received_on\n2024-06-04", lead=leads[5])
    told = late(clerk, clock.today())
    codes = {Lead.objects.get(pk=pk).code: reasons for pk, reasons in told.items()}
    assert codes == {
        "L1": ["没有按期报告进展"], "L2": ["没有按期报告进展"], "L3": ["没有按期报告进展"],
        "L6": ["没有按期答复", "没有按期研判", "没有按期反馈"]}
    shown = page(client, clerk, "/attraction/?kind=late")
    assert all(f">{code} " in shown for code in codes)
    assert ">L4 " not in shown


def test_the_funnel_counts_and_every_number_opens_its_records(zone, clerk, client, leads):
    told = page(client, clerk, "/attraction/?period=2024-H1")
    for code, value in (("attraction.new.count", "5 个"), ("leads.known.count", "6 个"), ("attraction.rate.negotiation", "83.33%")):
        assert f'data-figure="{code}" data-status="open">{value}' in told.replace("\n", "")
    assert "用地" in told
    assert "请写" in page(client, clerk, "/attraction/?period=2024年夏天") or "不是期间" in page(client, clerk, "/attraction/?period=夏天")


def test_the_chain_list_and_map_lead_to_each_other(zone, clerk, client, chain, leads):
    assert f'/chains/{chain.pk}/' in page(client, clerk, "/chains/")
    told = page(client, clerk, f"/chains/{chain.pk}/")
    assert "<svg" in told
    assert told.count("<rect") == 4
    assert client.get("/chains/0/").status_code == 404
    assert "打开图谱" in page(client, clerk, f"/r/chains/{chain.pk}/")


@pytest.mark.parametrize("address", ["/chains/", "/chains/{}/", "/attraction/"])
def test_who_has_no_right_sees_nothing(zone, chain, client, address):
    client.force_login(testing.employ(zone, "guest", "parties.view"))
    assert client.get(address.format(chain.pk)).status_code == 403


def test_who_may_see_chains_alone_is_told_no_state_and_no_lead(zone, chain, leads, client):
    guest = testing.employ(zone, "guest", "chains.view chain_nodes.view")
    told = page(client, guest, f"/chains/{chain.pk}/")
    assert "图谱不全" in told
    assert "清洁燃料" in told
    assert not [word for word in ("某某资源公司", "外地公司", "燃料添加") if word in told]


def test_pages_are_gone_while_the_domain_is_off(zone, chain, clerk, client):
    switch = actions.find("domains.switch_off").plan
    commit([switch(zone, by=clerk, domain="attraction")], by=clerk)
    client.force_login(clerk)
    for address in ("/chains/", f"/chains/{chain.pk}/", "/attraction/"):
        assert client.get(address).status_code == 404
    assert client.get(f"/r/chains/{chain.pk}/").status_code == 200


def test_the_contract_is_opened_with_what_the_key_information_says(zone, clerk, client):
    of = lead(zone)
    negotiate(of, reason="先谈")
    address = f"/r/leads/{of.pk}/do/sign/"
    assert 'value="12000"' not in page(client, clerk, address)
    testing.enter(LeadProfile, zone, "code\nG1", lead=of, **WHOLE)
    told = page(client, clerk, address)
    assert 'value="12000"' in told
    assert 'value="20000"' in told
    guest = testing.employ(zone, "signer", "leads.view leads.advance projects.view")
    assert 'value="12000"' not in page(client, guest, address)


def test_a_new_holiday_moves_the_days_of_a_lead_everywhere(zone, leads, client, time_machine):
    time_machine.move_to("2024-06-05T10:00:00+08:00")
    testing.enter(LeadResponse, zone, "code | received_on\nX1 | 2024-06-04", lead=leads[5])
    sweeping.follow_rules()
    due = LeadResponse.objects.values_list("answer_due_on", flat=True)
    assert [f"{each}" for each in due] == ["2024-06-05"]
    time_machine.move_to("2024-06-06T10:00:00+08:00")
    user = testing.employ(zone, "a", "leads.view lead_responses.view negotiation_rounds.view")
    assert late(user, clock.today())[leads[5].pk] == ["没有按期答复"]
    lay_down(zone, "clocks.calendar", {"notices": [{"holidays": [{"name": "市庆", "off": ["2024-06-05"]}]}]})
    assert sweeping.follow_rules() == 1
    assert [f"{each}" for each in due.all()] == ["2024-06-06"]
    assert leads[5].pk not in late(user, clock.today())
    told = page(client, user, f"/r/leads/{leads[5].pk}/")
    assert '<span class="light yellow">登记并答复</span> 期限 2024-06-06' in told
    assert "do/recount/" not in page(client, user, f"/r/lead_responses/{LeadResponse.objects.get().pk}/")


def test_a_lead_that_is_over_keeps_the_days_by_which_it_was_judged(zone, leads, time_machine):
    time_machine.move_to("2024-06-06T10:00:00+08:00")
    testing.enter(LeadResponse, zone, "code | received_on | answered_on\nX1 | 2024-06-04 | 2024-06-05", lead=leads[3])  # signed
    lay_down(zone, "clocks.calendar", {"notices": [{"holidays": [{"name": "市庆", "off": ["2024-06-05"]}]}]})
    sweeping.follow_rules()
    response = LeadResponse.objects.get()
    assert next(hands(leads[3], response, World())).due == f"{response.answer_due_on}" == "2024-06-05"


def test_two_chains_of_one_code_have_a_map_each(zone, chain, client):
    other = testing.party(zone, "OTHER", "乙开发区", parent=zone)
    [second] = testing.enter(Chain, other, "code | name\nC1 | 别的链")
    user = testing.employ(zone, "above", "chains.view chain_nodes.view", below=True)
    assert "节能环保" in page(client, user, f"/chains/{chain.pk}/")
    assert "别的链" in page(client, user, f"/chains/{second.pk}/")


def test_the_list_of_chains_asks_as_much_for_many_as_for_one(zone, client):
    rights = "chains chain_nodes node_firms leads projects chain_links enterprises chain_heads"
    client.force_login(testing.employ(zone, "a", " ".join(f"{name}.view" for name in rights.split())))
    clock.set(clock.now())  # else the day is asked for once a second
    asked = []
    for number in range(1, 7):
        [made] = testing.enter(Chain, zone, f"code | name\nC{number} | 链{number}")
        testing.enter(ChainNode, zone, f"code | name\nN{number}a | 甲{number}\nN{number}b | 乙{number}", chain=made)
        testing.enter(ChainLink, zone, f"feeder | fed\nN{number}a | N{number}b")
        with CaptureQueriesContext(connection) as statements:
            client.get("/chains/")
        asked.append(len(statements))
    assert asked[0] == asked[-1]


def test_a_segment_under_contract_says_how_many_leads_are_signed(zone, chain, client):
    days = {"first_contact_on": "2023-01-05", "negotiating_on": "2023-02-05", "signed_on": "2023-03-05"}
    testing.enter(Lead, zone, "code | name | node\nL1 | 甲 | H2", **days)
    rights = "chains.view chain_nodes.view node_firms.view leads.view projects.view"
    user = testing.employ(zone, "a", rights)
    [_first, segment, *_others] = maps(user, [chain], clock.today())[0].segments
    assert segment.detail == "已签约 1 个"


@pytest.mark.parametrize(("aspects", "verdict"), [("ab", ""), ("abc", ""), ("abcd", "if"), ("cd", "if")])
def test_pre_examination_is_over_when_every_aspect_of_the_rule_was_answered(aspects, verdict):
    said = [LeadOpinion(aspect=each, verdict="if" if each == "c" else "for", resolved_on="2024-06-01") for each in aspects]
    assert joint(said, {"c", "d"}) == verdict
    assert joint([*said, LeadOpinion(aspect="e")], {"c", "d"}) == ""


def test_terms_that_are_due_are_listed_and_those_of_a_day_stand_on_the_agenda(zone, leads, clerk, client, on_the_last_of_june):
    testing.enter(LeadTerm, zone, """
        code | lead | what     | value | unit    | due_point  | due_on     | met_on     | evidence
        X1   | L4   | 亩均税收 | 20    | 万元/亩 | day        | 2024-06-01 |            |
        X2   | L4   | 就业     | 100   | 人      | day        | 2024-08-01 |            |
        X3   | L4   | 产值     | 9     | 亿元    | day        | 2024-06-02 | 2024-06-02 | 报表
        X4   | L1   | 产值     | 8     | 亿元    | day        | 2024-06-03 |            |
    """)
    told = {(entry.title, f"{entry.at}") for entry in agenda.entries(clerk) if entry.words == "协议条款兑现"}
    assert told == {("L4 废塑料：亩均税收", "2024-06-01"), ("L4 废塑料：就业", "2024-08-01")}  # of what is signed and not met
    [queue] = [each for each in agenda.queues(clerk, World()) if each.words == "到期未兑现的协议条款数"]
    assert [each.code for each in queue.rows] == ["X1"]
    assert "X1" in page(client, clerk, queue.address)
    shown = page(client, clerk, f"/r/leads/{leads[3].pk}/")
    assert shown.count("到期未兑现") == 1
    assert "不低于 20 万元/亩" in shown


def test_the_page_of_a_lead_tells_its_rounds(zone, leads, clerk, client):
    testing.enter(NegotiationRound, zone, "lead | held_on | kind | consensus | disagreements\nL1 | 2024-05-06 | site | 租厂房 | 租金")
    told = page(client, clerk, f"/r/leads/{leads[0].pk}/")
    assert all(word in told for word in ("2024-05-06", "实地考察", "租厂房", "租金"))
    guest = testing.employ(zone, "guest", "leads.view product_capacities.view")
    assert "租厂房" not in page(client, guest, f"/r/leads/{leads[0].pk}/")


def test_the_title_of_a_record_about_a_lead_or_a_firm_names_neither(zone, chain, client):
    of = lead(zone)
    made = [*testing.enter(LeadProfile, zone, "code\nG1", lead=of, **WHOLE),
            *testing.enter(LeadResponse, zone, "code | received_on\nX1 | 2024-06-04", lead=of), NodeFirm.objects.get(code="F1")]
    guest = testing.employ(zone, "guest", "lead_profiles.view lead_responses.view node_firms.view")
    for record in made:
        told = page(client, guest, f"/r/{record.register}/{record.pk}/")
        assert not [word for word in ("托盘", "某某资源公司") if word in told]


def test_a_gap_leads_to_the_form_of_a_firm_on_it(zone, chain, clerk, client):
    node = ChainNode.objects.get(code="H2")
    address = f"/r/node_firms/new/?node={node.pk}&standing=target"
    assert address.replace("&", "&amp;") in page(client, clerk, f"/chains/{chain.pk}/")
    assert "清洁燃料" in page(client, clerk, address)
