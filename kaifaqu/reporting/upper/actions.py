"""What people do with forms: hand in the blank workbook, and fill it for a period."""

import io
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files import store
from kaifaqu.files.models import Attachment
from kaifaqu.files.store import Kept
from kaifaqu.kernel import clock
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import Record
from kaifaqu.reporting.upper import asking, book, traces
from kaifaqu.reporting.upper.asking import Answers
from kaifaqu.reporting.upper.models import FormFilling, UpperForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@action("upper_forms.workbook", right="upper_forms.edit", label=_("上传空表"))
def workbook(form: UpperForm, *, by, version: int, kept: Kept, reason: str = "") -> Iterator[Change]:
    """Plan that the kept file is the form's blank workbook from now on; the cells that were pointed at stay.

    Raise ValidationError for a file that is no workbook, or one that could do harm.
    """
    with store.open(kept.sha256) as file:
        book.received(file.read(), kept.name)
    if kept.sha256 == form.workbook:
        raise ValidationError(_t("{form}：这就是现在的空表，没有变化。").format(form=form))
    yield Change(form, {"workbook": kept.sha256}, reason=reason or (_t("换发空表") if form.workbook else ""))
    if not Attachment.objects.current().of(form).filter(sha256=kept.sha256, purpose="").exists():
        yield attached(form, kept)


@action("upper_forms.fill", right="upper_forms.fill", label=_("填报本期"))
def fill(form: UpperForm, *, by, version: int, period: str, reason: str = "") -> Iterator[Change]:
    """Plan a filling of the form: the filled file, what each cell comes from, and the record of it.

    Raise ValidationError, with every sentence at once, where a cell cannot be filled; what is missing stays empty.
    """
    told = asking.answer(form, form.period_of(period), by)
    if not told.cells and not told.problems:
        raise ValidationError(_t("{form}：还没有指定要填的单元格，请先打开空表指定。").format(form=form))
    if told.problems:
        raise ValidationError([_t("{form}：{problem}").format(form=form, problem=each) for each in told.problems])
    filled, traced = _kept(told)
    yield Change(FormFilling(owner_id=form.owner_id), {
        "form": form, "period": told.period.text, "known": told.known, "filled_on": clock.today(), "filler": by.code,
        "count": sum(each.value is not None for each in told.cells), "missing": len(told.missing),
        "sha256": filled.sha256, "traces": traced.sha256,
    }, reason=reason)
    yield from (attached(form, each) for each in (filled, traced)
                if not Attachment.objects.current().of(form).filter(sha256=each.sha256, purpose="").exists())


def _kept(told: Answers) -> tuple[Kept, Kept]:
    """Return the filled workbook and the traces as the store keeps them."""
    blank = told.form.book()
    assert blank is not None
    name = f"{told.form.name} {told.period.label}"
    filled = store.keep(io.BytesIO(blank.filled(told.values)), f"{name}.xlsx")
    return filled, store.keep(io.BytesIO(traces.written(told)), _t("{name} 依据.txt").format(name=name))


def attached(record: Record, kept: Kept) -> Change:
    """Return the change that attaches a kept file to a record."""
    return Change(Attachment(owner_id=record.owner_id), {
        "subject": record._meta.label_lower, "subject_id": record.pk, "name": kept.name, "media_type": kept.media_type,
        "size": kept.size, "sha256": kept.sha256,
    })
