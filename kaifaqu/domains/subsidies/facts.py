"""The facts of a case, as they are typed, imported or handed over: what each is, and what is wrong with what was written.

Nothing is guessed: a fact that is not told is not known (None), and what cannot be read is refused with a sentence. Days
stay as they are written in data, 2024-04-24; the price is kept in whole 分, a displacement in whole millilitres.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kaifaqu.shapes.items import DAY

Words = str | Promise
TRUE, FALSE = ("true", "yes", "是", "1"), ("false", "no", "否", "0")
MOST = 10**11  # smallest units: a car of a thousand million 元
FIRST_DAY = "1900-01-01"  # no vehicle is older: such a day is a slip of the pen
QUOTED = 40  # characters of what was written that a sentence repeats
SENTENCES = {  # for what is wrong with a fact; the page that works without a server says the same
    "unread": _("「{label}」（{name}）写着「{text}」，请写{permitted}。"),
    "ahead": _("「{label}」{day} 还没有到。"),
    "earlier": _("「{second}」{later} 早于「{first}」{earlier}，请核对。"),
    "contradicts": _("「{label}」与「{other}」矛盾，请核对。"),
}
UNTELLABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in no page and no workbook


def _day(text: str) -> str | None:
    """Return a day as data write it, or None."""
    found = DAY.fullmatch(text)
    if found is None:
        return None
    try:
        day = str(date(*map(int, found.groups())))
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def _yes(text: str) -> bool | None:
    return True if text.lower() in TRUE else False if text.lower() in FALSE else None


def _amount(scale: int, least: int, most: int) -> Callable[[str], int | None]:
    """Return what reads an amount as whole smallest units, of which there are 10**scale in one."""

    def read(text: str) -> int | None:
        if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
            return None
        try:
            value = Decimal(text).scaleb(scale)
        except InvalidOperation:
            return None
        return int(value) if value == int(value) and least <= value <= most else None

    return read


@dataclass(frozen=True)
class Fact:
    """One fact of a case: its name in data, its name in words, what may be written, and how that is read.

    `choices` are the words it may be, `when` tells by another fact of which cases it is asked. Numbers are kept in whole
    smallest units, of which there are 10**`scale` in one, and are at least `least` of them.
    """

    name: str
    label: Words
    permitted: Words
    read: Callable[[str], Any]
    choices: Mapping[str, Words] | None = None
    when: tuple[str, str] | None = None
    example: Any = ""
    arrow: Any = field(default_factory=pa.string)
    scale: int = 0
    least: int = 0

    @property
    def kind(self) -> str:
        """Return how it is asked: a choice, a date or a number."""
        return "choice" if self.choices else "date" if self.arrow == pa.date32() else "number"

    @property
    def condition(self) -> str:
        """Return in words of which cases it is asked, or nothing."""
        if self.when is None:
            return ""
        other = FACTS[self.when[0]]
        return _t("{other}为「{value}」的填").format(other=other.label, value=(other.choices or {}).get(self.when[1], ""))


def spellings(words: Words) -> set[str]:
    """Return words in every language that pages have: a workbook may be filled in by one person and read by another."""
    told = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            told.add(str(words))
    return told


def plain(text: str) -> str:
    """Return a text without what no page and no workbook can hold."""
    return UNTELLABLE.sub("\ufffd", text)


def quoted(written: Any) -> str:
    """Return what was written as a sentence repeats it: short, and without what no page can show."""
    text = plain(str(written))
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _choice(name: str, label: Words, choices: dict[str, Words], example: str) -> Fact:
    @cache
    def words() -> dict[str, str]:
        return {text: code for code, told in choices.items() for text in spellings(told)} | {code: code for code in choices}

    def permitted() -> str:
        return "、".join(_t("{label}（{code}）").format(label=told, code=code) for code, told in choices.items())

    return Fact(name, label, lazy(permitted, str)(), lambda text: words().get(text), choices, example=example)


def _date(name: str, label: Words, example: str) -> Fact:
    return Fact(name, label, _("日期，写成 2024-04-24 的样子"), _day, example=example, arrow=pa.date32())


def _question(name: str, label: Words, when: tuple[str, str] | None = None, example: bool = True) -> Fact:
    return Fact(name, label, _("是（true）或否（false）"), _yes, {"true": _("是"), "false": _("否")}, when, example, pa.bool_())


def _number(name: str, label: Words, permitted: Words, scale: int, example: str, *, least: int = 0, when: Any = None) -> Fact:
    return Fact(name, label, permitted, _amount(scale, least, MOST), None, when, example, pa.int64(), scale, least)


FACTS = {each.name: each for each in (
    _choice("applicant", _("申请人"), {"individual": _("个人"), "organisation": _("单位")}, "individual"),
    _question("same_owner", _("旧车车主、新车车主和申请人是同一个人")),
    _choice("old_kind", _("旧车车辆类型"), {"passenger_car": _("小型、微型载客汽车"), "other": _("其他机动车")}, "passenger_car"),
    _choice("old_fuel", _("旧车燃料种类"), {
        "petrol": _("汽油"), "diesel": _("柴油"), "other": _("其他燃料（含不能插电的混合动力）"), "electric": _("新能源")}, "petrol"),
    _date("old_registered_on", _("旧车注册登记日期"), "2010-03-18"),
    _date("owned_since", _("旧车登记在申请人名下的日期"), "2010-03-18"),
    _choice("new_power", _("新车类别"), {"nev": _("新能源乘用车"), "fuel": _("燃油乘用车")}, "nev"),
    _question("new_in_catalogue", _("新车在减免车辆购置税的车型目录里"), ("new_power", "nev")),
    _number("new_displacement", _("新车排量（升）"), _("大于 0 的数字，最多三位小数"), 3, "1.498", least=1, when=("new_power", "fuel")),
    _number("price", _("新车价税合计（元）"), _("大于 0、不超过 1000000000 的数字，最多两位小数"), 2, "136800.00", least=1),
    _date("handed_over_on", _("回收证明上的交车日期"), "2024-05-06"),
    _date("deregistered_on", _("注销证明上的注销日期"), "2024-05-12"),
    _date("invoiced_on", _("新车销售统一发票的开票日期"), "2024-05-10"),
    _date("registered_on", _("新车登记证书上的注册日期"), "2024-05-15"),
    _date("applied_on", _("提交申请的日期"), "2024-05-20"),
    _number("already_paid", _("已经发放的补贴（元）"), _("整数；没有发放的写 0"), 0, "0"),
    _question("claimed_before", _("这一年已享受过汽车以旧换新补贴"), example=False),
    _question("used_for_replacement", _("这辆新车已申请置换更新补贴"), example=False),
    _question("same_province", _("新车的开票地和注册地在同一个省")),
)}  # fmt: skip
DAYS = ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on", "applied_on")
ORDERS = (  # the second may not be before the first
    ("old_registered_on", "owned_since"), ("owned_since", "handed_over_on"), ("handed_over_on", "deregistered_on"),
    ("invoiced_on", "registered_on"), *((name, "applied_on") for name in DAYS[:4]))


def read(told: Mapping[str, Any], today: date, known: dict[Any, Any] | None = None) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of what was told, and a sentence for everything that is wrong with it; what is wrong is not known.

    `known` keeps the values of what was written, for whoever reads many rows that repeat each other.
    """
    facts: dict[str, Any] = {}
    values = {} if known is None else known
    problems = [_t("没有「{name}」这一项，可填：{names}。").format(name=quoted(name), names="、".join(FACTS))
                for name in told if name not in FACTS]
    for name, fact in FACTS.items():
        text = _text(told.get(name))
        if not text:
            continue
        if (name, text) not in values:
            values[name, text] = fact.read(text)
        value = values[name, text]
        if value is None:
            problems.append(SENTENCES["unread"].format(
                label=fact.label, name=name, text=quoted(text), permitted=fact.permitted))
        else:
            facts[name] = value
    problems += _contradictions(facts, str(today))
    return facts, problems


def _text(written: Any) -> str:
    """Return what was written as text, "" where nothing was; a list or an object is no fact, and its text is none either."""
    if written is None:
        return ""
    return str(written).lower() if isinstance(written, bool) else str(written).strip()


def _contradictions(facts: Mapping[str, Any], today: str) -> Iterator[str]:
    for name in ("old_registered_on", "owned_since", *DAYS):
        if facts.get(name, "") > today:
            yield SENTENCES["ahead"].format(label=FACTS[name].label, day=facts[name])
    for first, second in ORDERS:
        if first in facts and second in facts and facts[second] < facts[first]:
            yield SENTENCES["earlier"].format(
                second=FACTS[second].label, later=facts[second], first=FACTS[first].label, earlier=facts[first])
    for name, fact in FACTS.items():  # a number that is not asked for contradicts nothing: a plug-in hybrid has a displacement, too
        if fact.when and facts.get(name) is True and facts.get(fact.when[0], fact.when[1]) != fact.when[1]:
            yield SENTENCES["contradicts"].format(label=fact.label, other=FACTS[fact.when[0]].label)
