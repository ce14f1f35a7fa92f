"""The dispatch table handed out: as a workbook with the columns of the page, and as text to be sent on."""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, units
from kaifaqu.pages.reading import NOTHING, moment
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects.models import ProjectRole
from kaifaqu.reporting.dispatch.columns import COLUMNS, groups
from kaifaqu.reporting.dispatch.lines import Dispatch, Line
from kaifaqu.sheets.workbooks import is_shown_exactly

A3 = 8  # as a workbook numbers paper
WIDTH, WIDER = 11, 26  # of columns, in characters
SHOWN = 30  # lines of a message


def heading(dispatch: Dispatch, *, handed: bool = True) -> str:
    """Return what stands over the table: the month, by what it is narrowed, the day of its lights, when and by whom it was made."""
    asked = dispatch.asked
    told = (
        _("{month}项目调度表").format(month=asked.month.label), dispatch.words(handed=handed), _("灯截至 {day}").format(day=asked.on),
        _("制表 {who} {at}").format(who=dispatch.user.code if handed else dispatch.user, at=moment(clock.now())),
    )  # fmt: skip
    return "，".join(filter(None, told))


def write(dispatch: Dispatch, stream: IO[bytes]) -> None:
    """Write the lines that were asked for: heading, two rows of column heads, a line for each project, the sums."""
    lines = dispatch.fill(dispatch.lines)
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        look = {"border": 1, "text_wrap": True, "valign": "top"}
        head, cell = book.add_format({**look, "bold": True, "align": "center"}), book.add_format(look)
        sheet.write_string(0, 0, heading(dispatch), bold)
        _heads(sheet, head)
        for place, line in enumerate(lines, 3):
            for number, column in enumerate(COLUMNS):
                value = column.amount(line) if column.amount else None
                _put(sheet, place, number, value, "" if column.amount else column.text(line).removeprefix(NOTHING), cell)
        for number, column in enumerate(COLUMNS):
            total, missing = column.total(lines)
            _put(sheet, len(lines) + 3, number, total, "" if number else _("合计 {count}").format(count=len(lines)), head)
            _put(sheet, len(lines) + 4, number, None, _("缺 {count}").format(count=missing) if total is not None and missing else "", cell)
        sheet.freeze_panes(3, 2)
        sheet.repeat_rows(1, 2)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.fit_to_pages(1, 0)


def _heads(sheet: Any, head: Any) -> None:
    first = 0
    for group, count in groups():
        if count > 1:
            sheet.merge_range(1, first, 1, first + count - 1, group, head)
        else:
            sheet.write_string(1, first, group, head)
        first += count
    for number, column in enumerate(COLUMNS):
        sheet.write_string(2, number, str(column.label), head)
        sheet.set_column(number, number, WIDER if column.wide else WIDTH)


def _put(sheet: Any, row: int, number: int, value: Decimal | None, text: str, form: Any) -> None:
    """Write one cell: a number where a spreadsheet keeps it exactly, else text."""
    if value is not None and is_shown_exactly(value):
        sheet.write_number(row, number, float(value), form)
    elif value is not None or text:
        sheet.write_string(row, number, text or units.text(value or 0), form)
    else:
        sheet.write_blank(row, number, None, form)


def message(dispatch: Dispatch) -> str:
    """Return the table as text for a chat: the heading, how many have which light, and a line for each that stays behind."""
    counts = "，".join(f"{Colour(colour).label} {count}" for colour, count in dispatch.counts.items())
    behind = [line for line in dispatch.lines if line.light.colour != Colour.GREEN]
    told = [f"【{heading(dispatch)}】", _("共 {count} 个项目：{counts}。").format(count=len(dispatch.lines), counts=counts)]
    told += [f"{number}. {'｜'.join(_line(line))}" for number, line in enumerate(dispatch.fill(behind[:SHOWN]), 1)]
    if len(behind) > SHOWN:
        told.append(_("亮灯的共 {count} 个，以上是前 {limit} 个。").format(count=len(behind), limit=SHOWN))
    return "\n".join(told)


def _line(line: Line) -> Iterator[str]:
    """Yield what a message says of a project: its light with the reasons, the department, what is due when; no person by name."""
    yield f"{line.light.colour.label} {line.project}"
    yield "；".join(line.light.reasons)
    yield from filter(None, [line.handed(ProjectRole.DEPARTMENT)])
    for case in (*line.issues, *line.decisions):
        yield f"{case.title} {case.resolution_due_on or ''}".strip()
