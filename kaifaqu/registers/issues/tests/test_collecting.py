"""The twin of a link on a sheet: what enterprises are asked goes out as workbooks, and their written words come back."""

import io

import openpyxl
import pytest

from kaifaqu.kernel import clock
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.issues.tests.conftest import act, at
from kaifaqu.sheets import answering, collecting, importing, sending


def answered(unit, by, **cells) -> io.BytesIO:
    """Return the workbook of a unit as the enterprise sends it back, its only row filled in by heading."""
    stream, back = io.BytesIO(), io.BytesIO()
    sending.send_one(unit, by, stream)
    book = openpyxl.load_workbook(stream)
    heads = [cell.value for cell in book.worksheets[0][1]]
    for head, value in cells.items():
        book.worksheets[0].cell(2, heads.index(head) + 1).value = value
    book.save(back)
    back.seek(0)
    return back


@pytest.fixture
def asked(office, tmp_path, settings):
    """Return a collection that asks about two issues, of which one is resolved and one is still handled."""
    settings.HOME = tmp_path
    one, _other = (act(office.opened(code), "assign", office.clerk, holder=office.department) for code in ("N1", "N2"))
    act(one, "resolve", office.handler, result="已接通")
    clock.set(at("07-05 10:00"))
    units = [{"name": "某企业", "records": "N1"}, {"name": "另一企业", "records": "N2"}]
    return sending.start(office.zone, office.clerk, {"name": "七月回访", "target": "issues", "due_on": "2024-07-10"}, units)


def test_a_word_on_a_sheet_closes_the_case_that_it_is_about(office, asked):
    one, _other = sending.units_of(asked)
    answering.receive(asked, [("回访.xlsx", answered(one, office.clerk, 满意度="满意", 确认日期="2024-07-04"))], office.clerk)
    answering.check_all(asked, office.clerk)
    collecting.merge(asked, office.clerk, "回访表原件存档案室", only_ready=True)
    issue = Issue.objects.get(code="N1")
    assert (issue.stage, issue.word, issue.satisfaction, str(issue.confirmed_on)) == ("closed", "sheet", "satisfied", "2024-07-04")
    assert Issue.objects.get(code="N2").stage == "assigned"


def test_a_word_about_what_is_not_resolved_is_told_and_closes_nothing(office, asked):
    _one, other = sending.units_of(asked)
    [upload] = answering.receive(asked, [("回访.xlsx", answered(other, office.clerk, 满意度="满意"))], office.clerk).answers
    answering.check_all(asked, office.clerk)
    assert [line.state for line in collecting.board(asked).lines] == ["not_back", "faulty"]
    upload.refresh_from_db()
    [fault] = [fault["message"] for row in importing.rows(upload) for fault in row["faults"]]
    assert "「满意度」由办理动作记录，不能直接更正" in fault
