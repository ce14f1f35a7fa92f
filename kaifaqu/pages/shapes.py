"""Shapes: what the content of a kind of dated rule is made of. One table gives its check, its form and its words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Words = str | Promise
NOTHING = "—"


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """One entry of a rule's content: where it stands ("progress.red_points" within "progress"), and its name in words.

    `told` is the sentence in which it is told, with {value} in it; by default its name and the value. An optional item
    may be missing.
    """

    path: str
    label: Words
    help: Words = ""
    told: Words = ""
    optional: bool = False

    def may_be(self, value: Any) -> bool:
        """Tell whether the value may stand there."""
        raise NotImplementedError

    def permitted(self) -> str:
        """Return in words what may be written."""
        raise NotImplementedError

    def value(self, value: Any) -> str:
        """Return a value in words."""
        return str(value)

    def words(self, value: Any) -> str:
        """Return the item with its value in words."""
        told = self.value(value)
        return str(self.told).format(value=told) if self.told else f"{self.label}：{told}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Whole(Item):
    """A whole number, not below zero; `none` is how zero is told."""

    unit: Words = ""
    none: Words = ""

    def may_be(self, value: Any) -> bool:
        return type(value) is int and value >= 0  # true is no number

    def permitted(self) -> str:
        return "；".join(filter(None, (_("不小于 0 的整数"), str(self.help).removesuffix("。"))))

    def value(self, value: Any) -> str:
        return f"{value} {self.unit}".strip()

    def words(self, value: Any) -> str:
        return str(self.none) if self.none and value == 0 else super().words(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Item):
    """One of several words, each with what it means."""

    choices: Mapping[str, Words]

    def may_be(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.choices

    def permitted(self) -> str:
        return "、".join(f"{word}（{meaning}）" for word, meaning in self.choices.items())

    def value(self, value: Any) -> str:
        return str(self.choices.get(value, value))


@dataclass(frozen=True)
class Shape:
    """The items of a kind of rule; called with a content, it says in a sentence what is wrong with it, or nothing.

    `ascending` are pairs of paths of which the second may not be smaller than the first.
    """

    items: tuple[Item, ...]
    ascending: tuple[tuple[str, str], ...] = ()

    def __call__(self, content: Any) -> str:
        """Return what is wrong with the content and what to write, or nothing."""
        return next(self.problems(content), "")

    def problems(self, content: Any) -> Iterator[str]:
        """Yield a sentence for everything that is wrong with the content."""
        known = {item.path: item for item in self.items}
        if not isinstance(content, dict):
            yield _("内容请写成 {example}，可填：{items}。").format(example=self._example(), items=self._names())
            return
        written = dict(_leaves(content))
        for path in written:
            if path not in known:
                yield _("没有「{path}」这一项，可填：{items}。").format(path=path, items=self._names())
        right = {path for path, item in known.items() if item.may_be(written.get(path))}
        for path, item in known.items():
            if path not in right and (path in written or not item.optional):
                yield _("请写明「{label}」（{path}）：{permitted}。").format(label=item.label, path=path, permitted=item.permitted())
        for lower, upper in self.ascending:
            if {lower, upper} <= right and written[lower] > written[upper]:
                yield _("「{upper}」不能小于「{lower}」。").format(upper=known[upper].label, lower=known[lower].label)

    def value(self, content: Any, item: Item) -> Any:
        """Return the item's value in the content, or None."""
        return dict(_leaves(content)).get(item.path) if isinstance(content, dict) else None

    def content(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content in which the values stand at their paths; those that are not there are left out."""
        found: dict[str, Any] = {}
        for item in self.items:
            if item.path in values:
                *above, last = item.path.split(".")
                place = found
                for name in above:
                    place = place.setdefault(name, {})
                place[last] = values[item.path]
        return found

    def words(self, content: Any) -> str:
        """Return the content in words."""
        values = ((item, self.value(content, item)) for item in self.items)
        return "；".join(item.words(value) for item, value in values if value is not None) or NOTHING

    def differences(self, before: Any, after: Any) -> list[tuple[str, str, str]]:
        """Return each item that differs: its name, its value before and after in words."""
        pairs = ((item, self.value(before, item), self.value(after, item)) for item in self.items)
        return [(str(item.label), _told(item, one), _told(item, other)) for item, one, other in pairs if one != other]

    def _names(self) -> str:
        return "、".join(f"{item.path}（{item.label}）" for item in self.items)

    def _example(self) -> str:
        """Return how a content is written, with the first word of each choice and zeros."""
        values = {item.path: next(iter(item.choices)) if isinstance(item, Choice) else 0 for item in self.items}
        return json.dumps(self.content(values), ensure_ascii=False)


def _told(item: Item, value: Any) -> str:
    return NOTHING if value is None else item.value(value)


def _leaves(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a content with its path."""
    for name, value in content.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
