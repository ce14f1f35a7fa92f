"""Forms of actions: one field for each keyword that a person fills in, and what two editors did to the same record."""

import inspect
import secrets
import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, cast, get_args, get_origin

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import EMPTY, Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.records import Record, field_of, references
from kaifaqu.pages.asked import number
from kaifaqu.pages.inputs import AmountInput, LinesInput, PartialDateInput, dressed, input_of
from kaifaqu.pages.manners import manner_of
from kaifaqu.pages.models import Draft
from kaifaqu.pages.reading import Reader

CHANGE_ROWS = "change-rows"  # the button that adds a row to a field, or takes one away
LABELS = {"reason": _("原因"), "occurred_on": _("发生日期")}
KINDS: dict[Any, Any] = {
    bool: forms.BooleanField, int: forms.IntegerField, Decimal: AmountInput, date: forms.DateField, PartialDate: PartialDateInput,
    list: LinesInput,
}  # fmt: skip


class Difference(NamedTuple):
    """One fact as the person read it, as somebody else has stored it since, and as the person typed it."""

    field: forms.BoundField
    read: str
    stored: str
    typed: str
    clash: bool  # both changed it: the person must choose


class ActionForm(forms.Form):
    """What a person fills in for an action on a record, or for an owner's new record.

    `version` is the row version that will be replaced, `read` the one on which the person began to type; they differ
    once the person has seen what somebody else saved in between. `taken` names the facts that stand in the form because
    somebody else saved them, not because the person typed them. `only` names the one fact that is asked for. Without a
    record, an action that creates none is filled in for many records together. `draft` is the number under which what is
    typed is kept, if the form is `drafted`, `restored` the draft that it shows again; `undrafted` names what no draft keeps.
    """

    def __init__(
        self, action: Action, user: User, record: Record | None, posted: QueryDict | None = None, *, initial: Any = (),
        only: str = "", draft: Draft | None = None, drafted: bool = True,
    ):  # fmt: skip
        self.action, self.user, self.record, self.only, self.restored = action, user, record, only, draft
        self.drafted = drafted and not only
        every = {only} if only else {"code", *action.register.columns}
        names = every if "facts" in action.facts else {*action.facts} - {"code"}  # is another's
        columns = [each for each in action.register._meta.concrete_fields if record and each.name in names]
        stored = {each.name: getattr(record, each.attname) for each in columns}
        self.posted = QueryDict(mutable=True) if posted is None else posted.copy()
        super().__init__(None if posted is None else self.posted, initial={**stored, **dict(initial)}, label_suffix="")
        self.token = secrets.token_urlsafe(16)
        self.version = draft.read if draft else self._number("version")
        self.read = self.version if draft else self._number("read") or self.version
        self.draft = draft.pk if draft else self._key()
        self.undrafted: set[str] = set()
        if action.creates:
            owners = Party.objects.current().filter(pk__in=user.owners(action.right))
            self.fields["owner"] = self._choice(owners, label=_("所属单位"), initial=owners.first(), empty_label=None)
        for parameter in action.facts.values():
            self.fields |= dict(self._fields(parameter))
        if only and stored.get(only) not in EMPTY and "reason" in self.fields:
            self.fields["reason"].required = True  # to change what stands there needs one
        if draft:
            self._restore(draft)
        self.taken = sorted({*self.posted.getlist("taken")} & {*stored})
        self.unsettled = [name for name in self.posted.getlist("ask") if name in stored and not self._settle(name)]
        self.is_unfinished = CHANGE_ROWS in self.posted
        if self.is_unfinished:
            self._leave_unchecked()

    def _leave_unchecked(self) -> None:
        """Show what was sent as it goes on being typed, with nothing checked yet; the typing goes on in the field with rows."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for name, field in self.fields.items():
            if hasattr(field.widget, "focus"):
                self.focus(name)

    def focus(self, name: str) -> None:
        """Let the typing begin in this field, if there is one."""
        if name in self.fields:
            self.fields[name].widget.attrs["autofocus"] = True

    def _number(self, name: str) -> int:
        told = number(self.posted.get(name, ""))
        return getattr(self.record, "row_version", 0) if told is None else told

    def _key(self) -> uuid.UUID:
        """Return under which number what is typed here is kept: the one that was sent, or a new one."""
        try:
            return uuid.UUID(self.posted.get("draft-key", ""))
        except ValueError:
            return uuid.uuid4()

    @property
    def is_tracked(self) -> bool:
        """Tell whether what was sent came from a form that may have a draft."""
        return self.posted.get("draft-key", "") == str(self.draft)

    def _fields(self, parameter: inspect.Parameter) -> Iterator[tuple[str, forms.Field]]:
        """Yield the fields of a keyword: for `facts` the columns of the register; `source` is not typed."""
        if parameter.name == "facts":
            for name in [self.only] if self.only else dict.fromkeys(("code", *self.action.register.columns)):
                of = field_of(self.action.register, name)
                self._note(of, name)
                yield name, self._column(of, required=not of.blank and name != "code")
        elif parameter.name != "source":
            annotated = get_origin(parameter.annotation) is Annotated
            kind, *label = get_args(parameter.annotation) if annotated else [parameter.annotation]
            required = parameter.default is parameter.empty and type(None) not in get_args(kind)
            kind = next((each for each in get_args(kind) if each is not type(None)), kind)
            told = None if label else _column_named(self.action.register, parameter.name)
            self._note(told, parameter.name)
            field = self._column(told, required) if told else self._plain(kind, required)
            field.initial = parameter.default if kind is bool else field.initial
            field.label = label[0] if label else LABELS.get(parameter.name, field.label or parameter.name)
            if parameter.name == "reason" and not self.only:
                field.widget = forms.Textarea({"rows": 2})
            yield parameter.name, field

    def _note(self, of: models.Field | None, name: str) -> None:
        """Note a field that no draft keeps: what is personal must stay erasable everywhere, a password is a secret."""
        if hasattr(of, "personal") or "password" in name:
            self.undrafted.add(name)

    def _column(self, of: models.Field, required: bool) -> forms.Field:
        """Return the form field of a column, in its own manner where it has one; of a foreign key, the records that the person may see."""
        typed = manner_of(of).typed
        own = typed(of, self) if typed else None
        if own is not None:
            field = own
        elif isinstance(of, models.ForeignKey):
            register, now = cast(type[Record], of.related_model), getattr(self.record, of.attname, 0) or 0
            rows = register.objects.visible_to(self.user) | register.objects.filter(pk=now)
            field = dressed(self._choice(rows, label=of.verbose_name, help_text=of.help_text))
        else:
            field = input_of(of)
        field.required = required and not isinstance(field, forms.BooleanField)
        return field

    def _choice(self, rows: models.QuerySet, **options: Any) -> forms.ModelChoiceField:
        field = forms.ModelChoiceField(rows.order_by("code"), **options)
        cast(Any, field).label_from_instance = Reader(self.user).text
        return field

    def _plain(self, kind: Any, required: bool) -> forms.Field:
        """Return the form field of a keyword that is no column, by its annotated type."""
        if isinstance(kind, type) and issubclass(kind, Record):
            return self._choice(kind.objects.visible_to(self.user), required=required)
        if isinstance(kind, type) and issubclass(kind, models.Choices):
            return forms.ChoiceField(choices=kind.choices, required=required)
        return dressed(KINDS.get(kind, forms.CharField)(required=required and kind is not bool))

    def clean(self) -> dict[str, Any]:
        """Return the facts with the line ends that they are stored with; a browser sends others."""
        return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in self.cleaned_data.items()}

    def plan(self) -> Change | Iterable[Change]:
        """Return what the action plans with the cleaned facts. Raise what the action raises."""
        subject = self.cleaned_data.get("owner", self.record)
        return self.action.plan(subject, by=self.user, version=self.version, **self.told())

    def told(self) -> dict[str, Any]:
        """Return the cleaned facts as the action's keywords."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "owner" or "owner" in self.action.facts}
        if "facts" in self.action.facts:
            typed = {name: told.pop(name) for name in [*told] if name not in self.action.facts}
            told["facts"] = {name: value for name, value in typed.items() if self._changes(name, value)}
        for name, value in [*told.items()]:
            if value in EMPTY and self.action.facts[name].default is not inspect.Parameter.empty:
                del told[name]
        return told

    def _changes(self, name: str, value: Any) -> bool:
        """Tell whether the value differs from the stored one; what a new record leaves empty is not told at all."""
        if self.record is None:
            return value not in EMPTY or not self.action.creates
        return self._typed(name, value) != self._typed(name, self.initial[name])

    def typed(self) -> dict[str, str]:
        """Return what the person typed, as text by field: what differs from the record as it was read.

        Of a new record everything that is filled in, as soon as anything was typed.
        """
        told = {name: self._text(name, self[name].data) for name in self.fields if name not in self.undrafted}
        first = {name: self._text(name, self.get_initial_for_field(self.fields[name], name)) for name in told}
        if self.record is None:
            return {name: text for name, text in told.items() if text} if told != first else {}
        read, seen = self._texts(self.read), self._texts(self.version)
        taken = {name for name in self.taken if told.get(name) == seen.get(name)}
        return {name: text for name, text in told.items() if text != {**first, **read}[name] and name not in taken}

    def _restore(self, draft: Draft) -> None:
        """Show the record as the person read it, and over it what the person typed then."""
        kept = {name: text for name, text in draft.typed.items() if name in self.fields and name not in self.undrafted}
        for name, text in {**self._texts(draft.read), **kept}.items():
            self.initial[name] = bool(text) if isinstance(self.fields[name], forms.BooleanField) else text

    def _texts(self, version: int) -> dict[str, str]:
        """Return the record's facts at a row version, as they stand in the form."""
        record = cast(Record, self.record)
        row = record
        if self.record and version != record.row_version:
            row = type(record).Version.objects.filter(id=record.pk, row_version=version).first() or record
        columns = {each.name: each.attname for each in record._meta.concrete_fields} if self.record else {}
        shown = [name for name in self.fields if name in columns and name in self.initial and name not in self.undrafted]
        return {name: self._text(name, getattr(row, columns[name])) for name in shown}

    def _text(self, name: str, value: Any) -> str:
        """Return the value as text, with line ends as they are stored; a box that is not ticked is empty."""
        return "" if value is False else self._typed(name, value).replace("\r\n", "\n").replace("\0", "")

    def refuse(self, refusal: ValidationError) -> None:
        """Show each sentence of a refusal, beside the field that it names."""
        for message in refusal.messages:
            name = next((name for name, field in self.fields.items() if f"「{field.label}」" in message), None)
            self.add_error(name, message[message.index("「"):] if name else message)

    def differences(self, stored: Record) -> list[Difference]:
        """Return the facts that the person, somebody else or both changed since `read`, against the stored record.

        What only somebody else changed is taken over into the form, which then stands on the stored version. What was
        taken over before, and not typed over since, counts as read: nobody but its author stands behind it.
        """
        reader, register = Reader(self.user), type(stored)
        read, seen = (
            register.Version.objects.filter(id=stored.pk, row_version=each).first() or stored for each in (self.read, self.version))
        taken, self.version, found = self.taken, stored.row_version, []
        self.taken = []
        for name in [name for name in self.fields if name in self.initial]:
            of, typed = field_of(register, name), self.cleaned_data.get(name)
            values = [getattr(read, of.attname), getattr(stored, of.attname), getattr(typed, "pk", typed)]
            texts = [self._typed(name, value) for value in values]
            if name in taken and texts[2] in (texts[1], self._typed(name, getattr(seen, of.attname))):
                values[2], texts[2] = values[0], texts[0]
            if texts[2] == texts[0]:
                self.posted[name] = texts[1]
                self.taken += [name] if texts[1] != texts[0] else []
            if len({*texts}) > 1:
                one, two, three = (reader.tell(of, value, stored) for value in values)
                found.append(Difference(self[name], one, two, three, clash=len({*texts}) == 3))
        return found

    def _settle(self, name: str) -> bool:
        """Follow the person's choice between the stored and the typed fact; tell whether there is one."""
        choice = self.posted.get(f"keep-{name}")
        if choice == "stored":
            self.posted[name] = self._typed(name, self.initial[name])
            self.taken.append(name)
        return choice in ("stored", "typed")

    def _typed(self, name: str, value: Any) -> str:
        """Return the value as it stands in the form."""
        shown = self.fields[name].prepare_value(value)
        return "" if shown is None else str(shown)


def _column_named(register: type[Record], name: str) -> models.Field | None:
    """Return what a keyword is about: a column of the register, or of one that refers to it, or one that only actions fill in."""
    writing = (register, *(other for other, _key in references(register)))
    by_actions = (each for each in register._meta.concrete_fields if each.name == name and each.editable)
    return next((field_of(each, name) for each in writing if name in each.columns), next(by_actions, None))
