"""Importing: each table is a file as it comes; the rows, as they were found, are compared whole."""

import io
import json
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from kaifaqu.kernel import actions, audit, events, testing
from kaifaqu.kernel.access import Dated
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.records import registers
from kaifaqu.kernel.world import World
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project, ProjectProgress
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.sheets import exporting, importing
from kaifaqu.sheets.models import Changeset, Upload


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)


def test_a_heading_of_a_last_day_is_never_read_as_the_first_day_on_which_it_is_over():
    found = {
        (register.register, heading) for register in registers().values() if issubclass(register, Dated)
        for heading in register.headings.get("until", ()) if any(word in heading for word in ("止", "至", "到期"))}
    assert found == {("financings", "到期日")}  # the day on which a loan is paid back is the first on which it is none


def test_a_last_valid_day_waits_for_a_person_to_say_what_it_is(zone, clerk):
    testing.enter(Enterprise, zone, "code | name\nQ9 | 演示飞机公司")
    lines = "持证企业\t证照种类\t发证日期\t有效期止\nQ9\t型号合格证\t2024-01-01\t2026-12-31"
    upload = importing.receive(Qualification, zone, clerk, "粘贴.txt", lines)
    importing.check(upload)
    told = {heading["text"]: heading["column"] for sheet in upload.found["sheets"] for heading in sheet["headings"]}
    assert (told["发证日期"], told["有效期止"]) == ("since", "")


@pytest.fixture
def before(zone):
    testing.enter(Enterprise, zone, """
        code | name       | credit_code
        Q1   | 晶光科技   | 91110000600037341L
    """)
    return testing.enter(Project, zone, """
        code | name     | signed_on  | total_investment | enterprise | national_code
        P1   | 光伏组件 | 2024-01-05 | 12000.5          | Q1         |
        P2   | 铸造     | 2023-05    | 3000             |            | 2401-140824-89-01-123456
    """)


def bring(zone, clerk, text: str, register=Project, **choices) -> Upload:
    """Bring in a table written with | between its cells."""
    lines = [",".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
    upload = importing.receive(register, zone, clerk, "表.csv", io.BytesIO("\n".join(lines).encode()), reason="月报")
    upload.choices |= choices
    importing.check(upload)
    return upload


def found(upload: Upload) -> list[tuple]:
    """Return of each row its number, what it would do, and its changes or faults."""
    return [
        (row["number"], row["kind"], *(tuple(change) for change in row["changes"]), *(fault["message"] for fault in row["faults"]))
        for row in importing.rows(upload)]


def test_each_row_is_new_changed_same_or_wrong_and_everything_wrong_is_said_at_once(zone, clerk, before):
    upload = bring(zone, clerk, """
        项目编号 | 项目名称 | 签约时间   | 总投资（亿元） | 建设单位 | 建设性质
        P1       | 光伏组件 | 2024.1.5   | 1.5            | 晶光科技 | 新建
        P2       | 铸造     | 2023年5月  | 0.3            |          |
                 | 新材料   | 2024年3月1日 | 2            | Q1       |
                 | 坏行     | 2024-02-30 | 1.2亿          | 晶光科枝 | 新件
    """)
    assert found(upload) == [
        (2, "changed", ("计划总投资（万元）", "12000.5", "15000"), ("建设性质", "", "新建")),
        (3, "same"),
        (4, "new"),
        (5, "wrong", "「2024-02-30」：没有这个日期，请核对年、月、日。", "「1.2亿」不是数字。本列单位为亿元，请填 1.2。",
         "「新件」不在「建设性质」的选项中。是否指「新建」？可填：新建、扩建、改建、迁建、恢复。",
         "没有企业「晶光科枝」。是否指「晶光科技」？"),
    ]
    assert upload.found["counts"] == {"changed": 1, "same": 1, "new": 1, "wrong": 1}
    with pytest.raises(ValidationError, match="还有错误或未确认的行"):
        importing.write(upload, clerk)


def test_what_was_written_is_one_changeset_and_the_same_file_again_says_all_the_same(zone, clerk, before):
    text = """
        项目编号 | 项目名称 | 签约日期   | 计划总投资（万元） | 投资主体
        P1       | 光伏组件 | 2024-01-05 | 15000              | Q1
        P3       | 新材料   | 2024-03-01 | 200.000001         | 91110000600037341L
    """
    known = events.last_seq()
    changeset = importing.write(bring(zone, clerk, text), clerk)
    assert (changeset.pk, changeset.created, changeset.changed, changeset.target) == (known + 1, 1, 1, "projects")
    assert set(events.Event.objects.filter(seq__gt=known).values_list("changeset", "reason")) == {(known + 1, "月报")}
    made = Project.objects.get(code="P3")
    assert (str(made.total_investment), made.enterprise.code, made.historical, made.source) == (
        "200.000001", "Q1", True, "表.csv  第 3 行")
    assert [row[1] for row in found(bring(zone, clerk, text))] == ["same", "same"]
    assert audit.verify().problems == []


def test_the_second_writing_of_one_upload_is_the_first(zone, clerk, before):
    upload = bring(zone, clerk, "项目名称 | 签约日期\n新材料 | 2024-03-01")
    first = importing.write(upload, clerk)
    assert importing.write(Upload.objects.get(pk=upload.pk), clerk) == first
    assert Changeset.objects.count() == 1


def test_a_row_is_found_by_the_national_code_first_and_a_likeness_is_asked(zone, clerk, before):
    text = """
        项目名称 | 国家项目代码             | 投资主体 | 签约日期
        铸造二期 | 2401-140824-89-01-123456 |          | 2023-05
        光伏组件 |                          | 晶光科技 | 2024-01-05
    """
    upload = bring(zone, clerk, text)
    assert found(upload) == [(2, "changed", ("项目名称", "铸造", "铸造二期")), (3, "alike")]
    assert [row[1] for row in found(bring(zone, clerk, text, confirmed=[before[0].pk]))] == ["changed", "same"]


@pytest.mark.parametrize(("text", "told"), [
    ("项目编号 | 项目名称 | 签约日期\nP1 | 光伏组件 | 2024-01-05\nP1 | 光伏组件 | 2024-01-05", "与第 2 行重复，同一条记录只能有一行。"),
    ("项目编号 | 国家项目代码 | 项目名称\nP1 | 2401-140824-89-01-123456 | 铸造",
     "「国家项目代码」指 P2 铸造，「编号」却指 P1 光伏组件，请核对。"),
    ("项目名称 | 签约日期 | 开工日期\n新 | 2024-03-01 | 2023-01-01", "新：「开工日期」2023-01-01 早于「签约日期」2024-03-01，请核对。"),
    ("项目名称 | 计划总投资（万元）\n新 | 12", "签约项目必须有签约日期。"),
])
def test_what_the_register_refuses_is_said_of_the_row(zone, clerk, before, text, told):
    rows = found(bring(zone, clerk, text))
    assert [row[2].replace(" ", "") for row in rows if row[1] == "wrong"][:1] == [told.replace(" ", "")], rows


def test_all_suggestions_are_taken_at_once(zone, clerk, before):
    text = "项目名称 | 签约日期 | 总投资（万元） | 建设性质\n新 | 2024-03-01 | 1.2亿 | 新件"
    assert [row[1] for row in found(bring(zone, clerk, text, accept=True))] == ["new"]


def test_a_record_that_changes_after_the_check_stops_the_whole_import(zone, clerk, before):
    upload = bring(zone, clerk, "项目编号 | 项目名称 | 签约日期\nP1 | 光伏 | 2024-01-05\nP9 | 新 | 2024-01-06")
    commit([actions.find("projects.correct").plan(before[0], by=clerk, version=1, facts={"name": "组件"}, reason="更名")], by=clerk)
    known = events.last_seq()
    with pytest.raises(ValidationError, match="检查以后台账有了变更，第 2 行 P1 组件的结果与看到的不同"):
        importing.write(upload, clerk)
    assert (events.last_seq(), World().rows(Project).count()) == (known, 2)


def test_nobody_imports_for_others(zone, stranger):
    with pytest.raises(PermissionDenied, match="没有登记"):
        importing.receive(Project, zone, stranger, "表.csv", io.BytesIO(b""))
    assert not Upload.objects.exists()


def test_a_table_whose_check_was_broken_off_can_be_checked_again(zone, clerk, before, client):
    client.force_login(clerk)
    upload = importing.receive(Project, zone, clerk, "表.csv", io.BytesIO("项目名称,签约日期\n新材料,2024-03-01".encode()))
    page = reverse("import", args=[upload.pk])
    assertContains(client.get(page), "检查</button>")
    assertRedirects(client.post(page), page)
    assertContains(client.get(page), "全部写入台账")


TWICE = "项目名称 | 签约日期\n新材料 | 2024-03-01"


def test_a_table_without_codes_that_two_have_checked_is_written_once(zone, clerk, before):
    first, second = bring(zone, clerk, TWICE), bring(zone, clerk, TWICE)
    changeset = importing.write(first, clerk)
    with pytest.raises(ValidationError, match="第 2 行 P0003 新材料的结果与看到的不同"):
        importing.write(second, clerk)
    assert found(second) == [(2, "alike")]
    assert second.found["earlier"] == changeset.pk
    assert Project.objects.current().filter(name="新材料").count() == 1


def test_what_another_request_has_written_stays_written(zone, clerk, before):
    upload = bring(zone, clerk, TWICE)
    elsewhere = Upload.objects.get(pk=upload.pk)
    opened, written = importing.opened, []

    def meanwhile(*told):
        written.append(importing.write(upload, clerk))
        elsewhere.folder.mkdir(parents=True)
        elsewhere.source.write_text("项目名称,签约日期\n别的,2024-03-01", encoding="utf-8")
        return opened(*told)

    with patch.object(importing, "opened", meanwhile):
        importing.check(elsewhere)
    assert elsewhere.changeset == Upload.objects.get(pk=upload.pk).changeset == written[0].pk
    with pytest.raises(ValidationError, match="刚刚已经写入，不能再改"):
        importing.choose(Upload(pk=upload.pk, name=upload.name), accept=True)


def test_what_was_handed_in_is_gone_when_it_is_written_or_too_old(zone, clerk, before, settings):
    written, waiting = bring(zone, clerk, TWICE), bring(zone, clerk, "项目名称 | 签约日期\n储能 | 2024-03-01")
    importing.write(written, clerk)
    assert (written.folder.exists(), waiting.folder.exists()) == (False, True)
    settings.UPLOAD_DAYS = -1
    importing.clear()
    assert not waiting.folder.exists()
    assert Upload.objects.get(pk=waiting.pk).problem == "保留 -1 天没有写入，原表已删除，请重新上传。"


def test_a_count_that_nothing_stands_behind_is_not_written(zone, clerk, before):
    upload = bring(zone, clerk, TWICE)
    upload.staged.write_text("", encoding="utf-8")
    with pytest.raises(ValidationError, match="对不上，什么也没有写入"):
        importing.write(upload, clerk)
    upload.staged.unlink()
    with pytest.raises(ValidationError, match="检查的结果已不在"):
        importing.write(upload, clerk)
    assert not Changeset.objects.exists()


def test_the_preview_says_what_it_leaves_out_and_what_it_makes_of_the_rest(zone, clerk, before, client):
    client.force_login(clerk)
    upload = bring(zone, clerk, """
        项目编号 | 项目名称 | 签约日期   | 总投资（亿元） | 开工日期 | 计划投资总额合计
        P1       | 光伏组件 | 2024-01-05 | 1.2            | 2024-02  |
                 | 储能     | 2024-03-01 | 0.00005        |          | 9
    """)
    page = client.get(reverse("import", args=[upload.pk]) + "?kind=changed")
    assertContains(page, "没有读的列：「计划投资总额合计」（像是「计划总投资（万元）」）")
    assertContains(page, "<b>阶段</b> <del>签约</del> → <ins>在建</ins>", html=True)
    assertContains(client.get(reverse("import", args=[upload.pk]) + "?kind=new"), "<b>计划总投资（万元）</b> 0.5", html=True)


def test_a_single_column_and_headings_that_nobody_knows_are_asked_about(zone, clerk, before):
    names = bring(zone, clerk, "企业名称\n新晶光\n晶光科技", register=Enterprise)
    assert found(names) == [(2, "new"), (3, "same")]
    unknown = bring(zone, clerk, "甲 | 乙\n光伏 | 2024-03-01")
    assert (unknown.state, [each["text"] for each in unknown.found["sheets"][0]["headings"]]) == ("asking", ["甲", "乙"])


def test_a_code_with_another_records_name_is_no_reference(zone, clerk, before):
    upload = bring(zone, clerk, "项目 | 月份 | 本月完成投资（万元）\nP1 铸造 | 2024-03 | 5", register=ProjectProgress)
    assert found(upload)[0][2] == "「P1 铸造」：编号 P1 是「P1 光伏组件」，请核对编号和名称。"


@pytest.mark.parametrize(("head", "kind"), [(None, "changed"), ("#3 " + "0" * 64, "new"), ("", "new")])
def test_a_file_of_another_installation_means_other_records_by_its_hidden_keys(zone, clerk, before, head, kind):
    stream = io.BytesIO()
    exporting.export(Project.objects.filter(code="P1"), Project, clerk, "json", stream)
    told = json.loads(stream.getvalue())
    told["records"][0] |= {"name": "别区项目", "code": "X77", "enterprise": None}
    told["head"] = told["head"] if head is None else head
    upload = importing.receive(Project, zone, clerk, "项目.json", io.BytesIO(json.dumps(told).encode()), reason="核对")
    importing.check(upload)
    assert [row["kind"] for row in importing.rows(upload)] == [kind]


def test_one_credit_code_is_registered_for_one_enterprise_only(zone, clerk, before):
    """The rule of uniqueness has a negated condition: it is about every enterprise that has a credit code."""
    testing.enter(Enterprise, zone, "code | name | credit_code\nQ2 | 某某铸造 | 91350100M000100Y43\nQ3 | 某某建材 |\nQ4 | 某某纸业 |")
    stream = io.BytesIO()
    exporting.export(Enterprise.objects.exclude(code="Q1").order_by("code"), Enterprise, clerk, "json", stream)
    told = json.loads(stream.getvalue())
    told["records"][0] |= {"credit_code": "91110000600037341L"}  # by its hidden key it is still Q2
    told["records"][1] |= {"name": "某某建材厂"}
    upload = importing.receive(Enterprise, zone, clerk, "企业.json", io.BytesIO(json.dumps(told).encode()), reason="核对")
    importing.check(upload)
    assert [row["kind"] for row in importing.rows(upload)] == ["wrong", "changed", "same"]
    [fault] = [fault["message"] for row in importing.rows(upload) for fault in row["faults"]]
    assert "已登记在另一家企业名下" in fault


def test_a_late_report_is_imported_with_its_reason(zone, clerk, before):
    testing.enter(ProjectProgress, zone, "subject | month | month_investment\nP1 | 2024-03 | 5", by=clerk)
    for verb in ("review_month", "lock_month"):
        commit([actions.find(f"progress.{verb}").plan(zone, by=clerk, month=PartialDate(2024, 3))], by=clerk)
    late = "项目 | 月份 | 本月完成投资（万元）\nP2 | 2024-03 | 6"
    upload = bring(zone, clerk, late, register=ProjectProgress)
    assert importing.write(upload, clerk).created == 1


def test_a_table_is_given_up_and_waits_for_nobody(zone, clerk, before, client):
    upload = bring(zone, clerk, "项目编号 | 项目名称\nP9 | ")
    folder = upload.folder
    client.force_login(clerk)
    assert folder.exists()
    assertRedirects(client.post(reverse("import", args=[upload.pk]), {"discard": ""}), reverse("import-table", args=["projects"]))
    assert not folder.exists()
    assert "导入没有完成" not in client.get(reverse("home")).text
    assertContains(client.get(reverse("import", args=[upload.pk])), "已放弃导入")
