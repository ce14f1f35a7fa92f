"""The list of a register: conditions, columns, totals, views under a name, and actions on many records."""

import io
import json
from decimal import Decimal
from unittest.mock import Mock

import openpyxl
import pytest
from django.db import OperationalError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.pages.models import SavedView
from kaifaqu.registers.projects.models import Project, ProjectSuspension
from kaifaqu.sheets.models import Changeset, Origin


@pytest.fixture
def page(clerk, client):
    """Return a person at a desk: `page(name, *keys, **asked)` opens a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


def codes(answer) -> str:
    return " ".join(row.code for row, _cells in answer.context["table"].rows)


# P1 12000.5 started 2023-03-01, P2 8000 started 2024-02-01, P3 5000 started 2022-05-01 in production, P4 signed only
@pytest.mark.parametrize(("asked", "found"), [
    ({"total_investment-from": "8000"}, "P1 P2"),
    ({"total_investment-to": "8,000"}, "P2 P3"),
    ({"started_on-from": "2023", "started_on-to": "2023-12"}, "P1"),
    ({"started_on-to": "2023"}, "P1 P3"),
    ({"signed_on-from": "2023-01-10", "signed_on-to": "2023-01-10"}, "P1 P2"),
    ({"total_investment-from": "1万"}, "P1 P2 P3 P4"),
    ({"nature": "expansion"}, "P3"),
    ({"park": "-"}, "P1 P2 P3 P4"),
    ({"sort": "-total_investment"}, "P1 P2 P3 P4"),
    ({"sort": "started_on"}, "P3 P1 P2 P4"),
    ({"sort": "total_investment"}, "P3 P2 P1 P4"),
    ({"sort": "enterprise"}, "P1 P3 P2 P4"),
])  # fmt: skip
def test_conditions_and_order(page, projects, asked, found):
    assert codes(page("records", "projects", **asked)) == found


def test_a_date_known_to_the_month_is_listed_where_it_may_lie(page, zone, clerk):
    testing.enter(Project, zone, """
        code | name | signed_on
        P1   | 甲   | 2024-05
        P2   | 乙   | 2024-05-20
        P3   | 丙   | 2024
    """, by=clerk)
    assert codes(page("records", "projects", **{"signed_on-from": "2024-05-10", "signed_on-to": "2024-05-15"})) == "P1 P3"


def test_what_cannot_be_read_is_said_and_narrows_nothing(page, projects):
    answer = page("records", "projects", **{"total_investment-from": "1万", "started_on-to": "去年"})
    assertContains(answer, "「计划总投资（万元）」：「1万」不是数字")
    assertContains(answer, "「开工日期」：「去年」不是日期")


def test_columns_are_chosen_and_added_up(page, projects):
    answer = page("records", "projects", columns=["name", "total_investment", "expected_start_on"])
    assert [each.name for each in answer.context["table"].columns] == ["code", "name", "total_investment", "expected_start_on"]
    assertContains(answer, "25000.5")  # 12000.5 + 8000 + 5000, over the whole list
    assertContains(answer, "1 条未填")
    assertContains(page("records", "projects", nature="new"), "20000.5")
    assertNotContains(page("records", "roles"), "<tfoot")


def test_sums_beyond_what_a_database_adds_up_are_exact(page, projects, monkeypatch):
    monkeypatch.setattr("django.db.models.query.QuerySet.aggregate", Mock(side_effect=OperationalError("integer overflow")))
    listing = page("records", "projects", columns=["total_investment", "expected_annual_output"]).context
    assert [(total.value, total.missing) for total in listing["totals"][1:]] == [(Decimal("25000.5"), 1), (None, 4)]


def test_a_view_keeps_the_address_and_is_shown_to_colleagues(page, client, zone, clerk, projects, stranger):
    asked = "nature=new&sort=-total_investment&page=7&strange=1&columns=name"
    answer = client.post(reverse("keep-view", args=["projects"]), {"asked": asked, "name": " 新建 项目 ", "shared": "on"})
    view = SavedView.objects.get()
    assert (view.name, view.asked, view.shared) == ("新建 项目", "nature=new&sort=-total_investment&columns=name", True)
    assertRedirects(answer, f"{reverse('records', args=['projects'])}?{view.asked}")
    client.post(reverse("keep-view", args=["projects"]), {"asked": "q=1", "name": "新建 项目"})
    assert SavedView.objects.get().asked == "q=1"  # the same name replaces
    client.force_login(testing.employ(zone, "colleague", "projects.view"))
    assertNotContains(client.get(reverse("records", args=["projects"])), "新建 项目")
    SavedView.objects.update(shared=True)
    assertContains(client.get(reverse("records", args=["projects"])), "新建 项目")
    assert client.post(reverse("drop-view", args=[view.pk])).status_code == 404
    client.force_login(stranger)
    assertNotContains(client.get(reverse("records", args=["projects"])), "新建 项目")
    client.force_login(clerk)
    client.post(reverse("drop-view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_a_list_asks_as_much_for_many_as_for_few(page, zone, clerk, projects, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        page("records", "projects")
    testing.enter(Project, zone, "\n".join(["code | name | signed_on", *(f"M{n} | 项目{n} | 2024-01-01" for n in range(60))]), by=clerk)
    with django_assert_max_num_queries(30) as many:
        page("records", "projects")
    assert len(few) == len(many)


def test_what_is_seen_is_handed_out_as_it_is_seen(page, projects):
    asked = {"columns": ["name", "enterprise", "total_investment"], "sort": "-total_investment", "nature": "new"}
    book = openpyxl.load_workbook(io.BytesIO(b"".join(page("seen", "projects", **asked))))
    [title, *rows] = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert "建设性质：新建" in title[0]
    assert rows == [
        ["编号", "项目名称", "投资主体", "计划总投资（万元）"],
        ["P1", "演示光伏组件", "演示甲新材料有限公司", 12000.5], ["P2", "演示碳纤维", "演示乙装备有限公司", 8000],
        ["P4", "演示陶瓷", "演示乙装备有限公司", None], ["3", None, None, 20000.5]]
    text = page("message", "projects", **asked).context["text"]
    assert "1. P1｜演示光伏组件｜投资主体 演示甲新材料有限公司｜计划总投资 12000.5 万元" in text


# Many records


def address(verb: str, *records, **asked) -> str:
    from urllib.parse import urlencode

    return f"{reverse('bulk', args=['projects'])}?{urlencode({'verb': verb, 'id': [each.pk for each in records], **asked}, doseq=True)}"


def preview(client, at: str, **typed):
    answer = client.post(at, typed)
    return answer, {"seen": answer.context["seen"], **typed}


def stages() -> dict[str, str]:
    return dict(Project.objects.order_by("code").values_list("code", "stage"))


def test_many_are_previewed_then_written_as_one_changeset_and_undone(page, client, clerk, projects):
    before, at = stages(), address("produce", *projects)
    last = events.last_seq()
    answer, seen = preview(client, at, production_on="2024-07-20")
    told = answer.context
    assert ([each.record.code for each in told["possible"]], [each.record.code for each in told["refused"]]) == (["P1", "P2"], ["P3", "P4"])
    assertContains(answer, "不能从「投产」转为「投产」")
    assert events.last_seq() == last
    answer = client.post(at, {**seen, "write": "", "token": "一次"})
    changeset = Changeset.objects.get()
    assertRedirects(answer, reverse("record", args=["changesets", changeset.pk]))
    assert (changeset.kind, changeset.target, changeset.changed) == (Origin.BULK, "projects", 2)
    assert stages() == {**before, "P1": "in_production", "P2": "in_production"}
    client.post(at, {**seen, "write": "", "token": "一次"})  # sent twice
    assert Changeset.objects.count() == 1
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=1, reason="选错了")], by=clerk)
    assert stages() == before


def test_what_somebody_changed_since_the_preview_is_not_written(page, client, clerk, projects):
    at = address("produce", *projects[:2])
    _answer, seen = preview(client, at, production_on="2024-07-20")
    commit([actions.find("projects.correct").plan(projects[0], by=clerk, version=1, facts={"name": "改名"}, reason="他人")], by=clerk)
    answer = client.post(at, {**seen, "write": ""})
    assertContains(answer, "已被他人修改")
    assert stages()["P2"] == "under_construction"
    assert not Changeset.objects.exists()
    assert json.loads(answer.context["seen"])[str(projects[0].pk)] == 2  # as it now stands, to be looked at


def test_one_fact_of_many_is_corrected(page, client, zone, clerk, projects):
    answer = page("bulk", "projects", verb="correct", id=projects[0].pk)
    assertContains(answer, "更正哪一栏")
    at = address("correct", *projects, only="nature")
    answer, seen = preview(client, at, nature="expansion", reason="统一口径")
    assert [count for _state, _label, count in answer.context["tally"]] == [3, 0, 1]
    client.post(at, {**seen, "write": ""})
    assert set(Project.objects.values_list("nature", flat=True)) == {"expansion"}
    answer, _seen = preview(client, at, nature="new")
    assertContains(answer, "更正请写明原因")


def test_what_is_made_with_a_step_is_made_for_each_and_taken_back(page, client, clerk, projects):
    at = address("suspend", *projects[:2])
    _answer, seen = preview(client, at, since="2024-06-01", cause="资金不足")
    client.post(at, {**seen, "write": ""})
    assert ProjectSuspension.objects.current().count() == 2
    commit([actions.find("changesets.undo").plan(Changeset.objects.get(), by=clerk, version=1, reason="错了")], by=clerk)
    assert ProjectSuspension.objects.current().count() == 0
    assert stages()["P1"] == "under_construction"


def test_the_whole_list_or_nothing_is_chosen(page, projects, monkeypatch):
    assert len(page("bulk", "projects", verb="produce", all="1", stage="under_construction").context["chosen"]) == 2
    assertContains(page("bulk", "projects", verb="produce"), "没有选择记录")
    monkeypatch.setattr("kaifaqu.pages.many.MOST", 3)
    assertContains(page("bulk", "projects", verb="produce", all="1"), "一次最多办理 3 条")


def test_another_owners_records_are_not_touched(client, zone, projects, stranger):
    client.force_login(testing.employ(zone, "builder", "projects.view projects.advance"))
    assert client.get(address("correct", *projects, only="name")).status_code == 403
    assert client.get(address("erase", *projects)).status_code in (403, 404)
    client.force_login(stranger)
    answer = client.get(address("produce", *projects))
    assert answer.status_code == 403 or answer.context["chosen"] == []


# A cell


def test_one_fact_is_corrected_in_its_cell(page, client, clerk, projects):
    at = f"{reverse('edit', args=['projects', projects[0].pk])}?only=total_investment"
    part = {"HTTP_HX_REQUEST": "true"}
    form = client.get(at, **part)
    assertNotContains(form, "<html")
    assert [*form.context["form"].fields] == ["total_investment", "reason"]
    told = {"version": 1, "read": 1, "token": "一", "total_investment": "13000"}
    assertContains(client.post(at, told, **part), "这个字段是必填项")
    assert Project.objects.get(code="P1").total_investment == projects[0].total_investment
    answer = client.post(at, {**told, "reason": "核对"}, **part)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "corrected")
    assert Project.objects.get(code="P1").total_investment == 13000
    answer = client.post(at, {**told, "token": "二", "total_investment": "14000", "reason": "又"}, **part)  # the version is stale
    assertContains(answer, "两人同时修改", status_code=409)
    assertNotContains(answer, "<html", status_code=409)
    assert client.get(at.replace("total_investment", "stage")).status_code == 404
