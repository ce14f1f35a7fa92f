"""Cells: what one cell says, as the fact of one column, or what is wrong with it and what to write instead.

Nothing is guessed. A unit inside a cell, a number that a spreadsheet has cut, a date that may mean two: each is an error
whose advice names what to write, where possible with a suggestion that can be accepted as it stands.
"""

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import units
from kaifaqu.kernel.fields import CleanedOnAssignment, ExactField, PartialDate, PartialDateField
from kaifaqu.sheets.reading import Cell

LONGEST = 200  # characters of what is no text, such as an amount or a date
KEPT = 15  # digits that a spreadsheet keeps of a number
CODES = re.compile(r"(代码|编码|编号|号码|电话|证号|文号)$")
IN_BRACKETS = re.compile(r"[（(]([^（）()]+)[）)]$")
HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-", 0x2013: "-", 0xFE63: "-"}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # come along from chats and web pages
PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
MISGROUPED = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d*)?", re.ASCII)
NEGATIVE = re.compile(r"\(([\d,]+(?:\.\d+)?)\)", re.ASCII)
CUT = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII | re.I)
AMOUNT = re.compile(  # words, number, times, unit, words
    r"(?:约|近|逾|超|超过|预计|[¥￥])?(-?\d[\d,]*(?:\.\d+)?)[余多]?(万亿|亿|千万|百万|万|千)?"
    r"([^\d约余多左以]*)(?:余|多|左右|以上)?", re.ASCII)
TIMES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3}
NOTHING = {"-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "空", "n/a", "未定"}
ALIASES = {
    "亿": "亿元", "万": "万元", "人民币元": "元", "人民币万元": "万元", "m2": "平方米", "平米": "平方米", "万m2": "万平方米",
    "万平米": "万平方米", "km2": "平方公里", "平方千米": "平方公里", "ha": "公顷",
}  # fmt: skip
LARGER = {"千元": ("元", 1000), "百万元": ("万元", 100), "千万元": ("万元", 1000), "万亩": ("亩", 10_000), "万公顷": ("公顷", 10_000)}
TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
SERIALS = range(20_000, 80_000)  # of days, 1954 to 2119; other bare numbers are no dates
YEARS = range(1900, 2101)
YES = {"是", "√", "✓", "✔", "☑", "1", "true", "y", "yes", "对"}
NO = {"否", "×", "✗", "✘", "☐", "0", "false", "n", "no", "x", "错"}


class Wrong(ValueError):
    """Raised for a cell that cannot become a fact.

    `message` says what is wrong, `advice` what to write; `suggestion` is the very text that would be right there, "" where
    the cell should be empty, None where nobody can say.
    """

    def __init__(self, message: str, advice: str = "", suggestion: str | None = None):
        super().__init__(message + advice)
        self.message, self.advice, self.suggestion = message, advice, suggestion


class Asked(NamedTuple):
    """What a cell is asked: the fact of which column, in the column's own unit or the one said above, and by which calendar."""

    column: models.Field
    own: str = ""
    said: str = ""
    since_1904: bool = False


def value_of(column: models.Field, cell: Cell, unit: str = "", *, since_1904: bool = False) -> Any:
    """Return the cell as a fact of the column; of a foreign key, the text that names the record.

    `unit` is the one that the heading names; by default the column's own. `since_1904` is that of the sheet. An empty cell
    is "" in a column of text and None in every other. Raise Wrong for a cell that is no such fact.
    """
    return values_of(column, unit, since_1904=since_1904)(cell)


@cache
def values_of(column: models.Field, unit: str = "", *, since_1904: bool = False) -> Callable[[Cell], Any]:
    """Return what turns each cell of a column into its fact, as `value_of` does."""
    teller = _teller(column)
    asked = Asked(column, unit_of(column), unit or unit_of(column), since_1904)
    nothing = "" if teller in (text, code) and not column.is_relation else None

    def told(cell: Cell) -> Any:
        if cell.kind == "empty":
            return nothing
        if cell.kind == "error":
            raise _erroneous(cell.value)
        value = trimmed(cell.value)
        if len(value) > LONGEST and teller not in (text, code):
            raise Wrong(_("「{start}……」有 {count} 字，太长。").format(start=value[:20], count=len(value)), _("请核对是不是填错了栏。"))
        return read(cell if value == cell.value else Cell(cell.kind, value)) if value else nothing

    def dated(cell: Cell) -> Any:
        """Return a date as the column takes it: one of months takes the first day of a month for the month."""
        try:
            return column.to_python(teller(asked, cell))
        except ValidationError as problem:
            raise Wrong("".join(problem.messages)) from None

    def spelt(cell: Cell) -> Any:
        """Return a text in the one spelling in which the column keeps it: by it a row finds its record."""
        return column.to_python(teller(asked, cell))

    has_spelling = column.descriptor_class is CleanedOnAssignment and not hasattr(column, "personal")
    read = spelt if has_spelling else partial(teller, asked)
    if teller is partial_date:
        read = lru_cache(1000)(dated)  # ten thousand rows have a few hundred days
    return told


def _erroneous(value: str) -> Wrong:
    if value == "=":
        return Wrong(_("公式还没有算出结果。"), _("请用 Excel 或 WPS 打开文件，保存后再上传；或直接填写数值。"))
    return Wrong(_("单元格是错误值 {value}。").format(value=value), _("请改正公式，或直接填写内容。"))


def _teller(column: models.Field) -> Callable[[Asked, Cell], Any]:
    """Return what reads the cells of this kind of column."""
    if column.is_relation:
        return text
    if column.choices:
        return choice
    kinds: tuple[tuple[Any, Callable], ...] = (
        (models.BooleanField, truth), ((ExactField, models.DecimalField), amount), (models.IntegerField, whole),
        (PartialDateField, partial_date), (models.DateField, day),
    )  # fmt: skip
    other = code if CODES.search(labels(column)[0]) else text
    return next((told for kind, told in kinds if isinstance(column, kind)), other)


@cache
def labels(column: models.Field) -> tuple[str, str]:
    """Return the column's name in Chinese, and in English."""
    return _in("zh-hans", column.verbose_name), _in("en", column.verbose_name)


def _in(language: str, lazy: Any) -> str:
    with override(language):
        return str(lazy)


@cache
def unit_of(column: models.Field) -> str:
    """Return the unit that the column's name has in brackets, "" where it has none."""
    named = IN_BRACKETS.search(labels(column)[0])
    return known_unit(named[1]) if named else ""


def known_unit(name: str) -> str:
    """Return the unit that people mean by this name, "" when it is none: ㎡ is 平方米."""
    name = unicodedata.normalize("NFKC", name).strip()
    name = ALIASES.get(name, name)
    try:
        converted(Decimal(1), name, name)
    except ValueError:
        return ""
    return name


def converted(number: Decimal, unit: str, to: str) -> Decimal:
    """Return the number in another unit, as `units.convert` does; 千元, 百万元 and the like are known too."""
    base, times = LARGER.get(unit, (unit, 1))
    base_wanted, times_wanted = LARGER.get(to, (to, 1))
    number = units.convert(number * times, base, base_wanted)
    return number if times_wanted == 1 else number / times_wanted


def trimmed(value: str) -> str:
    """Return the text without blanks and invisible signs at its ends."""
    return value.strip().strip(INVISIBLE).strip()


def half(value: str) -> str:
    """Return the text with full-width letters, digits and signs as ASCII: １２，０００ is 12,000."""
    return (value if value.isascii() else value.translate(HALF)).strip()


# Each reader takes what is asked, and a cell that is neither empty nor an error


def text(asked: Asked, cell: Cell) -> str:
    """Return the text as it stands; full-width letters of a name stay as they are."""
    return cell.value


def code(asked: Asked, cell: Cell) -> str:
    """Return an identifier as text in ASCII letters and digits. Raise Wrong for one that a spreadsheet has cut."""
    value = half(cell.value)
    if CUT.fullmatch(value) or cell.kind == "number" and len(value.lstrip("-0")) > KEPT:
        raise Wrong(
            _("「{value}」已被表格软件改写：超过 15 位的数字只保留了前 15 位。").format(value=value),
            _("请先把单元格格式设为文本，再重新填写完整的号码。"))
    return value


def amount(asked: Asked, cell: Cell) -> Decimal:
    """Return the amount in the column's own unit, exactly. Raise Wrong for anything but a plain number."""
    column, own, said, _calendar = asked
    number = Decimal(cell.value) if cell.kind == "number" else _number(cell, said)
    value = converted(number, said, own) if said != own else number
    try:
        return column.to_python(value)
    except ValidationError as problem:
        rounded = _rounded(column, value)
        if rounded is None or rounded == value:  # the size is wrong, not the decimals
            raise Wrong(problem.messages[0]) from None
        message = _("「{value}」{unit}换算成{own}除不尽。") if said != own else _("「{value}」小数位数太多。")
        suggestion = units.text(rounded)
        if said != own:
            advice = _("请把本列单位改为{own}，填 {suggestion}。").format(own=own, suggestion=suggestion)
            raise Wrong(message.format(value=cell.value, unit=said, own=own), advice) from None
        raise Wrong(message.format(value=cell.value), _advice(said, suggestion), suggestion) from None


def _rounded(column: models.Field, value: Decimal) -> Decimal | None:
    places = column.scale if isinstance(column, ExactField) else getattr(column, "decimal_places", None)
    if places is None:
        return None
    try:
        return column.to_python(units.round_half_up(value, places))
    except ValidationError:
        return None


def _number(cell: Cell, said: str) -> Decimal:
    """Return the number that a text is; raise Wrong with what was probably meant."""
    value = half(cell.value)
    if PLAIN.fullmatch(value) or GROUPED.fullmatch(value):
        return Decimal(value.replace(",", ""))
    if said == "%" and value.endswith("%") and PLAIN.fullmatch(value[:-1]):
        return Decimal(value[:-1])
    wrong = _("「{value}」不是数字。").format(value=cell.value)
    if cell.kind in ("date", "bool"):
        raise Wrong(wrong, _("请把单元格格式设为数值，再填写数字。"))
    if value.lower() in NOTHING:
        raise Wrong(wrong, _("没有数值请留空。"), "")
    if negative := NEGATIVE.fullmatch(value):
        suggestion = f"-{negative[1].replace(',', '')}"
        raise Wrong(wrong, _("负数请写减号：{suggestion}。").format(suggestion=suggestion), suggestion)
    if MISGROUPED.fullmatch(value):
        raise Wrong(_("「{value}」的千位分隔不对。").format(value=cell.value), _("请核对后只填数字，如 12000.5。"))
    meant = _meant(re.sub(r"\s", "", value), said)
    if meant is not None:
        suggestion = units.text(meant)
        raise Wrong(wrong, _advice(said, suggestion), suggestion)
    raise Wrong(wrong, _("本列单位为{unit}，请只填数字，如 12000.5。").format(unit=said) if said else _("请只填数字，如 12000.5。"))


def _advice(said: str, suggestion: str) -> str:
    if said:
        return _("本列单位为{unit}，请填 {suggestion}。").format(unit=said, suggestion=suggestion)
    return _("请填 {suggestion}。").format(suggestion=suggestion)


def _meant(value: str, said: str) -> Decimal | None:
    """Return in the unit said what a text with a unit or with words means: 1.2亿 is 12000 in 万元."""
    told = AMOUNT.fullmatch(value)
    if not told:
        return None
    number = Decimal(told[1].replace(",", "")) * TIMES.get(told[2], 1)
    named = known_unit(told[3]) if told[3] else ""
    if told[3] and not named:
        return None
    if not named and told[2] and said and _is_money(said):
        named = "元"
    try:
        return converted(number, named, said) if named and said else number
    except ValueError:
        return None


def _is_money(unit: str) -> bool:
    try:
        converted(Decimal(1), unit, "元")
    except ValueError:
        return False
    return True


def whole(asked: Asked, cell: Cell) -> int:
    """Return the whole number; raise Wrong for any other."""
    number = Decimal(cell.value) if cell.kind == "number" else _number(cell, asked.said)
    number = converted(number, asked.said, asked.own) if asked.said != asked.own else number
    if number != int(number):
        raise Wrong(_("「{value}」不是整数。").format(value=cell.value), _("请填整数，如 12。"))
    return int(number)


def partial_date(asked: Asked, cell: Cell) -> PartialDate:
    """Return the date with the precision in which it is written; raise Wrong for a text or number that is no date."""
    if cell.kind == "text" and not cell.value.isdecimal():
        with suppress(ValueError):
            return PartialDate.parse(cell.value)
    value = half(cell.value)
    try:
        if cell.kind == "date":
            return PartialDate.parse(value[:10])
        value = re.sub(r"\s*([-/.年月日号])\s*", r"\1", TIME_OF_DAY.sub("", value)).replace("号", "日")
        if value.isdecimal() or cell.kind == "number":
            return _from_digits(value, cell.kind, asked.since_1904)
        return PartialDate.parse(value)
    except Wrong:
        raise
    except ValueError as problem:
        raise Wrong(str(problem)) from None


def _from_digits(value: str, kind: str, since_1904: bool) -> PartialDate:
    """Return the date that a bare number means: 20240301, 202403, 2024, or a spreadsheet's count of days."""
    if len(value) == 8 and value.isdecimal():
        return PartialDate.parse(value)
    if len(value) == 6 and value.isdecimal() and int(value[:4]) in YEARS:
        return PartialDate(int(value[:4]), int(value[4:]))
    before, _point, after = value.partition(".")
    if after and before.isdecimal() and int(before) in YEARS:
        if after == "1" and kind == "number":
            raise Wrong(
                _("「{value}」可能是 {year} 年 1 月，也可能是 10 月：表格软件会去掉 {year}.10 末尾的 0。").format(value=value, year=before),
                _("请写 {year}-01 或 {year}-10。").format(year=before))
        return PartialDate.parse(value)
    if value.isdecimal() and int(value) in YEARS:
        return PartialDate(int(value))
    if before.isdecimal() and int(before) in SERIALS:
        start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        return PartialDate.parse(start + timedelta(days=int(before)))
    raise Wrong(_("「{value}」不是日期。").format(value=value), _("请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"))


def day(asked: Asked, cell: Cell) -> date:
    """Return a date that is known to the day; raise Wrong for any other."""
    known = partial_date(asked, cell)
    if known.day is None:
        raise Wrong(_("「{value}」没有写到日。").format(value=cell.value), _("请写完整的日期，如 2024-03-01。"))
    return known.first


def truth(asked: Asked, cell: Cell) -> bool:
    """Return True for 是, √, 1 and the like, False for 否 and the like; raise Wrong for other words."""
    value = half(cell.value).lower()
    if value in YES or value in NO:
        return value in YES
    raise Wrong(_("「{value}」不是「是」或「否」。").format(value=cell.value), _("请填「是」或「否」。"))


def choice(asked: Asked, cell: Cell) -> Any:
    """Return the stored value of a choice given by its label or by itself; raise Wrong with the nearest for another."""
    column, known = asked.column, _choices(asked.column)
    value = half(cell.value).casefold()
    if value in known:
        return known[value]
    shown = [str(label) for _value, label in column.flatchoices]
    near = get_close_matches(half(cell.value), shown, n=1, cutoff=0.5)
    message = _("「{value}」不在「{label}」的选项中。").format(value=cell.value, label=column.verbose_name)
    advice = _("可填：{choices}。").format(choices="、".join(shown))
    if near:
        raise Wrong(message, _("是否指「{near}」？").format(near=near[0]) + advice, near[0])
    raise Wrong(message, advice)


@cache
def _choices(column: models.Field) -> dict[str, Any]:
    """Return the stored values by their labels in both languages and by themselves."""
    pairs = [(value, label) for value, label in column.flatchoices if value not in (None, "")]
    known = {str(value).casefold(): value for value, _label in pairs}
    return known | {half(_in(language, label)).casefold(): value for language in ("en", "zh-hans") for value, label in pairs}
