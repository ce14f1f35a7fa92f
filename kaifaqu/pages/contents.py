"""The content of a dated rule on a page: typed in the fields of its kind's shape, told in words, stored as JSON."""

import json
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.pages import manners
from kaifaqu.shapes import Choice, Item, Shape


def shape_of(kind: str) -> Shape | None:
    """Return the shape of a kind of rule; None for one that checks its content in another way, which is typed as JSON."""
    known = dated.kinds().get(kind)
    return known.check if known and isinstance(known.check, Shape) else None


def label_of(kind: str) -> str:
    """Return the name of a kind of rule."""
    known = dated.kinds().get(kind)
    return str(known.label) if known else kind


def read(stored: str) -> Any:
    """Return what a content says; None for what is no JSON."""
    try:
        return json.loads(stored)
    except ValueError:
        return None


def text(content: Any) -> str:
    """Return a content as it is stored."""
    return json.dumps(content, ensure_ascii=False)


def words(stored: str, kind: str) -> str:
    """Return a stored content in words: its shape's, or those that its check has for it, else as it stands."""
    known = dated.kinds().get(kind)
    told = known and getattr(known.check, "words", None)
    return told(read(stored)) if told else stored


class Fields(forms.Widget):
    """An input for each item of the shape. The value is one text, the JSON; it also comes back whole, out of sight."""

    template_name = "pages/widgets/content.html"
    use_fieldset = True

    def __init__(self, shape: Shape):
        self.shape = shape
        super().__init__()

    def __deepcopy__(self, memo: Any) -> "Fields":
        return type(self)(self.shape)  # labels are lazy and need no copy

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        content = read(value or "")
        parts = [self._part(name, item, self.shape.value(content, item)) for item in self.shape.items]
        return {"widget": {"name": name, "parts": parts}}

    def _part(self, name: str, item: Item, value: Any) -> dict[str, Any]:
        options = [*item.choices.items()] if isinstance(item, Choice) else []
        known = not item.optional and item.may_be(value)  # nothing else needs to be offered
        name = f"{name}-{item.path}"
        return {"item": item, "id": f"id_{name}", "name": name, "value": value, "options": options, "known": known}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        if name in data:
            return data[name]
        typed = {item: data.get(f"{name}-{item.path}", "").strip() for item in self.shape.items}
        values = {item.path: word if isinstance(item, Choice) else _number(word) for item, word in typed.items() if word}
        return text(self.shape.content(values))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class ContentInput(forms.CharField):
    """The content of a rule, cleaned to the JSON that is stored."""

    def __init__(self, shape: Shape, **options: Any):
        self.shape = shape
        super().__init__(widget=Fields(shape), **options)

    def prepare_value(self, value: Any) -> Any:
        content = read(value) if isinstance(value, str) else None
        if not isinstance(content, dict):
            return value
        told = {item.path: self.shape.value(content, item) for item in self.shape.items}
        return text(self.shape.content({path: each for path, each in told.items() if each is not None}))

    def clean(self, value: Any) -> str:
        if problems := [*self.shape.problems(read(value or ""))]:
            raise ValidationError(problems)
        return self.prepare_value(value)


def _number(word: str) -> int | str:
    """Return the typed number, or the word for the shape to refuse."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 9 else word


def _kind_of(form: Any) -> str:
    """Return the kind of rule that a form is about."""
    return form.record.kind if form.record else form.posted.get("kind") or str(form.initial.get("kind", ""))


def _typed(column: models.Field, form: Any) -> forms.Field | None:
    shape = shape_of(_kind_of(form))
    return ContentInput(shape, label=column.verbose_name) if shape else None


def _kind(column: models.Field, form: Any) -> forms.Field | None:
    """Return the kind out of sight, where it is known: it is chosen first, since the fields of the content hang on it."""
    known = _kind_of(form) in dated.kinds()
    return forms.CharField(label=column.verbose_name, widget=forms.HiddenInput) if known else None


def _supersedes(column: models.Field, form: Any) -> forms.Field:
    """Return the choice among the other rules of the kind, each with its day and document."""
    rows = DatedRule.objects.visible_to(form.user).filter(kind=_kind_of(form)).exclude(pk=form.record and form.record.pk)
    field = forms.ModelChoiceField(rows.order_by("owner__code", "-since"), label=column.verbose_name, empty_label="—")
    cast(Any, field).label_from_instance = lambda rule: f"{rule.code}（{rule.since} {rule.source_document}）"
    return field


def _changed(before: str, after: str, rule: Any) -> tuple[str, str]:
    """Return only the items that an event changed."""
    shape = shape_of(rule.kind)
    if shape is None:
        return before, after
    found = shape.differences(read(before), read(after))
    one, other = ("；".join(f"{each[0]}：{each[place]}" for each in found) for place in (1, 2))
    return one, other


def declare() -> None:
    """Let rules be typed and told by the shapes of their kinds."""
    manners.column(DatedRule, "kind", typed=_kind, told=lambda value, rule: label_of(value))
    manners.column(DatedRule, "content", typed=_typed, told=lambda value, rule: words(value, rule.kind), changed=_changed)
    manners.column(DatedRule, "supersedes", typed=_supersedes)
