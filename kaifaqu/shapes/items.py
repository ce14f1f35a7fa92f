"""Items: single entries of a content. Each knows what may stand there, how it is typed, and how it is told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Words = str | Promise
Differences = Iterator[tuple[str, str, str]]
NOTHING = "—"
DAY = re.compile(r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?", re.ASCII)


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """One entry of a content: where it stands ("progress.red_points" within "progress"), and its name in words.

    `told` is the sentence in which it is told, with {value} in it; by default its name and the value. An optional item
    may be missing. `kind` is the input in which it is typed.
    """

    kind: ClassVar[str] = "text"
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

    @property
    def example(self) -> Any:
        """Return a value that may stand there, for an example."""
        raise NotImplementedError

    def problems(self, value: Any) -> Iterator[str]:
        """Yield a sentence for everything that is wrong with what stands there."""
        if not self.may_be(value):
            yield self._please()

    def _please(self) -> str:
        path = f"（{self.path}）" if self.path else ""
        return _("请写明「{label}」{path}：{permitted}。").format(label=self.label, path=path, permitted=self.permitted())

    def value(self, value: Any) -> str:
        """Return a value in words."""
        return str(value)

    def words(self, value: Any) -> str:
        """Return the item with its value in words."""
        told = self.value(value)
        return str(self.told).format(value=told) if self.told else f"{self.label}：{told}"

    def ordered(self, value: Any) -> Any:
        """Return a value as it is compared with others: the same one where only an order differs that says nothing."""
        return value

    def differences(self, before: Any, after: Any) -> Differences:
        """Yield what differs between two values, None where there is none: its name, and both in words."""
        if self.ordered(before) != self.ordered(after):
            one, other = (NOTHING if each is None else self.value(each) for each in (before, after))
            yield str(self.label), one, other

    def read(self, typed: str) -> Any:
        """Return the value that is typed; None for nothing, and what cannot be read as it stands, for the check to refuse."""
        return typed or None

    def typed(self, value: Any) -> str:
        """Return a value as it stands in its input."""
        return "" if value is None else str(value)

    def _asked(self, otherwise: str) -> str:
        return str(self.help).removesuffix("。") or otherwise


@dataclass(frozen=True, kw_only=True, eq=False)
class Whole(Item):
    """A whole number; `none` is how zero is told."""

    kind = "number"
    unit: Words = ""
    none: Words = ""
    least: int = 0
    most: int | None = None

    @property
    def example(self) -> int:
        return max(self.least, 0)

    def may_be(self, value: Any) -> bool:
        return type(value) is int and self.least <= value and (self.most is None or value <= self.most)  # true is no number

    def permitted(self) -> str:
        span = _("不小于 {least} 的整数") if self.most is None else _("{least} 至 {most} 的整数")
        return "；".join(filter(None, (span.format(least=self.least, most=self.most), str(self.help).removesuffix("。"))))

    def value(self, value: Any) -> str:
        return f"{value} {self.unit}".strip()

    def words(self, value: Any) -> str:
        return str(self.none) if self.none and value == 0 else super().words(value)

    def read(self, typed: str) -> Any:
        return int(typed) if re.fullmatch(r"-?\d{1,9}", typed, re.ASCII) else typed or None


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Item):
    """One of several words, each with what it means."""

    kind = "choice"
    choices: Mapping[Any, Words]

    @property
    def example(self) -> str:
        return next(iter(self.choices))

    def may_be(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.choices

    def permitted(self) -> str:
        return "、".join(f"{word}（{meaning}）" for word, meaning in self.choices.items())

    def value(self, value: Any) -> str:
        return str(self.choices.get(value, value))


@dataclass(frozen=True, kw_only=True, eq=False)
class Word(Item):
    """Something in words; its help says what."""

    example = "……"

    def may_be(self, value: Any) -> bool:
        return isinstance(value, str) and bool(value.strip())

    def permitted(self) -> str:
        return self._asked(_("文字"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Yes(Item):
    """Something that is so or is not; what is not written is not."""

    kind = "checkbox"
    example = True
    optional: bool = True

    def may_be(self, value: Any) -> bool:
        return type(value) is bool

    def permitted(self) -> str:
        return "；".join(filter(None, (_("true（是）或 false（否）"), str(self.help).removesuffix("。"))))

    def value(self, value: Any) -> str:
        return _("是") if value else _("否")

    def read(self, typed: str) -> Any:
        return True if typed else None

    def typed(self, value: Any) -> str:
        return "yes" if value is True else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Day(Item):
    """A day, stored as 2026-01-01; it may be typed as it is written elsewhere."""

    kind = "date"
    example = "2026-01-01"

    def may_be(self, value: Any) -> bool:
        try:
            return isinstance(value, str) and f"{date.fromisoformat(value)}" == value
        except ValueError:
            return False

    def permitted(self) -> str:
        return _("日期，写成 {example} 的样子").format(example=self.example)

    def read(self, typed: str) -> Any:
        found = DAY.fullmatch(typed)
        return "{:0>4}-{:0>2}-{:0>2}".format(*found.groups()) if found else typed or None


@dataclass(frozen=True, kw_only=True, eq=False)
class Time(Item):
    """A time of the day, stored as 08:30."""

    kind = "time"
    example = "08:30"

    def may_be(self, value: Any) -> bool:
        try:
            return isinstance(value, str) and f"{time.fromisoformat(value):%H:%M}" == value
        except ValueError:
            return False

    def permitted(self) -> str:
        return _("时刻，写成 {example} 的样子").format(example=self.example)


@dataclass(frozen=True, kw_only=True, eq=False)
class Several(Item):
    """A short list of values of one kind, typed one after the other; no more than `most`.

    Of choices each stands there once, and their order says nothing: they are ticked.
    """

    of: Item
    most: int | None = None
    between: Words = "、"

    @property
    def example(self) -> list[Any]:
        return [self.of.example]

    def may_be(self, value: Any) -> bool:
        if not isinstance(value, list) or not all(map(self.of.may_be, value)):
            return False
        return (self.most is None or len(value) <= self.most) and not (self.boxes and len({*value}) < len(value))

    @property
    def boxes(self) -> Mapping[Any, Words]:
        """Return the choices that are ticked; none where something else is typed."""
        return self.of.choices if isinstance(self.of, Choice) else {}

    def ordered(self, value: Any) -> Any:
        return sorted(value, key=[*self.boxes].index) if self.boxes and isinstance(value, list) and self.may_be(value) else value

    def permitted(self) -> str:
        if self.boxes:
            return self._asked(_("从中选一项或几项：{each}").format(each=self.of.permitted()))
        return self._asked(_("{each}，几个之间写「、」").format(each=self.of.permitted()))

    def value(self, value: Any) -> str:
        return str(self.between).join(map(self.of.value, value))

    def read(self, typed: str) -> Any:
        return [self.of.read(each) for each in re.split(r"[、，,；;\s至到～~]+", typed) if each] or None

    def typed(self, value: Any) -> str:
        return str(self.between).join(map(self.of.typed, value)) if isinstance(value, list) else super().typed(value)
