"""A shape: the items of a content, with what must hold between them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.shapes.items import NOTHING, Differences, Item, Words


@dataclass(frozen=True)
class Shape:
    """The items of a kind of rule; called with a content, it says everything that is wrong with it, or nothing.

    `ascending` are pairs of paths of which the second may not be smaller than the first. `also` yields what is wrong
    besides with a content whose items are all right, `tell` tells such a content. Of a kind whose rules stand `beside`
    each other none takes the place of another, nor of the shipped one; what a rule laid `over` the shipped one does not
    name is as it is there. Of a long entry `groups` are its parts: the name of each, and the paths of its items.
    """

    items: tuple[Item, ...]
    ascending: tuple[tuple[str, str], ...] = ()
    also: Callable[[Any], Iterator[str]] | None = None
    tell: Callable[[Any], str] | None = None
    beside: bool = False
    over: bool = False
    groups: tuple[tuple[Words, tuple[str, ...]], ...] = ()

    def __call__(self, content: Any) -> str:
        """Return everything that is wrong with the content and what to write, or nothing."""
        return "".join(self.problems(content))

    def problems(self, content: Any) -> Iterator[str]:
        """Yield a sentence for everything that is wrong with the content."""
        known = {item.path: item for item in self.items}
        if "" in known:  # the one item is the whole
            yield from self.items[0].problems(content)
            return
        if not isinstance(content, dict):
            example = json.dumps(self.example, ensure_ascii=False)
            yield _("内容请写成 {example}，可填：{items}。").format(example=example, items=self._names())
            return
        written = dict(self._leaves(content))
        for path in written:
            if path not in known:
                yield _("没有「{path}」这一项，可填：{items}。").format(path=path, items=self._names())
        right = set()
        for path, item in known.items():
            found = [*item.problems(written.get(path))] if path in written or not item.optional else []
            yield from found
            if path in written and not found:
                right.add(path)
        for lower, upper in self.ascending:
            if {lower, upper} <= right and written[lower] > written[upper]:
                yield _("「{upper}」不能小于「{lower}」。").format(upper=known[upper].label, lower=known[lower].label)
        if self.also and right == {*written} and all(item.optional or path in right for path, item in known.items()):
            yield from self.also(content)

    def value(self, content: Any, item: Item) -> Any:
        """Return the item's value in the content, or None."""
        for name in item.path.split(".") if item.path else ():
            content = content.get(name) if isinstance(content, dict) else None
        return content

    def content(self, values: Mapping[str, Any]) -> Any:
        """Return the content in which the values stand at their paths; those that are not there are left out."""
        if "" in values:
            return values[""]
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
        """Return the content in words; as it stands where it cannot be told, since it may be older than the check."""
        if self.tell:
            return self.tell(content) if not self(content) else json.dumps(content, ensure_ascii=False)
        values = ((item, self.value(content, item)) for item in self.items)
        told = "；".join(item.words(value) for item, value in values if value is not None)
        return told or (json.dumps(content, ensure_ascii=False) if content else NOTHING)

    def differences(self, before: Any, after: Any) -> list[tuple[str, str, str]]:
        """Return each item that differs: its name, its value before and after in words."""
        return [each for item in self.items for each in self._differing(item, before, after)]

    def _differing(self, item: Item, before: Any, after: Any) -> Differences:
        return item.differences(self.value(before, item), self.value(after, item))

    @property
    def example(self) -> Any:
        """Return how a content is written."""
        return self.content({item.path: item.example for item in self.items})

    def _names(self) -> str:
        return "、".join(f"{item.path}（{item.label}）" for item in self.items)

    def _leaves(self, content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
        """Yield every value of a content with its path; what stands within rows is theirs."""
        for name, value in content.items():
            path = f"{above}{name}"
            if isinstance(value, dict) and value and not any(item.path == path and item.kind == "rows" for item in self.items):
                yield from self._leaves(value, f"{path}.")
            else:
                yield path, value
