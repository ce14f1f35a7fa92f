"""Composing: what the marks of a template make, its numbers, tables, lists and charts, in the order in which they are asked."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.kernel.records import field_of
from kaifaqu.pages.reading import NOTHING, Reader, kind
from kaifaqu.pages.series import months_to
from kaifaqu.reporting import display
from kaifaqu.reporting.calls import MISSING, OWN, Asker, Call, definition_of, period_of
from kaifaqu.reporting.document import RESERVED, Chart, Document, Number, Spans, Table, block_at, number_at

OPTIONS = {  # what a person writes in a mark: what the code calls it
    "期间": "period", "分组": "by", "组": "group", "比较": "against", "单位": "unit", "位数": "places", "写作": "style", "取整": "grain",
    "列": "columns", "栏目": "columns", "题": "caption", "条数": "most", "月数": "count",
}  # fmt: skip
FACTS = {"值": "value", "缺数": "is_missing", "增长": "has_grown", "下降": "has_fallen", "持平": "is_level"}  # what a condition asks
OF_A_NUMBER = ("period", "by", "group", "against", "unit", "places", "style", "grain")
MOST, LONGEST = 200, 60  # rows of a list of records, months of a chart


class Shown:
    """A number inside a template: it stands in the text as its place, and can be asked in conditions."""

    def __init__(self, place: int, number: Number):
        self._place, self._number = place, number
        number.is_written = False  # a condition may ask it only

    def __str__(self) -> str:
        self._number.is_written = True
        return number_at(self._place)

    __html__ = __str__  # a Word file's text is escaped; this is no text yet

    @property
    def value(self) -> Decimal | None:
        """Return the exact value, None where there is none."""
        return None if self._number.value is None else Decimal(self._number.value)

    @property
    def is_missing(self) -> bool:
        """Tell whether there is no value."""
        return bool(self._number.problem)

    @property
    def has_grown(self) -> bool:
        """Tell whether it is more than what it is compared with."""
        return self._change() > 0

    @property
    def has_fallen(self) -> bool:
        """Tell whether it is less than what it is compared with."""
        return self._change() < 0

    @property
    def is_level(self) -> bool:
        """Tell whether it is as much as what it is compared with."""
        return self._number.base is not None and self._number.value is not None and self._change() == 0

    def _change(self) -> Decimal:
        number = self._number
        if number.value is None or number.base is None or number.shown == display.LEVEL:
            return Decimal(0)  # a sentence says no more than the number that stands in it
        return Decimal(number.value) - Decimal(number.base)

    def _compared(self, other: Any, holds: Callable[[Decimal, Decimal], bool]) -> bool:
        try:
            value, than = self.value, other.value if isinstance(other, Shown) else Decimal(str(other))
        except InvalidOperation:
            raise ValueError(_("「{other}」不是数字，不能与数字比较。").format(other=other)) from None
        return value is not None and than is not None and holds(value, than)

    def __bool__(self) -> bool:
        return bool(self.value)  # 如果 数("…"): where there are any

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, lambda one, than: one > than)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, lambda one, than: one >= than)

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, lambda one, than: one < than)

    def __le__(self, other: Any) -> bool:
        return self._compared(other, lambda one, than: one <= than)

    def __eq__(self, other: object) -> bool:
        return self._compared(other, lambda one, than: one == than)

    def __hash__(self) -> int:
        return self._place


@dataclass
class Composer:
    """Makes one document of a template: answers its marks, and keeps the numbers, tables and charts that they make.

    What is wrong with a mark is kept in `problems`, so that everything is said at once.
    """

    asker: Asker
    document: Document
    blocks: list[Table | Chart] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def words(self) -> dict[str, Any]:
        """Return every word that a mark may use."""
        said: dict[str, Callable[..., Any]] = {
            "数": self.number, "表": self.table, "清单": self.listing, "图": self.chart, "期间": self.period,
        }
        return {
            **{word: self._spoken(word, answer) for word, answer in said.items()},
            "本期": self.document.period_label, "单位": RESERVED.sub("", self.document.owner), "截至": self.document.known_on,
        }  # fmt: skip

    def number(self, name: str, **options: Any) -> Shown:
        """Return a number. Raise LookupError or ValueError with a sentence for one that nobody could answer."""
        number = self.asker.number(call_of(name, options))
        return Shown(self._place(number), number)

    def period(self, words: str) -> str:
        """Return the name of a period that is written in words. Raise ValueError for words that name none."""
        return period_of(words, self.asker.period).label

    def table(self, *names: Any, columns: Any = OWN, by: str = "", caption: str = "", unit: str = "", places: int | None = None) -> str:
        """Return a table: a row for each figure, or for each group of the only one; a column for each period or change.

        Raise ValueError or LookupError with a sentence for one that cannot be made.
        """
        named, asked = listed(names), listed(columns)
        if by and len(named) != 1:
            raise ValueError(_("写了「分组」的表只能有一个指标。"))
        labels = [str(definition_of(name).label) for name in named]
        lines = [(named[0], each, each) for each in self._groups(named[0], by)] if by else [
            (name, "", label) for name, label in zip(named, labels, strict=True)]
        heads = [each if each in display.CHANGES else period_of(each, self.asker.period).label for each in asked]
        options: dict[str, Any] = {"by": by, "unit": unit, "places": places}
        cells = [[Call(name, group=group, **(options | _column(each))) for each in asked] for name, group, _label in lines]
        self.asker.expect(call for row in cells for call in row)
        table = Table(caption, [labels[0] if by else _("指标"), *heads], [], [False, *(True for _each in asked)])
        for (_name, _group, label), row in zip(lines, cells, strict=True):
            spans: list[Spans] = [[label]]
            table.rows.append(spans + [[self._place(self.asker.number(call))] for call in row])
        return self._block(table)

    def listing(self, name: str, columns: Any = "", period: str = OWN, caption: str = "", most: int = 20) -> str:
        """Return the records behind a figure as a table, each fact bound to its record.

        Raise ValueError or LookupError with a sentence where the reader may not see them, or for a column that there is not.
        """
        figure = self.asker.figure(definition_of(name), period_of(period, self.asker.period))
        rows, indicator = figure.rows, figure.indicator
        if rows is None or not isinstance(indicator, Indicator):
            raise ValueError(figure.reason or _("「{label}」背后没有可列的记录。").format(label=indicator.label))
        register, most = indicator.register, _whole("条数", most, MOST)
        chosen = _columns(register, listed(columns))
        table = Table(caption, [str(each.verbose_name) for each in chosen], [], [kind(each) == "number" for each in chosen])
        for row, texts in Reader(self.asker.user).table(register, rows[:most], chosen).rows:
            source = [[register.register, row.id, row.code, getattr(row, "seq", row.id)]]
            table.rows.append([self._fact(f"{row.code} · {each.verbose_name}", text, source, figure)
                               for each, text in zip(chosen, texts, strict=True)])
        if (count := rows.count()) > most:
            rest = self._fact(_("未列的记录数"), str(count - most), [], figure)
            said, _place, unit = _("另有 {count} 条未列").partition("{count}")
            last: list[Spans] = [[said, *rest, unit]]
            table.rows.append(last + [[""] for _each in chosen[1:]])
        return self._block(table)

    def chart(self, name: str, count: int = 12, caption: str = "", **options: Any) -> str:
        """Return a chart of the months that end with the document's period. Raise as `number` does."""
        months = months_to(self.asker.period, _whole("月数", count, LONGEST))
        calls = [call_of(name, {**options, "period": month.text}) for month in months]
        self.asker.expect(calls)
        numbers = [self.asker.number(call) for call in calls]
        largest = max((abs(Decimal(each.value)) for each in numbers if each.value is not None), default=Decimal(0))
        unit = calls[0].unit or units.told_in(numbers[-1].unit, largest)
        if unit != calls[0].unit:  # all bars are told in one
            numbers = [self.asker.number(replace(call, unit=unit)) for call in calls]
        names = ["{month}月" if place and month.start.month > 1 else "{year:02d}年{month}月" for place, month in enumerate(months)]
        bars = [(name.format(year=month.start.year % 100, month=month.start.month), self._place(number))
                for name, month, number in zip(names, months, numbers, strict=True)]
        told = caption or _("{label}（{first}至{last}）").format(label=numbers[-1].label, first=months[0].label, last=months[-1].label)
        return self._block(Chart(told, unit, bars))

    def _spoken(self, word: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Return an answer that takes its options in the words of a template, and keeps what is wrong with the mark."""

        def speak(*told: Any, **options: Any) -> Any:
            try:
                return answer(*told, **{OPTIONS.get(name, name): value for name, value in options.items()})
            except (ValueError, LookupError) as problem:
                said = problem.args[0]
            except TypeError:
                said = _("没有写对。可写的项：{options}。").format(options="、".join(OPTIONS))
            mark = f"{word}（{'、'.join(map(str, told))}）"
            self.problems.append(f"{mark}：{said}")
            nothing = Number(str(told[:1]), mark, "", "", "", "", [], [], self.asker.known, MISSING, problem=said)
            return Shown(self._place(nothing), nothing) if word == "数" else f"〔{word}〕"

        return speak

    def _fact(self, label: str, text: str, source: list[list[Any]], figure: Figure) -> Spans:
        """Return a text from the records; one with a digit in it is a number that opens its record."""
        plain = html.unescape(strip_tags(text)) if hasattr(text, "__html__") else text
        if not any(letter.isdigit() for letter in plain):
            return ["" if plain == NOTHING else plain]
        return [self._place(Number(
            "", label, _("台账记录"), "", figure.period.text, figure.period.label,
            [*self.asker.parties], [*self.asker.parties.values()], self.asker.known, plain,
            status=figure.status, records=source, data_date=f"{figure.data_date}" if figure.data_date else None))]

    def _groups(self, name: str, by: str) -> list[str]:
        """Return the groups that a figure has in the document's period, in words."""
        return [each.label for each in self.asker.figure(definition_of(name), self.asker.period, by).groups]

    def _place(self, number: Number) -> int:
        self.document.numbers.append(number)
        return len(self.document.numbers) - 1

    def _block(self, block: Table | Chart) -> str:
        self.blocks.append(block)
        return block_at(len(self.blocks) - 1)


def call_of(name: str, options: dict[str, Any]) -> Call:
    """Return what a mark asks for. Raise ValueError with a sentence for an option that a number does not have."""
    told = {OPTIONS.get(each, each): value for each, value in options.items()}
    if unknown := [each for each in options if OPTIONS.get(each, each) not in OF_A_NUMBER]:
        known = [word for word, option in OPTIONS.items() if option in OF_A_NUMBER]
        raise ValueError(_("没有「{unknown}」。可写：{options}。").format(unknown="、".join(unknown), options="、".join(known)))
    places = told.pop("places", None)
    if places is not None and not (isinstance(places, int) and 0 <= places <= 6):
        raise ValueError(_("「位数」请写 0 至 6 的整数。"))
    return Call(str(name), places=places, **{each: str(value) for each, value in told.items()})


def _whole(word: str, told: Any, most: int) -> int:
    """Return how many are asked for, at most so many. Raise ValueError with a sentence for what is no such number."""
    if not (isinstance(told, int) and told > 0):
        raise ValueError(_("「{word}」请写大于 0 的整数，不是「{told}」。").format(word=word, told=told))
    return min(told, most)


def listed(words: Any) -> list[str]:
    """Return names that were written as a list, or in one text with commas."""
    if isinstance(words, list | tuple):
        return [part for each in words for part in listed(each)]
    return [part.strip() for part in re.split("[,，、]", str(words)) if part.strip()]


def _columns(register: Any, wanted: list[str]) -> list[Any]:
    """Return the columns of a list, found by name or code. Raise ValueError that names those that there are not.

    Personal facts stand in no list: what is issued cannot be erased.
    """
    open_to_all = [each for each in ("code", *register.columns) if kind(field_of(register, each)) != "personal"]
    labels = {str(field_of(register, each).verbose_name): each for each in open_to_all}
    if unknown := [each for each in wanted if each not in labels and each not in labels.values()]:
        raise ValueError(_("{register}没有栏目「{names}」。可写：{columns}。").format(
            register=register._meta.verbose_name, names="、".join(unknown), columns="、".join(labels)))
    return [field_of(register, labels.get(each, each)) for each in wanted or register.listed[:5]]


def _column(words: str) -> dict[str, str]:
    """Return what a column of a table asks for: a period, or a change against the year before."""
    return {"against": "上年同期", "style": words} if words in display.CHANGES else {"period": words}
