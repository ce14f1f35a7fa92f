"""Packages and their items: how they are made, handed in, taken in, sent for what is missing, decided and finished."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.cases.waiting import Waiting
from kaifaqu.domains.reforms.catalogue import Item
from kaifaqu.domains.reforms.models import ItemNeed, Package, PackageItem
from kaifaqu.domains.reforms.packages_choosing import ItemsInput
from kaifaqu.domains.reforms.packages_path import items_of, needs_in, schedule_of
from kaifaqu.domains.reforms.tests.conftest import ITEMS, do, item, lay_down, on, stages, stand
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.commit import Conflict, commit
from kaifaqu.kernel.events import Event
from kaifaqu.registers.projects.models import Project


def waiting(user, queue):
    """Return the catalogue codes of what waits for the person in a queue."""
    found = Waiting(User.objects.get(pk=user.pk))
    return [PackageItem.objects.get(pk=pk).item for _name, pk, _due in found.keys(queue)]


def test_a_package_lists_the_items_of_the_catalogue_with_their_days_and_bodies(office):
    package = office.entrust()
    rows = [(each.item, each.statutory_days, each.promised_days, each.holder and each.holder.code, each.specialist)
            for each in PackageItem.objects.order_by("id")]
    assert rows == [("filing", 3, 1, "SPJ", office.agent), ("plan", 15, 5, "DEP", office.agent),
                    ("eia", 20, 4, "SPJ", office.agent), ("permit", 7, 3, "SPJ", office.agent)]
    assert sorted((each.item.item, each.needs.item) for each in ItemNeed.objects.all()) == [
        ("eia", "filing"), ("permit", "eia"), ("permit", "plan"), ("plan", "filing")]
    assert str(item(package, "plan")) == "SX0002 规划许可 新厂"  # by which the body knows the project
    assert (package.scope, package.requester, package.party_id, package.catalogue_on) == ("whole", None, office.firm.pk, on(7, 1))
    assert (package.statutory_days, package.promised_days) == (30, 9)


def test_a_part_of_the_catalogue_is_bridged(office):
    package = office.entrust(chosen="filing permit")
    assert (package.scope, package.promised_days) == ("partial", 4)
    assert [(each.item.item, each.needs.item) for each in ItemNeed.objects.all()] == [("permit", "filing")]
    with pytest.raises(ValidationError, match="已经列出事项"):
        do("packages.lay_out", package)


def test_a_package_that_was_entered_without_items_gets_them_later(office):
    facts = {"project": Project.objects.get(code="P1"), "kind": "agency", "entrusted_on": on(7, 1), "chosen": "plan"}
    [bare] = commit([actions.find("packages.create").plan(office.zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    do("packages.lay_out", bare)
    assert stages(bare) == {"plan": "未启动"}


def test_the_clock_runs_from_acceptance_with_the_days_of_the_item(office):
    package = office.entrust()
    filing = do("package_items.submit", item(package, "filing"), office.agent)
    assert (filing.get_stage_display(), filing.received_on, filing.response_due_on) == ("待受理", on(7, 1), on(7, 8))
    assert Package.objects.get().get_stage_display() == "办理"
    stand(on(7, 3))
    filing = do("package_items.accept", filing, office.officer)
    assert (filing.get_stage_display(), filing.accepted_on, filing.resolution_due_on) == ("受理", on(7, 3), on(7, 4))
    stand(on(7, 8))
    filing = do("package_items.resolve", filing, office.officer, result="已备案")
    assert (filing.get_stage_display(), filing.days_taken, filing.resolution_late) == ("办结", 3, True)
    assert do("package_items.deliver", filing, office.agent).get_stage_display() == "结果已交付"


def test_what_waits_for_another_is_handed_in_only_after_it(office):
    package = office.entrust()
    with pytest.raises(ValidationError, match="前置事项还没有办结：备案"):
        do("package_items.submit", item(package, "eia"), office.agent)
    finished(package, "filing")
    assert do("package_items.submit", item(package, "eia"), office.agent).get_stage_display() == "待受理"


def finished(package, code):
    """Let an item be handed in, taken in and decided today."""
    for verb, facts in (("submit", {}), ("accept", {}), ("resolve", {"result": "同意"})):
        if verb != "submit" or item(package, code).stage == "registered":
            do(f"package_items.{verb}", item(package, code), **facts)


def test_what_is_missing_is_told_once_with_its_list_and_its_basis(office):
    package = office.entrust()
    plan = accepted(office, package, "plan")
    stand(on(7, 4))
    with pytest.raises(ValidationError, match="请写明需要补正的全部材料"):
        do("package_items.supplement", plan, office.planner, text=" ")
    plan = do("package_items.supplement", plan, office.planner, text="1. 总平面图；2. 方案文本")
    assert (plan.get_stage_display(), plan.resolution_due_on) == ("补正", None)
    assert "行政许可法第三十二条" in plan.steps()[-1].basis
    stand(on(7, 9))
    plan = do("package_items.resume", plan, office.planner)
    assert (plan.get_stage_display(), plan.resolution_due_on) == ("办理", on(7, 11))  # the 2nd, the 3rd, and from the 9th on
    with pytest.raises(ValidationError, match="2024-07-04 已经告知过补正。需要补正的内容应一次全部告知"):
        do("package_items.supplement", plan, office.planner, text="还缺一份")


def accepted(office, package, code):
    """Let what an item needs be done, and the item be taken in, all on 1 July."""
    for each in ItemNeed.objects.filter(item=item(package, code)):
        finished(package, each.needs.item)
    do("package_items.submit", item(package, code))
    return do("package_items.accept", item(package, code))


def test_what_stands_still_since_today_is_expected_as_if_it_went_on_today(office):
    package = office.entrust()
    do("package_items.supplement", accepted(office, package, "plan"), text="缺图")
    for day, due in ((on(7, 1), on(7, 8)), (on(7, 4), on(7, 10))):
        stand(day)
        items = items_of(package)
        found = schedule_of(Package.objects.get(), items, needs_in(items)).stretches[item(package, "plan").pk]
        assert (found.due, found.held) == (due, True)


def test_before_acceptance_it_is_told_within_five_working_days_of_reception(office):
    filing = do("package_items.submit", item(office.entrust(), "filing"))
    stand(on(7, 9))
    with pytest.raises(ValidationError, match="2024-07-01 收到材料，应在 2024-07-08 以前一次告知；已经逾期，自收到之日起即为受理"):
        do("package_items.supplement", filing, office.officer, text="缺执照")
    filing = do("package_items.accept", filing, office.officer)
    assert filing.accepted_on == on(7, 1)  # by law since it was received
    assert "自收到之日起即为受理" in filing.steps()[-1].text


def test_what_is_complete_is_taken_in_with_it(office):
    filing = do("package_items.submit", item(office.entrust(), "filing"))
    stand(on(7, 8))
    filing = do("package_items.supplement", filing, office.officer, text="缺执照")
    stand(on(7, 22))
    filing = do("package_items.resume", filing, office.officer)
    assert (filing.get_stage_display(), filing.accepted_on, filing.resolution_due_on) == ("受理", on(7, 22), on(7, 23))


def test_what_is_given_back_begins_anew(office):
    package = office.entrust()
    plan = accepted(office, package, "plan")
    stand(on(7, 3))
    plan = do("package_items.give_back", plan, office.planner, text="不属于本部门")
    assert (plan.get_stage_display(), plan.received_on, plan.accepted_on, plan.resolution_due_on) == ("退回", None, None, None)
    stand(on(7, 5))
    plan = do("package_items.submit", plan, office.agent, holder=office.bureau)
    plan = do("package_items.supplement", plan, office.officer, text="缺图")  # another submission, another notice
    assert (plan.holder, plan.get_stage_display()) == (office.bureau, "补正")


def test_time_that_the_law_does_not_count_stands_still_with_a_basis(office):
    plan = accepted(office, office.entrust(), "plan")
    stand(on(7, 2))
    with pytest.raises(ValidationError, match="原因和依据"):
        do("package_items.suspend", plan, office.planner, text="专家评审", basis="")
    plan = do("package_items.suspend", plan, office.planner, text="专家评审", basis="行政许可法第四十五条")
    stand(on(7, 5))
    assert do("package_items.take_up", plan, office.planner).resolution_due_on == on(7, 11)


def test_more_time_is_granted_within_the_law(office):
    plan = accepted(office, office.entrust(), "plan")
    plan = do("package_items.ask", plan, office.planner, amount=2, text="情况复杂")
    assert do("package_items.grant", plan, office.agent).resolution_due_on == on(7, 10)
    with pytest.raises(ValidationError, match="超过规定的 10"):
        do("package_items.ask", plan, office.planner, amount=9, text="情况复杂")


def test_everybody_does_his_own_part(office):
    package = office.entrust()
    filing = item(package, "filing")
    for by in (office.officer, office.owner):
        with pytest.raises(PermissionDenied):
            do("package_items.submit", filing, by)
    do("package_items.submit", filing, office.agent)
    for by in (office.planner, office.owner):
        with pytest.raises(PermissionDenied):
            do("package_items.accept", filing, by)
    do("package_items.accept", filing, office.officer)
    with pytest.raises(ValidationError, match="「受理日期」由办理动作记录"):
        do("package_items.correct", filing, office.agent, facts={"accepted_on": None}, reason="改")


def test_each_waits_where_something_is_to_be_done(office):
    package = office.entrust()
    assert waiting(office.agent, "office") == ["filing"]  # what waits for nothing can be handed in
    assert waiting(office.officer, "held") == []
    do("package_items.submit", item(package, "filing"))
    assert (waiting(office.agent, "office"), waiting(office.officer, "held")) == ([], ["filing"])
    do("package_items.supplement", item(package, "filing"), text="缺执照")
    assert (waiting(office.officer, "held"), waiting(office.agent, "held")) == ([], ["filing"])
    do("package_items.resume", item(package, "filing"))
    do("package_items.resolve", item(package, "filing"), result="同意")
    assert waiting(office.agent, "office") == ["filing", "plan", "eia"]  # its result is handed over, the others handed in


def test_a_circle_is_refused_with_its_names(office):
    package = office.entrust()
    facts = {"item": item(package, "filing"), "needs": item(package, "permit")}
    with pytest.raises(ValidationError, match=r"前置事项绕成了一圈：.*备案"):
        commit([actions.find("item_needs.create").plan(office.zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    assert ItemNeed.objects.count() == 4
    another = item(office.entrust("P2"), "filing")
    with pytest.raises(ValidationError, match="不在同一个办件包里"):
        actions.find("item_needs.create").plan(office.zone, by=SYSTEM, facts={**facts, "needs": another})


def test_a_package_is_finished_when_all_is_done(office):
    package = office.entrust(kind="integrated", chosen="filing eia")
    do("packages.submit", package)
    with pytest.raises(ValidationError, match="还有事项没有办结：备案（待受理）、环评（未启动）"):
        do("packages.finish", package)
    stand(on(7, 2))
    finished(package, "filing")
    stand(on(7, 8))
    finished(package, "eia")
    package = do("packages.finish", package, office.agent)
    assert (package.get_stage_display(), package.result) == ("办结", "备案：同意\n环评：同意")
    assert (package.statutory_days, package.days_taken, package.days_saved) == (23, 5, 18)


def test_a_package_that_is_withdrawn_takes_its_items_with_it(office):
    package = office.entrust(kind="integrated")
    do("packages.submit", package)
    finished(package, "filing")
    do("packages.withdraw", package, office.agent, reason="项目不建了")
    assert stages(package) == {"filing": "办结", "plan": "退回", "eia": "退回", "permit": "退回"}
    with pytest.raises(ValidationError, match="已经撤回，不能再递交事项"):
        do("package_items.submit", item(package, "plan"))
    assert waiting(office.agent, "office") == ["filing"]


def test_a_package_is_archived_with_all_of_it(office):
    package = office.entrust()
    do("packages.archive", package, reason="重复")
    assert [each.objects.current().count() for each in (Package, PackageItem, ItemNeed)] == [0, 0, 0]


def test_an_item_without_a_known_body_is_named_before_it_is_handed_in(office):
    package = office.entrust(kind="integrated")
    do("parties.archive", office.department, reason="撤并")
    again = office.entrust("P2", kind="integrated")
    with pytest.raises(ValidationError, match="还不知道由哪个单位承办：规划许可（DEP）"):
        do("packages.submit", again)
    assert do("packages.submit", package).stage == "handling"


def test_the_pages_say_what_was_chosen_by_name(office, client):
    package = office.entrust(chosen="filing eia")
    client.force_login(office.agent)
    page = client.get(f"/r/packages/{package.pk}/").content.decode()
    assert "备案、环评" in page
    form = client.get("/r/packages/new/entrust/").content.decode()
    assert all(each in form for each in ("备案（审批局，承诺 1 日）", "规划许可（规划部，承诺 5 日）", 'value="permit"'))


def test_all_of_the_catalogue_is_no_choice(office):
    assert [(each.scope, each.chosen) for each in (office.entrust(chosen=" ".join(ITEMS)), office.entrust("P2", chosen="plan"))] == [
        ("whole", ""), ("partial", "plan")]


def test_the_form_shows_the_catalogue_of_the_typed_owner_and_day(office, client):
    lay_down(office.zone, {"only": {**ITEMS["filing"], "label": "唯一事项"}}, "2024-06-20")
    client.force_login(office.agent)
    typed = {"owner": office.zone.pk, "kind": "agency", "entrusted_on": "2024-06-10", "chosen": "only"}
    told = [client.get("/r/packages/new/entrust/").content.decode(), client.post("/r/packages/new/entrust/", typed).content.decode()]
    assert [("2024-07-01 的事项目录" in each, "唯一事项" in each, "规划许可" in each) for each in told] == [
        (True, True, False), (False, False, True)]
    assert "2024-06-10 的事项目录" in told[1]


def test_boxes_give_their_codes_and_an_unknown_code_stays_to_be_refused(db):
    catalogue = {code: Item(code, code, "", "", 1, 1, (), "") for code in ("a", "b")}
    field = ItemsInput(catalogue)
    assert [field.to_python(typed) for typed in ("", "b", "b a", "b x")] == ["", "b", "a b", "b x"]


def test_what_was_archived_is_waited_for_no_longer(office):
    package = office.entrust()
    do("package_items.archive", item(package, "plan"), reason="不用规划")
    assert [(each.item.item, each.needs.item) for each in ItemNeed.objects.current().order_by("id")] == [
        ("eia", "filing"), ("permit", "eia"), ("permit", "filing")]  # in place of it stands what it needed itself
    do("package_items.archive", item(package, "filing"), reason="不用备案")
    do("package_items.archive", item(package, "eia"), reason="不用环评")
    assert waiting(office.agent, "office") == ["permit"]


def test_what_waits_for_nothing_more_can_be_handed_in(office):
    package = office.entrust()
    do("package_items.archive", item(package, "filing"), reason="不用备案")
    assert waiting(office.agent, "office") == ["plan", "eia"]
    assert do("package_items.submit", item(package, "plan")).get_stage_display() == "待受理"


def test_two_decisions_at_the_same_time_forget_nothing(office):
    package = office.entrust(kind="integrated")
    do("packages.submit", package)
    finished(package, "filing")
    for code in ("plan", "eia"):
        do("package_items.accept", item(package, code))
    plans = [list(actions.find("package_items.resolve").plan(item(package, code), by=SYSTEM, version=item(package, code).row_version,
                                                             result="同意")) for code in ("plan", "eia")]
    commit(plans[0], by=SYSTEM)
    with pytest.raises(Conflict):
        commit(plans[1], by=SYSTEM)
    assert stages(package)["eia"] == "受理"
    do("package_items.resolve", item(package, "eia"), result="同意")
    assert stages(package)["permit"] == "待受理"


def test_a_decision_is_sent_back_only_while_nothing_rests_on_it(office):
    package = office.entrust(chosen="filing plan")
    finished(package, "filing")
    assert do("package_items.send_back", item(package, "filing"), text="日期有误").get_stage_display() == "办理"
    do("package_items.resolve", item(package, "filing"), result="已备案")
    finished(package, "plan")
    with pytest.raises(ValidationError, match="等它办结的事项已经递交：规划许可"):
        do("package_items.send_back", item(package, "filing"), text="日期有误")
    do("packages.finish", package)
    with pytest.raises(ValidationError, match="已经办结，不能再退回重办"):
        do("package_items.send_back", item(package, "plan"), text="图有误")


def test_what_was_granted_before_counts_when_more_is_asked_for(office):
    package = office.entrust()
    finished(package, "filing")
    stand(on(7, 3))
    do("package_items.submit", item(package, "plan"))
    plan = do("package_items.accept", item(package, "plan"))  # due on the 10th
    for amount, due in ((6, on(7, 18)), (4, on(7, 24))):
        do("package_items.ask", plan, office.planner, amount=amount, text="情况复杂")
        assert do("package_items.grant", plan, office.agent).resolution_due_on == due
        stand(on(7, 15))  # in time, as the first extension says
    with pytest.raises(ValidationError, match="延期合计 11，超过规定的 10"):
        do("package_items.ask", plan, office.planner, amount=1, text="情况复杂")


def test_time_that_was_granted_does_not_outlive_a_new_submission(office):
    package = office.entrust()
    filing = accepted(office, package, "filing")
    do("package_items.ask", filing, office.officer, amount=5, text="情况复杂")
    assert do("package_items.grant", filing, office.agent).resolution_due_on == on(7, 9)
    do("package_items.give_back", filing, office.officer, text="不合格")
    stand(on(7, 8))
    do("package_items.submit", filing)
    assert do("package_items.accept", filing).resolution_due_on == on(7, 9)
    items = items_of(package)
    assert schedule_of(Package.objects.get(), items, needs_in(items)).stretches[filing.pk].due == on(7, 9)


def test_a_name_that_two_parties_bear_finds_no_body(office):
    testing.party(office.zone, "SPJ2", "审批局")
    package = office.entrust()
    assert [each.holder for each in items_of(package)] == [None, office.department, None, None]  # the department by its code
    with pytest.raises(ValidationError, match="还不知道由哪个单位承办：备案（审批局）"):
        do("packages.submit", package)


def test_one_approval_of_a_project_runs_once(office):
    package = office.entrust(chosen="filing plan")
    with pytest.raises(ValidationError, match=f"规划许可 新厂：同一项目的办件包 {package.code} 里已经有这个事项"):
        office.entrust(chosen="plan eia")
    assert office.entrust(chosen="eia permit").row_version == 1
    other = office.entrust("P2")
    with pytest.raises(ValidationError, match="里已经有这个事项"):
        do("packages.correct", other, facts={"project": package.project}, reason="项目选错")
    do("packages.withdraw", package, reason="不办了")
    assert office.entrust(chosen="plan").row_version == 1


def test_an_item_that_waits_is_not_moved_to_another_package(office):
    package, other = office.entrust(), office.entrust("P2", chosen="filing")
    with pytest.raises(ValidationError, match="跨了两个办件包"):
        do("package_items.correct", item(package, "permit"), facts={"package": other}, reason="换")


def test_what_the_office_enters_for_a_body_says_so(office):
    bodies = "package_items.view package_items.handle"
    clerk = testing.employ(office.zone, "clerk", f"{bodies} package_items.edit packages.edit")
    officer = testing.employ(office.zone, "officer-2", bodies, at=office.bureau)
    package = office.entrust()
    do("package_items.submit", item(package, "filing"), clerk)
    do("package_items.accept", item(package, "filing"), clerk)
    told = do("package_items.resolve", item(package, "filing"), officer, result="已备案").steps()
    assert [each.text for each in told] == ["", "（代录）", "已备案"]


def test_each_step_of_a_package_says_when_it_happened(office):
    package = office.entrust()
    do("package_items.submit", item(package, "filing"), on=on(7, 1))
    assert [f"{each.occurred_on}" for each in Event.objects.filter(subject_id=package.pk).exclude(target="")] == ["2024-07-01"]


def test_a_package_is_withdrawn_in_few_statements(office, django_assert_max_num_queries):
    package = office.entrust()
    record = Package.objects.get(pk=package.pk)
    with django_assert_max_num_queries(13):  # four items, one look at their steps
        list(actions.find("packages.withdraw").plan(record, by=SYSTEM, version=record.row_version, reason="不办了"))


def test_items_are_listed_once(office):
    assert not office.entrust().offers("lay_out")
