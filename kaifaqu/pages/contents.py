"""The content of a dated rule on a page: typed in the fields of its kind's shape, told in words, stored as JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.pages import manners
from kaifaqu.pages.asked import number
from kaifaqu.pages.forms import CHANGE_ROWS
from kaifaqu.shapes import Choice, Item, Rows, Several, Shape

MOST_ROWS = 500


def shape_of(kind: str) -> Shape | None:
    """Return the shape of a kind of rule; None for one that is not known, or checks its content in another way."""
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
    """Return a stored content in words, by its shape; without one as it stands."""
    shape = shape_of(kind)
    return shape.words(read(stored)) if shape else stored


class Fields(forms.Widget):
    """An input for each item of the shape. The value is one text, the JSON; it also comes back whole, out of sight.

    A button adds a row or takes one away: what is sent then is read with that change, and shown again.
    """

    template_name = "pages/widgets/content.html"
    use_fieldset = True

    def __init__(self, shape: Shape):
        self.shape, self.focus = shape, ""
        super().__init__()

    def __deepcopy__(self, memo: Any) -> "Fields":
        return type(self)(self.shape)  # labels are lazy and need no copy

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        parts = self._parts(name, self.shape.items, self.shape, read(value or ""))
        focus = self.focus or _first(parts) if self.attrs.get("autofocus") else ""
        tabled = any(isinstance(item, Rows) for item in self.shape.items)
        return {"widget": {"name": name, "parts": parts, "focus": focus, "change": CHANGE_ROWS, "tabled": tabled}}

    def _parts(self, name: str, items: tuple[Item, ...], shape: Shape, content: Any) -> list[dict[str, Any]]:
        return [self._part(_at(name, item.path), item, shape.value(content, item)) for item in items]

    def _part(self, name: str, item: Item, value: Any) -> dict[str, Any]:
        part: dict[str, Any] = {"item": item, "id": f"id_{name}", "name": name, "value": item.typed(value)}
        part["help"] = re.sub(r"-\d+(?=-|$)", "-0", part["id"])  # told in the first row
        if isinstance(item, Choice):
            part |= {"options": [*item.choices.items()], "known": not item.optional and item.may_be(value)}
        if isinstance(item, Several):
            ticked = value if isinstance(value, list) else []
            part["boxes"] = [(f"{part['id']}-{word}", word, label, word in ticked) for word, label in item.boxes.items()]
        if isinstance(item, Rows):
            part["rows"] = [*self._rows_of(name, item, item.rows(value))]
        return part

    def _rows_of(self, name: str, item: Rows, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the rows as they are shown: a long one in groups, folded unless it is the last or something is wrong with it."""
        for place, row in enumerate(rows):
            shown: dict[str, Any] = {"parts": self._parts(f"{name}-{place}", item.items, item.entry, row)}
            if item.entry.groups:
                by_path, is_new = {part["item"].path: part for part in shown["parts"]}, self.focus.startswith(f"id_{name}-{place}-")
                shown["groups"] = [_group(label, [by_path[path] for path in paths], is_new) for label, paths in item.entry.groups]
                shown["is_open"] = place == len(rows) - 1 or any(item.entry.problems(row))
                shown["told"] = item.brief(row) if item.brief else item.name(row, place + 1)
            yield shown

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        if name in data:
            return data[name]
        change = data.get(CHANGE_ROWS, "").partition(" ")
        return text(self._typed(name, self.shape.items, self.shape, data, change) or {})

    def _typed(self, name: str, items: tuple[Item, ...], shape: Shape, data: Any, change: tuple[str, str, str]) -> Any:
        """Return what is typed in the inputs of these items, which is the content of the shape."""
        values = {}
        for item in items:
            at = _at(name, item.path)  # of boxes as many values are sent as are ticked
            typed = self._rows(at, item, data, change) if isinstance(item, Rows) else item.read("、".join(data.getlist(at)).strip())
            if typed is not None:
                values[item.path] = typed
        return Shape(items).content(values)

    def _rows(self, name: str, item: Rows, data: Any, change: tuple[str, str, str]) -> Any:
        """Return what is typed in rows, after the change; empty ones only while rows are changed."""
        count = min(number(data.get(f"{name}-rows", "")) or 0, MOST_ROWS)
        rows = [self._typed(f"{name}-{place}", item.items, item.entry, data, change) for place in range(count)]
        asked, _space, at = change
        if asked in ("add", "follow") and at == name and count < MOST_ROWS:
            rows.append(item.follows(rows) if asked == "follow" and item.follows else {})
            first = next((each for each in item.items if each.path not in rows[-1]), item.items[0])
            self.focus = f"id_{_at(f'{name}-{count}', first.path)}"
        elif asked.isdecimal() and at == name and int(asked) < count:
            del rows[int(asked)]
            self.focus = f"id_{name}-add"
        rows = [row for row in rows if row or asked]
        return item.joined(rows) if rows else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


def _at(name: str, path: str) -> str:
    """Return the name of an input within another."""
    return f"{name}-{path}" if path else name


def _first(parts: list[dict[str, Any]]) -> str:
    """Return the first input of these parts."""
    part = parts[0]
    return part["id"] if "rows" not in part else _first(part["rows"][-1]["parts"]) if part["rows"] else f"{part['id']}-add"


def _group(label: Any, parts: list[dict[str, Any]], is_new: bool) -> dict[str, Any]:
    """Return a group of a long row: what is filled in or has to be, and apart from it what may be, open where that is all or new."""
    shown = [part for part in parts if part["value"] or not part["item"].optional]
    more = [part for part in parts if part not in shown]
    names = "、".join(str(part["item"].label) for part in more)
    return {"label": label, "shown": shown, "more": more, "is_open": is_new or not shown, "names": names}


class ContentInput(forms.CharField):
    """The content of a rule, cleaned to the JSON that is stored."""

    def __init__(self, shape: Shape, **options: Any):
        self.shape = shape
        super().__init__(widget=Fields(shape), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the content with its items in the order of the shape, so that two of them can be compared as texts."""
        content = read(value) if isinstance(value, str) else None
        return text(_ordered(self.shape, content)) if isinstance(content, dict) else value

    def clean(self, value: Any) -> str:
        if problems := [*self.shape.problems(read(value or ""))]:
            raise ValidationError(problems)
        return self.prepare_value(value)


def _ordered(shape: Shape, content: Any) -> Any:
    found = {}
    for item in shape.items:
        value = item.ordered(shape.value(content, item))
        if isinstance(item, Rows) and not item.flat and value is not None:
            value = item.joined([_ordered(Shape(item.items), row) for row in item.rows(value)])
        if value is not None:
            found[item.path] = value
    return shape.content(found)


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
