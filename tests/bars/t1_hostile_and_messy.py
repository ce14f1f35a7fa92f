"""T1: hostile workbooks are refused, messy ones are understood, and every fault is told once, with its place and advice.

The workbooks are made by kaifaqu/sheets/tests/workbooks.py and brought in as a person does, into the register of projects.
A hostile one ends in one sentence (or does no harm); a messy one ends in the facts that it means; a workbook with a fault
of every kind ends in one sentence a fault, naming sheet, row and heading. Until then nothing is written. The workbook that
goes back is opened by an independent reader: the same cells in the same places, and one column more. The planted fault
lets every choice pass as if it were a stored one.
"""

import tempfile
from pathlib import Path

from bar import Bar

from tests import laboratory

HEADS = ["项目编号", "项目名称", "投资主体", "签约日期", "开工日期", "总投资（亿元）", "建设性质", "历史补录", "国家项目代码", "备注"]
FAULTS = [  # a row, and of each fault the heading, a word of what is wrong and a word of what to write ("" where there is none)
    (["F1", "单位混填", "", "2024-03-01", "", "1.2亿", "新建", "是", "", ""], [("总投资（亿元）", "不是数字", "请填 1.2")]),
    (["F2", "没有的日期", "", "2024-02-30", "", "1", "新建", "是", "", ""], [("签约日期", "没有这个日期", "核对")]),
    (["F3", "含糊的日期", "", 2023.1, "", "1", "新建", "是", "", ""], [("签约日期", "10 月", "请写")]),
    (["F4", "选项写错", "", "2024-03-01", "", "1", "新件", "是", "", ""], [("建设性质", "不在", "新建")]),
    (["F5", "没有的企业", "无此公司", "2024-03-01", "", "1", "新建", "是", "", ""], [("投资主体", "没有企业", "登记")]),
    (["F6", "是非写错", "", "2024-03-01", "", "1", "新建", "大概", "", ""], [("历史补录", "大概", "请填")]),
    (["F7", "", "", "2024-03-01", "", "1", "新建", "是", "", ""], [("项目名称", "请填写", "")]),
    (["F8", "次序颠倒", "", "2024-03-01", "2023-01-01", "1", "新建", "是", "", ""], [("签约日期", "早于", "核对")]),
    (["F9", "重复", "", "2024-03-01", "", "1", "新建", "是", "", ""], []),
    (["F9", "重复", "", "2024-03-01", "", "1", "新建", "是", "", ""], [("项目编号", "重复", "只能有一行")]),
    (["F10", "多处", "无此公司", "2024-13-01", "明年", "很多", "新件", "是", "", ""], [
        ("投资主体", "没有企业", "登记"), ("签约日期", "没有", ""), ("开工日期", "不是日期", "请写"),
        ("总投资（亿元）", "不是数字", "请只填"),
        ("建设性质", "不在", "可填")]),
    (["F11", "将来的事", "", "2999-01-01", "", "1", "新建", "是", "", ""], [("签约日期", "之后", "不要登记")]),
    (["F12", "小数太多", "", "2024-03-01", "", "0.00000000001", "新建", "是", "", ""], [("总投资（亿元）", "除不尽", "请")]),
    (["F13", "没有签约日期", "", "", "", "1", "新建", "是", "", ""], [("签约日期", "必须有签约日期", "")]),
]

bar = Bar("T1", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as place:
    laboratory.enter()
    import openpyxl
    import xlsxwriter
    from django.core.exceptions import ValidationError
    from django.db import connection

    from kaifaqu.kernel import events, testing
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.sheets import cells, importing
    from kaifaqu.sheets.checking import WRONG
    from kaifaqu.sheets.models import UploadState
    from kaifaqu.sheets.tests.workbooks import HOSTILE, INJECTIONS, MESSY

    if bar.fault:
        cells.choice = lambda asked, cell: asked.column.flatchoices[0][0]
    folder = Path(place)
    zone = testing.found()
    clerk = testing.employ(zone, "clerk")

    def plain(value):
        """Return the fact for comparing: 12000.50 is 12000.5."""
        text = str(value)
        return text.rstrip("0").rstrip(".") if "." in text else text

    def bring(path, name, **choices):
        """Bring in a file as the page does, and check it."""
        with path.open("rb") as file:
            upload = importing.receive(Project, zone, clerk, name, file)
        upload.choices |= choices
        importing.check(upload)
        return upload

    known = events.last_seq()
    refused = harmless = 0
    for each in HOSTILE:
        path = folder / each.name
        if each.make(path) is NotImplemented or not path.exists():
            continue
        try:
            upload = bring(path, each.name)
            state, sentences = upload.state, upload.problem.splitlines()
        except ValidationError as refusal:  # not even taken in
            state, sentences = UploadState.REFUSED, refusal.messages
        if each.sentence:
            refused += 1
            holds = state == UploadState.REFUSED and len(sentences) == 1 and each.sentence in sentences[0]
            bar.check(f"refused: {each.name}", holds, sentences[0][:60])
        else:
            harmless += 1
            bar.check(f"harmless: {each.name}", state in UploadState.values, "".join(sentences)[:60])
    understood = 0
    for each in MESSY:
        path = folder / each.name
        each.make(path)
        if not path.exists():
            continue
        understood += 1
        upload = bring(path, each.name)
        rows = list(importing.rows(upload))
        facts = [{name: plain(row["facts"].get(name, "")) for name in meant} for row, meant in zip(rows, each.meant, strict=False)]
        told = [{name: plain(value) for name, value in meant.items()} for meant in each.meant]
        faults = {fault["message"] for row in rows for fault in row["faults"]}
        unsigned = faults == {"签约项目必须有签约日期。"}  # what the register demands beyond the workbook's columns
        bar.check(f"understood: {each.name}", len(rows) == len(told) and (facts == told or unsigned),
                  f"{len(rows)} rows {upload.problem[:60]} {'' if facts == told or unsigned else facts} {faults or ''}")
    bar.check("twelve hostile and twelve messy ones at least", refused >= 12 and understood >= 12, f"{refused} + {harmless}, {understood}")

    path, back = folder / "faults.xlsx", folder / "back.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, bold = book.add_worksheet("六月"), book.add_format({"bold": True, "bg_color": "#DDEEFF"})
    sheet.merge_range(0, 0, 0, len(HEADS) - 1, "项目情况表", bold)
    sheet.set_column(1, 1, 33)
    for column, head in enumerate(HEADS):
        sheet.write_string(1, column, head, bold)
    injected = [[f"X{number}", text, "", "2024-03-01", "", 1, "新建", "是", "", ""] for number, text in enumerate(INJECTIONS)]
    for number, row in enumerate([row for row, _faults in FAULTS] + injected, 2):
        for column, value in enumerate(row):
            sheet.write_number(number, column, value) if isinstance(value, float | int) else sheet.write_string(number, column, value)
    book.close()
    upload = bring(path, "六月项目.xlsx")
    found = {(row["number"], fault["heading"]): fault["message"] for row in importing.rows(upload, WRONG) for fault in row["faults"]}
    count = sum(len(row["faults"]) for row in importing.rows(upload, WRONG))
    wanted = {(number, heading): (wrong, advice) for number, (_row, faults) in enumerate(FAULTS, 3) for heading, wrong, advice in faults}
    for key, (wrong, advice) in wanted.items():
        message = found.get(key, "")
        bar.check(f"row {key[0]}, {key[1]}: {wrong}", wrong in message and advice in message, message)
    odd = sorted(set(found) ^ set(wanted))
    bar.check("each fault is told once, and nothing else", not odd and count == len(wanted), f"{count} faults {odd or ''}")

    importing.mark_errors(upload).replace(back)
    one, other = (openpyxl.load_workbook(each)["六月"] for each in (path, back))
    moved = [cell.coordinate for line in one.iter_rows() for cell in line if (cell.value or None) != (other[cell.coordinate].value or None)]
    last = other.max_column
    bar.check("the workbook that goes back has the same cells in the same places", not moved, moved[:5])
    shape = [(sorted(str(each) for each in sheet.merged_cells.ranges), sheet.column_dimensions["B"].width) for sheet in (one, other)]
    bar.check("its widths and merged cells too", shape[0] == shape[1], shape)
    bar.check("and one column 错误说明 more", last == one.max_column + 1 and other.cell(2, last).value == "错误说明", last)
    marked = {number for number in range(3, other.max_row + 1) if other.cell(number, last).value}
    bar.check("which speaks in the rows that are wrong, and in no other", marked == {number for number, _heading in wanted}, sorted(marked))
    live = [cell.coordinate for line in other.iter_rows() for cell in line if cell.data_type == "f"]
    bar.check("no text became a formula", not live, live)
    bar.check("nothing was written", events.last_seq() == known and not Project.objects.exists())
    accepted = bring(path, "六月项目.xlsx", accept=True).found["counts"]
    bar.check("suggestions taken, fewer are wrong", accepted[WRONG] < upload.found["counts"][WRONG], accepted)
    again = bring(back, "六月项目_错误.xlsx")
    bar.check("handed in again as it is, it says the same", again.found["counts"] == upload.found["counts"], again.found["counts"])
    for number in sorted(marked, reverse=True):
        other.delete_rows(number)
    other.parent.save(back)
    corrected = bring(back, "六月项目_改.xlsx")
    changeset = importing.write(corrected, clerk)
    names = set(Project.objects.values_list("name", flat=True))
    bar.check("corrected, it is written whole, dangerous texts as texts", changeset.created == len(INJECTIONS) + 1
              and {text.strip() for text in INJECTIONS} <= names, changeset.created)
    connection.close()
bar.close()
