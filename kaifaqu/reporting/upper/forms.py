"""What is asked of a person who points at a cell, hands in a workbook, or fills a form."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files import store
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import domains
from kaifaqu.pages.forms import ActionForm
from kaifaqu.reporting import display
from kaifaqu.reporting.calls import PERIODS
from kaifaqu.reporting.upper import book
from kaifaqu.reporting.upper.models import EXAMPLES, CellKind, FormCell, Kind, UpperForm, told_columns
from kaifaqu.reporting.upper.sheet import Place, reference

ASKED = {  # what is typed for each kind of cell, in this order
    CellKind.FIGURE: ("asks", "period", "unit", "places", "by", "group", "against", "style"),
    CellKind.FIELD: ("asks", "subject", "fields"),
    CellKind.LIST: ("asks", "fields", "rows", "where", "order"),
    CellKind.TEXT: ("asks",),
}
HELP: dict[str, Any] = {
    CellKind.TEXT: _("可写 {期间}、{期末}、{填报日期}、{单位}，填报时换成当期的。"),
    CellKind.FIELD: _("这条记录所在的台账"), CellKind.LIST: _("清单里是哪本台账的记录"), CellKind.FIGURE: "",
}  # fmt: skip


class PointForm(ActionForm):
    """What one cell holds: the form of entering or correcting it, with the fields that its kind needs."""

    def __init__(
        self, user: User, form: UpperForm, sheet: str, place: Place, kind: str, cell: FormCell | None, posted: QueryDict | None = None,
    ):  # fmt: skip
        action = actions.find("form_cells.correct" if cell else "form_cells.create")
        self.cell_kind, self.upper = CellKind(kind), form
        fixed: dict[str, Any] = {"form": form.pk, "sheet": sheet, "cell": reference(place), "kind": kind}
        same = cell is not None and cell.kind == kind
        super().__init__(action, user, cell, posted, initial=fixed | ({} if same or cell is None else {"asks": ""}), drafted=False)
        wanted = ASKED[self.cell_kind]
        reason = self.fields.pop("reason", None)
        self.fields = {name: self.fields[name] for name in ("form", "sheet", "cell", "kind", *wanted)}
        for name in (*fixed,):
            self.fields[name].widget = forms.HiddenInput()
        if reason and cell:
            reason.initial = _t("重新指定")
            self.fields["reason"] = reason
        self._choose()

    def _choose(self) -> None:
        """Let figures, registers and words of a period be chosen instead of typed."""
        asks, now = self.fields["asks"], self.initial.get("asks", "")
        if self.cell_kind == CellKind.FIGURE:
            labels = sorted({str(each.label) for each in domains.catalogue().values()})
            groups = {each.code: str(each.label) for definition in domains.catalogue().values() for each in definition.by}
            self._offer("asks", dict.fromkeys(["", *({now} - {*labels, ""}), *labels]))
            self._offer("period", {"": _t("本期"), **dict.fromkeys([*PERIODS][1:])})
            self._offer("against", {"": _t("（不比较）"), "上期": None, "上年同期": None})
            self._offer("by", {"": _t("（不分组）"), **groups})
            self._offer("style", {"": _t("数字"), **dict.fromkeys((*display.STYLES[1:], *display.CHANGES))})
            self.fields["asks"].label = _t("指标")
        elif self.cell_kind in (CellKind.LIST, CellKind.FIELD):
            seen = (each for each in domains.registers().values() if each.columns and self.user.owners(each.right_to("view")))
            names = [str(each._meta.verbose_name) for each in seen]
            self._offer("asks", dict.fromkeys(["", *({now} - {*names, ""}), *names]))
            self.fields["asks"].label = _t("台账")
            chosen = next((each for each in domains.registers().values() if now in (each.register, str(each._meta.verbose_name))), None)
            if now and chosen:
                self.fields["fields"].help_text = f"{self.fields['fields'].help_text}。{_t('可填：')}{told_columns(chosen)}"
        else:
            asks.label = _t("文字")
        self.fields["asks"].help_text = HELP[self.cell_kind]

    def _offer(self, name: str, options: dict[str, str | None]) -> None:
        """Make a field a choice, of words that say what they are or have a label; what stands there now stays among them."""
        now = str(self.initial.get(name) or "")
        told = {**options, **({} if now in options else {now: None})}
        field = self.fields[name]
        self.fields[name] = forms.ChoiceField(
            choices=[(each, label or each or "—") for each, label in told.items()], label=field.label, required=field.required,
            help_text=field.help_text if name != "period" else "")

    def plan(self) -> Any:
        """Return the change; a new cell belongs to its form's owner."""
        subject = self.record or self.upper.owner
        return self.action.plan(subject, by=self.user, version=self.version, **self.told())

    def told(self) -> dict[str, Any]:
        """Return the facts; what another kind of cell would have had is emptied."""
        told = super().told()
        if self.record:
            others = {name for names in ASKED.values() for name in names} - {*ASKED[self.cell_kind]}
            told["facts"]["kind"] = self.cell_kind.value
            told["facts"] |= {name: None if name in ("places", "rows") else "" for name in others}
        return told

    def act(self) -> FormCell:
        """Write what was typed. Raise ValidationError with what is wrong."""
        return commit([self.plan()], by=self.user)[0]


class WorkbookForm(forms.Form):
    """The blank workbook of a form, and why another one comes."""

    file = forms.FileField(
        label=_("空表文件"), widget=forms.FileInput(attrs={"accept": ".xlsx"}), help_text=_("上级下达的 .xlsx，原样上传，不要改动"))
    reason = forms.CharField(label=_("说明"), required=False, max_length=200)

    def __init__(self, form: UpperForm, *posted: Any, **options: Any):
        super().__init__(*posted, **{"label_suffix": "", **options})
        self.upper, self.token = form, secrets.token_urlsafe(16)

    def act(self, user: User) -> UpperForm:
        """Keep the file and write that it is the form's workbook. Raise ValidationError with what is wrong."""
        file = self.cleaned_data["file"]
        refuse_name(file.name)
        book.received(file.read(), file.name)  # before anything is kept
        file.seek(0)
        kept = store.keep(file, file.name)
        change = actions.find("upper_forms.workbook").plan(
            self.upper, by=user, version=self.upper.row_version, kept=kept, reason=self.cleaned_data["reason"])
        return commit([change], by=user)[0]


def refuse_name(name: str) -> None:
    """Raise ValidationError, saying what to do, for a file that by its name is no .xlsx."""
    extension = name.lower().rpartition(".")[2]
    if extension in ("xlsm", "xltm", "xls", "et", "ods", "csv"):
        raise ValidationError(_t("「{name}」是 .{extension} 文件。请用 Excel 或 WPS 打开，另存为 .xlsx（不含宏）后再上传。").format(
            name=name, extension=extension))


class FillForm(forms.Form):
    """The period for which a form is filled."""

    period = forms.CharField(label=_("期间"), max_length=20)

    def __init__(self, form: UpperForm, *told: Any, **options: Any):
        super().__init__(*told, **{"label_suffix": "", **options})
        self.upper, self.token = form, secrets.token_urlsafe(16)
        self.fields["period"].help_text = _t("{kind}写作 {example}").format(kind=Kind(form.kind).label, example=EXAMPLES[Kind(form.kind)])

    def clean_period(self) -> str:
        """Return the period as it is spelt. Raise ValidationError for one that is not of the form's kind."""
        return self.upper.period_of(self.cleaned_data["period"]).text


def latest(form: UpperForm) -> str:
    """Return the last period of the form's kind that is over."""
    today = clock.today()
    month = Period.parse(f"{today:%Y-%m}").previous()
    year, number = month.start.year, month.start.month
    if form.kind == Kind.MONTH:
        return month.text
    if form.kind == Kind.QUARTER:
        return Period.parse(f"{today.year}-Q{(today.month + 2) // 3}").previous().text
    if form.kind == Kind.HALF:
        return f"{year}-H{1 if number < 12 else 2}" if number >= 6 else f"{year - 1}-H2"
    return f"{today.year - 1}"
