"""The pages of forms: a person points at cells, looks at what would come in, fills, and takes the files away."""

import io
import random
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import testing
from kaifaqu.reporting.upper import book
from kaifaqu.reporting.upper.models import FormCell, FormFilling, UpperForm
from kaifaqu.reporting.upper.tests.conftest import workbook


@pytest.fixture
def page(form, clerk, client):
    """Return the address of the form's page, for somebody who has signed in."""
    client.force_login(clerk)
    return f"/upper/{form.pk}/"


def test_every_cell_leads_to_what_it_holds(page, client):
    answer = client.get(page)
    assertContains(answer, "在建项目数")
    assertContains(answer, 'cell=B3"')
    assertContains(answer, "=B3+B4")  # told, and no link
    assertNotContains(answer, 'cell=B5"')
    assertContains(client.get(page, {"sheet": "项目清单"}), "备注：此行以下不填")
    assert client.get(page, {"sheet": "没有"}).status_code == 404


@pytest.mark.parametrize(("cell", "sentence"), [("9B", "不是单元格"), ("B5", "是公式")])
def test_what_cannot_be_pointed_at_is_told(page, client, cell, sentence):
    answer = client.get(page, {"sheet": "汇总", "cell": cell})
    assertContains(answer, sentence)
    assert "form" not in answer.context


def test_a_cell_is_pointed_at_changed_and_given_up(page, client, projects):
    address = f"{page}?sheet=汇总&cell=C7&kind="  # it belongs to B6
    told = {"form": FormCell.form.field.related_model.objects.get().pk, "sheet": "汇总", "cell": "B6"}
    answer = client.post(f"{address}figure", {**told, "kind": "figure", "asks": "在建项目数", "token": "1"})
    [cell] = FormCell.objects.all()
    assert (answer.status_code, cell.cell, cell.asks, cell.heading) == (302, "B6", "在建项目数", "本期 / 填报期")
    assertContains(client.get(f"{page}?sheet=汇总&cell=B6"), "试算")
    client.post(f"{address}text", {
        **told, "kind": "text", "asks": "截至{期末}", "token": "2", "version": 1, "read": 1, "reason": "改填文字"})
    cell.refresh_from_db()
    assert (cell.kind, cell.asks, cell.row_version) == ("text", "截至{期末}", 2)
    client.post(f"{address}text", {"kind": "text", "drop": "1"})
    assert not FormCell.objects.current().exists()


def test_a_wrong_call_is_shown_beside_its_field(page, client, form):
    answer = client.post(f"{page}?sheet=汇总&cell=B3&kind=list", {
        "form": form.pk, "sheet": "汇总", "cell": "B3", "kind": "list", "asks": "项目", "fields": "A=nothing", "token": "1"})
    assert answer.status_code == 200
    assertContains(answer, "没有栏目「nothing」。可填：编号（code）、项目名称（name）")
    assertContains(answer, "空表里为清单留出了几行")
    assert not FormCell.objects.exists()


def test_a_form_is_looked_at_filled_and_its_files_taken(pointed, clerk, client):
    client.force_login(clerk)
    address = f"/r/upper_forms/{pointed.pk}/do/fill/"
    answer = client.get(address, {"period": "2024-06"})
    assertContains(answer, "15001")
    assert not FormFilling.objects.exists()
    assertContains(client.get(address, {"period": "2024-Q3"}), "月报")
    answer = client.post(address, {"period": "2024-06", "token": "1"})
    [made] = FormFilling.objects.all()
    assert answer["Location"] == f"/upper/fillings/{made.pk}/"
    assert client.post(address, {"period": "2024-06", "token": "1"})["Location"] == answer["Location"]  # sent twice, filled once
    assertContains(client.get(answer["Location"]), "第一次填报")
    proof = b"".join(client.get(f"/upper/fillings/{made.pk}/proof/").streaming_content)
    assert openpyxl.load_workbook(io.BytesIO(proof)).sheetnames == ["说明", "取数证明", "缺数"]
    assertContains(client.get(f"/r/upper_forms/{pointed.pk}/"), made.code)
    assertContains(client.get("/upper/"), "没有重复要的内容")
    assert FormFilling.objects.count() == 1


def test_who_may_only_look_points_at_nothing(pointed, zone, client):
    client.force_login(testing.employ(zone, "looker", "upper_forms.view"))
    address = f"/upper/{pointed.pk}/"
    assertNotContains(client.get(f"{address}?sheet=汇总&cell=B3"), "<form method=\"post\" class=\"card\"")
    assert client.post(f"{address}?sheet=汇总&cell=B3", {"kind": "text", "asks": "x"}).status_code == 403
    assert client.get(f"/r/upper_forms/{pointed.pk}/do/fill/").status_code == 403
    assert client.get(f"/r/upper_forms/{pointed.pk}/do/workbook/").status_code == 403


def test_a_stranger_finds_nothing(pointed, stranger, client):
    client.force_login(stranger)
    for address in (f"/upper/{pointed.pk}/", f"/r/upper_forms/{pointed.pk}/do/fill/", f"/r/upper_forms/{pointed.pk}/do/workbook/"):
        assert client.get(address).status_code == 404


def test_a_damaged_workbook_is_refused_and_nothing_worse():
    content, chance, refused = workbook(), random.Random(3), 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    for _time in range(150):
        name = chance.choice(names)
        part = bytearray(parts[name])
        for _byte in range(chance.randrange(1, 4)):
            part[chance.randrange(len(part))] = chance.choice(b'<>"&/ =09azAZ:')
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for each, whole in parts.items():
                archive.writestr(each, bytes(part) if each == name else whole)
        try:
            told = book.received(stream.getvalue(), "演示.xlsx")
            told.filled({(sheet.name, (3, 2)): "x" for sheet in told.sheets})
        except ValidationError as problem:
            refused += bool(problem.messages)
    assert refused > 50


def test_a_form_without_a_workbook_says_what_to_do(zone, clerk, client):
    [form] = testing.enter(UpperForm, zone, "name | kind\n演示年报 | year", by=clerk)
    client.force_login(clerk)
    assertContains(client.get(f"/upper/{form.pk}/"), "请上传上级下达的 .xlsx")
    assertContains(client.get(f"/r/upper_forms/{form.pk}/do/fill/", {"period": "2024"}), "还没有空表")
