"""Fixtures: a small workbook of an upper level, a form made of it, and cells that were pointed at."""

import io

import pytest
import xlsxwriter

from kaifaqu.files import store
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.upper.models import FormCell, UpperForm


def workbook(*, first: str = "在建项目数", date_1904: bool = False) -> bytes:
    """Return a workbook of an upper level: a matrix with formulas, and a list of four prepared rows below."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": date_1904})
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("汇总")
    sheet.merge_range("A1:D1", "开发区主要指标表（演示）")
    sheet.write_row("A2", ["指标", "本期", "上年同期", "增长"])
    sheet.write("A3", first)
    sheet.write("A4", "计划总投资")
    sheet.write_blank("D4", None, percent)
    sheet.write("A5", "合计")
    sheet.write_formula("B5", "=B3+B4", None, 0)
    sheet.merge_range("B6:C7", "")
    sheet.write("A6", "填报期")
    sheet.write_blank("B8", None, day)
    lines = book.add_worksheet("项目清单")
    lines.write_row("A1", ["序号", "项目名称", "总投资", "开工日期"])
    for row in range(1, 5):
        lines.write_blank(row, 3, None, day)
    lines.write("A6", "备注：此行以下不填")
    book.close()
    return stream.getvalue()


def hand_in(form: UpperForm, content: bytes, by, name: str = "演示空表.xlsx") -> UpperForm:
    """Make the file the form's workbook."""
    kept = store.keep(io.BytesIO(content), name)
    change = actions.find("upper_forms.workbook").plan(form, by=by, version=form.row_version, kept=kept)
    return commit([change], by=by)[0]


def point(form: UpperForm, by, text: str, **facts) -> list[FormCell]:
    """Point at the cells of a table."""
    return testing.enter(FormCell, form.owner, text, by=by, **{"form": form, **facts})


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def projects(zone):
    """Return three projects, two of which are under construction at the end of June 2024."""
    return testing.enter(Project, zone, """
        code | name   | signed_on  | started_on | production_on | total_investment
        P1   | 铸造   | 2023-01-05 | 2023-03-01 |               | 12000.5
        P2   | 陶瓷   | 2023-02-05 | 2024-06-01 |               | 3000
        P3   | 储能   | 2023-03-05 | 2023-05-01 | 2024-05-31    | 500
        P4   | 滤膜   | 2024-04-01 |            |               |
    """)


@pytest.fixture
def form(zone, clerk) -> UpperForm:
    """Return a monthly form with its workbook."""
    [made] = testing.enter(UpperForm, zone, """
        code   | name         | sender     | kind
        BS0001 | 演示月报     | 演示上级   | month
    """, by=clerk)
    return hand_in(made, workbook(), clerk)


@pytest.fixture
def pointed(form, clerk, projects) -> UpperForm:
    """Return the form with cells of every kind pointed at."""
    point(form, clerk, """
        sheet | cell | kind   | asks                   | period   | against  | places
        汇总  | B3   | figure | 在建项目数             |          |          |
        汇总  | B4   | figure | 在建项目总投资         |          |          | 0
        汇总  | C3   | figure | 在建项目数             | 上年同期 |          |
        汇总  | D4   | figure | 在建项目总投资         |          | 上年同期 | 2
        汇总  | C7   | text   | {期间}                 |          |          |
        汇总  | B8   | text   | {期末}                 |          |          |
    """)
    point(form, clerk, """
        sheet    | cell | kind | asks | fields                                           | where                                     | rows
        项目清单 | A2   | list | 项目 | A=序号 B=name C=total_investment D=started_on    | stage=under_construction                  | 4
    """)
    return form
