"""What stands beside the text on paper: the note of each number, the numerals of headings, and the last block.

A document is issued in Chinese, whoever looks at it: these words are not translated.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from kaifaqu.kernel.periods import Period
from kaifaqu.reporting.document import Chart, Document, Heading, Number, Stamp, Table

DIGITS = "零一二三四五六七八九"
LEVELS = 4
HAN = "[一二三四五六七八九十]+"
NUMBERED = re.compile(rf"\s*({HAN}、|（{HAN}）|\d+[.．、]|（\d+）|第{HAN}[章节部分])")  # by hand


def note(document: Document, stamp: Stamp, place: int) -> str:
    """Return what a footnote says of the number: 口径, 来源, 数据截至 and the code by which it is looked up."""
    return f"{said(document.numbers[place])}查证码 {stamp.trace(place)}。"


def said(number: Number) -> str:
    """Return basis, source and data date of a number in sentences."""
    group = f"，其中{number.group}" if number.group else ""
    source = [number.period_label, "、".join(number.owners), counted(number)]
    told = [f"口径：{number.label}{group}，{number.basis.rstrip('。')}。", f"来源：{'，'.join(filter(None, source))}。"]
    if number.rule:
        told.append(f"依据：{number.rule}。")
    if len(number.sides) == 2:
        told.append("计算：" + " ÷ ".join(f"{label} {value}{unit}" for label, value, unit in number.sides) + "。")
    if number.against and number.base is not None:
        told.append(f"比较：{period_label(number.against)}为 {number.base}{number.unit}。")
    if number.data_date:
        told.append(f"数据截至 {number.data_date}。")
    return "".join(told)


def counted(number: Number) -> str:
    """Return how many records are behind the number; where the reader may not look at them, that it is so."""
    return f"{len(number.records)} 条记录" if number.records or number.status == "open" else "记录不公开"


def period_label(text: str) -> str:
    """Return a period as people say it."""
    with override("zh-hans"):
        return Period.parse(text).label


def of_chart(document: Document, stamp: Stamp, chart: Chart) -> str:
    """Return the one footnote of a chart."""
    return "".join(_together(document, stamp, [place for _name, place in chart.bars]))


def of_table(document: Document, stamp: Stamp, table: Table) -> list[str]:
    """Return what stands below a table instead of a footnote in each cell; its codes run from left to right, top to bottom."""
    return _together(document, stamp, [each for row in table.rows for cell in row for each in cell if isinstance(each, int)])


def _together(document: Document, stamp: Stamp, places: Sequence[int]) -> list[str]:
    """Return what is said of many numbers: each figure once with its codes, then the source; facts of records share a line."""
    told: dict[str, list[int]] = {}
    for place in places:
        number = document.numbers[place]
        rule = f"（{number.rule}）" if number.rule else ""
        told.setdefault(f"{number.label}，{number.basis.rstrip('。')}{rule}" if number.code else number.basis, []).append(place)
    numbers = [document.numbers[place] for place in places]
    records = {tuple(each[:2]) for number in numbers for each in number.records}
    counted_in = f"，共 {len(records)} 条记录" if records else "，记录不公开"
    owners = "、".join(dict.fromkeys(name for number in numbers for name in number.owners))
    dates = [each.data_date for each in numbers if each.data_date]
    source = f"来源：{owners}{counted_in}。" + (f"数据截至 {max(dates)}。" if dates else "")
    return [*(f"口径：{words}。查证码 {_codes(stamp, held)}。" for words, held in told.items()), source] if places else []


def _codes(stamp: Stamp, places: list[int]) -> str:
    """Return trace codes, those in a row as the first and the last: JB0001-3 至 JB0001-5、JB0001-9."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return "、".join(stamp.trace(each[0]) if len(each) == 1 else f"{stamp.trace(each[0])} 至 {stamp.trace(each[-1])}" for each in runs)


def numerals(document: Document) -> Iterator[str]:
    """Yield for each heading its numeral 一、（一）1.（1）; none where the text begins with one that was written by hand."""
    counts = [0] * LEVELS
    for block in document.blocks:
        if isinstance(block, Heading):
            level = min(max(block.level, 1), LEVELS)
            counts[level - 1:] = [counts[level - 1] + 1, *[0] * (LEVELS - level)]
            yield "" if NUMBERED.match(document.text(block.spans)) else numeral(level, counts[level - 1])


def numeral(level: int, count: int) -> str:
    """Return the numeral of a heading, as GB/T 9704-2012 (7.3.3) orders them."""
    return (f"{chinese(count)}、", f"（{chinese(count)}）", f"{count}.", f"（{count}）")[level - 1]


def chinese(count: int) -> str:
    """Return a number below a hundred in Chinese: 十二."""
    tens, ones = divmod(count, 10)
    return ("" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones or not tens else "")


@dataclass(frozen=True)
class Closing:
    """The last block of a document: lines of names and words, and the address that its QR code holds."""

    lines: Sequence[tuple[str, str]]
    address: str


def closing(document: Document, stamp: Stamp) -> Closing:
    """Return who made and signed the document, as of when, the audit head, and where its numbers are looked up."""
    lines = [
        ("文稿编号", stamp.code), ("状态", stamp.state), *stamp.people, ("数据所知", f"{document.known_on}，事件 {document.known}"),
        ("审计链头", stamp.head), ("查证地址", stamp.address),
    ]  # fmt: skip
    return Closing([(name, text) for name, text in lines if text], stamp.address)


def subtitle(stamp: Stamp) -> str:
    """Return the line below the title: who issues it, its number and its day."""
    return "　".join(filter(None, (stamp.issuer, stamp.number, stamp.issued_on)))


def qr(address: str, kind: str) -> bytes:
    """Return the QR code of an address as "png" or "svg"."""
    import segno

    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind=kind, scale=8, border=4)
    return stream.getvalue()
