"""The proof sheet of a filling: a workbook of its own that says of each cell what it is, by which rule, and what has changed."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.reporting.upper import traces
from kaifaqu.reporting.upper.models import CellKind, FormFilling
from kaifaqu.reporting.upper.traces import Difference, Filled, Trace
from kaifaqu.sheets.workbooks import A4, HEAD, OPTIONS, PLAIN

Line = Sequence[str | int]
WIDTHS = (14, 8, 28, 16, 24, 40, 16, 9, 12, 16, 44, 40)


def proof(filling: FormFilling) -> bytes:
    """Return the proof sheet of a filling, in the language of the form. Raise ValidationError where its traces are lost."""
    with override("zh-hans"):
        told, last = traces.of(filling), traces.before(filling)
        then = traces.of(last) if last else None
        changed = traces.compared(told, then) if then else []
        return _written(filling, told, then, changed)


def _written(filling: FormFilling, told: Filled, then: Filled | None, changed: list[Difference]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {**OPTIONS, "in_memory": True, "constant_memory": False})
    plain, head = book.add_format({**PLAIN, "text_wrap": True, "num_format": "@"}), book.add_format(HEAD)

    def page(name: str, heads: Sequence[str], lines: Iterable[Line], widths: Sequence[int]) -> None:
        sheet = book.add_worksheet(name)
        for place, (text, wide) in enumerate(zip(heads, widths, strict=False)):
            sheet.set_column(place, place, wide, plain)
            sheet.write_string(0, place, text, head)
        for number, line in enumerate(lines, 1):
            for place, told in enumerate(line):
                (sheet.write_number if isinstance(told, int) else sheet.write_string)(number, place, told, plain)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)

    page(_("说明"), (_("事项"), _("内容")), _about(filling, told, then, changed), (24, 90))
    why = {each.now.key: each for each in changed}
    held = {each.key: each for each in then.cells} if then else {}
    page(_("取数证明"), (
        _("工作表"), _("单元格"), _("表头"), _("数值"), _("取自"), _("口径"), _("期间"), _("记录数"), _("数据日期"), _("上次数值"),
        _("变化原因"), _("记录"),
    ), (_proved(each, held.get(each.key), why.get(each.key), told) for each in told.cells if not each.is_blank), WIDTHS)  # fmt: skip
    page(_("缺数"), (_("工作表"), _("单元格"), _("表头"), _("取自"), _("原因")), (
        (each.sheet, each.reference, each.heading, each.label, each.reason) for each in told.cells if each.reason), (14, 8, 28, 24, 60))
    book.close()
    return stream.getvalue()


def _about(filling: FormFilling, told: Filled, then: Filled | None, changed: list[Difference]) -> Iterable[Line]:
    """Yield what the filling is as a whole."""
    form = filling.form
    yield from (
        (_("报表"), f"{form}"), (_("下达单位"), form.sender), (_("期间"), told.period_label),
        (_("截至事件"), f"#{told.known}"), (_("填报日期"), f"{filling.filled_on:%Y-%m-%d}"), (_("填报人账号"), filling.filler),
        (_("已填单元格"), filling.count), (_("缺数"), filling.missing), (_("文件 SHA-256"), filling.sha256),
    )  # fmt: skip
    if then is None:
        yield _("与上次相比"), _("第一次填报，没有可比的上次。")
    else:
        yield _("与上次相比"), _("上次是 {period}；{count} 个单元格的数值不同，原因见「取数证明」。").format(
            period=then.period_label, count=len(changed))
    yield _("公式"), _(
        "空表里的公式没有改动；文件设为打开时重新计算，未打开前公式格里还是空表原来的结果（LibreOffice 要按 Ctrl+Shift+F9）。")


def _proved(now: Trace, then: Trace | None, change: Difference | None, told: Filled) -> Line:
    """Return the line of one cell."""
    number = now.number
    period = number.period_label if number else told.period_label
    if number and number.against:
        period = _("{period}，与 {against} 比").format(period=period, against=number.against)
    value = now.value if now.kind == CellKind.TEXT else now.shown
    last = "" if then is None else then.shown or (_("缺数") if then.reason else "")
    return (
        now.sheet, now.reference, now.heading, value or _("缺数：{reason}").format(reason=now.reason), now.label, now.basis, period,
        len(now.records), (number.data_date or "") if number else "", last, change.why if change else "", traces.codes_of(now.records))
