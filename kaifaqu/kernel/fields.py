"""Kinds of facts: exact amounts, dates of known precision, personal data, official codes.

Each field answers `event_value(value)` with the text that enters an event and its hash: the same text for a value just
typed and for the value read back from the database.
"""

import calendar
import hmac
import operator
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self, TypeGuard

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Avg, StdDev, Variance, lookups
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

BOUND = Decimal(10) ** 15  # smallest units; nine thousand such values still sum up within 64 bits


class ExactField(models.Field):
    """数额：按最小单位存为整数，读出为 Decimal。

    One value is an amount in the unit that the field's label names. `scale` is the number of its decimals (万元 with
    scale 6 are whole 分 in the database); it is part of the definition and is never changed in place.
    """

    empty_values = [None, ""]

    def __init__(self, *args: Any, scale: int = 0, **kwargs: Any):
        self.scale = scale
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "scale": self.scale}

    def db_type(self, connection: Any) -> str:
        return "bigint"

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount, None for an empty value; raise ValidationError when it cannot be stored exactly."""
        if value is None or value == "":
            return None
        if isinstance(value, bool | float):  # a float has lost what was written
            raise ValidationError(_("{value}：请用文本、整数或 Decimal，不用浮点数。").format(value=value))
        number = _number(value)
        if not number.is_finite():
            raise ValidationError(_("「{value}」不是数字，请只填数字，如 12000.5。").format(value=value))
        if abs(number) > BOUND.scaleb(-self.scale):
            raise ValidationError(_("{value}：超出范围，请核对单位。").format(value=value))
        if self._exact(number) != number:
            raise ValidationError(_("{value}：最多 {scale} 位小数。").format(value=value, scale=self.scale))
        return number

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        if isinstance(expression, Avg | StdDev | Variance) or (value is not None and int(value) != value):
            raise TypeError("not whole units: no Avg and no division in SQL")
        return None if value is None else Decimal(int(value)).scaleb(-self.scale)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        return None if number is None else int(number.scaleb(self.scale))

    def event_value(self, value: Any) -> str | None:
        """Return the amount with all its decimals, "12000.500000", or None; raise ValidationError as to_python does."""
        number = self.to_python(value)
        return None if number is None else f"{self._exact(number):f}"

    def value_to_string(self, obj: models.Model) -> str:
        return self.event_value(self.value_from_object(obj)) or ""

    def _exact(self, number: Decimal) -> Decimal:
        """Return the number as the database would return it: cut to whole smallest units."""
        return Decimal(int(number.scaleb(self.scale))).scaleb(-self.scale)  # by way of int: scaleb alone rounds


def _number(value: Any) -> Decimal:
    if isinstance(value, str) and ("_" in value or not value.isascii()):  # Decimal reads 1_000 and １２ without a word
        return Decimal("NaN")
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal("NaN")


class Undecided(ValueError):
    """Two dates cannot be put in order, because one lies inside the span that the other may mean."""


SPELLINGS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?",
        r"(\d{4})/(\d\d?)(?:/(\d\d?))?",
        r"(\d{4})\.(\d\d?)(?:\.(\d\d?))?",
        r"(\d{4})年(?:(\d\d?)月(?:(\d\d?)日)?)?",
        r"(\d{4})(\d\d)(\d\d)",
    )
]


@dataclass(frozen=True, eq=False, slots=True)
class PartialDate:
    """A calendar date known to the day, the month or the year: 2024-03-01, 2023-05, 2023.

    What is not known stays unknown. Dates are put in order only where the answer is certain: 2023-05 is before
    2023-06-01, but against 2023-05-15 the comparison raises Undecided. To sort a list, use `as_number`.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        month, day = (1 if part is None else part for part in (self.month, self.day))
        try:
            date(self.year, month, day)
            possible = self.day is None or self.month is not None
        except ValueError:
            possible = False
        if not possible:
            raise ValueError(_("「{date}」：没有这个日期，请核对年、月、日。").format(date=self))

    @classmethod
    def parse(cls, value: "str | date | PartialDate") -> "PartialDate":
        """Return the date that the text says; raise ValueError for any other text and for a date that does not exist.

        Spellings: 2024-03-01, 2024-3-1, 2024/03/01, 2024.3.1, 2024年3月1日, 20240301; by month 2023-05, 2023/5, 2023.5,
        2023年5月; by year 2023, 2023年.
        """
        if isinstance(value, PartialDate):
            return value
        if _is_day(value):
            return cls(value.year, value.month, value.day)
        if isinstance(value, str):  # never a number: the float 2023.1 may have been the text 2023.10
            for spelling in SPELLINGS:
                if match := spelling.fullmatch(value.strip()):
                    return cls(*(int(part) for part in match.groups() if part is not None))
        message = _("「{value}」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。")
        raise ValueError(message.format(value=value))

    @classmethod
    def from_number(cls, number: int) -> Self:
        """Return the date of an `as_number`; raise ValueError for a number that is none."""
        year, rest = divmod(number, 10000)
        month, day = divmod(rest, 100)
        return cls(year, month or None, day or None)

    def as_number(self) -> int:
        """Return yyyymmdd with 00 for what is not known: 20240301, 20230500, 20230000."""
        return self.year * 10000 + (self.month or 0) * 100 + (self.day or 0)

    @property
    def first(self) -> date:
        """Return the earliest day that this date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Return the latest day that this date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        month, day = ["" if part is None else f"-{part:02d}" for part in (self.month, self.day)]
        return f"{self.year:04d}{month}{day}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PartialDate):
            return self.as_number() == other.as_number()
        if _is_day(other):
            return self.day is not None and self.first == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.first) if self.day else hash(self.as_number())  # a full date finds its datetime.date in a set

    def __lt__(self, other: "date | PartialDate") -> bool:
        return self._decide(operator.lt, other)

    def __le__(self, other: "date | PartialDate") -> bool:
        return self._decide(operator.le, other)

    def __gt__(self, other: "date | PartialDate") -> bool:
        return self._decide(operator.gt, other)

    def __ge__(self, other: "date | PartialDate") -> bool:
        return self._decide(operator.ge, other)

    def _decide(self, compare: Callable[[date, date], bool], other: object) -> bool:
        """Return the comparison when the two outermost pairs of possible days agree on it."""
        if _is_day(other):
            other = PartialDate.parse(other)
        if not isinstance(other, PartialDate):
            return NotImplemented
        answer = compare(self.first, other.last)
        if answer != compare(self.last, other.first):
            message = _("「{one}」与「{other}」孰先孰后无法判定，请把日期补全。")
            raise Undecided(message.format(one=self, other=other))
        return answer


def _is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)  # a moment is another day in another time zone


def _date(value: Any) -> PartialDate | None:
    if value is None or isinstance(value, PartialDate):
        return value
    try:
        return None if value == "" else PartialDate.parse(value)
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


class PartialDateField(models.Field):
    """日期：可只知年月或年份；不知道的不补。

    One value is a PartialDate, stored as its `as_number`; so dates sort and compare alike on every engine. A stored
    number stands for the first day that it may mean: conditions with lt, lte, gt, gte and range ask whether that day is
    before or after the border. Rows for which this does not settle the question have one of the numbers `undecidable`,
    which a condition takes as they are: started_on__in=undecidable(border).
    """

    empty_values = [None, ""]

    def db_type(self, connection: Any) -> str:
        return "integer"

    def to_python(self, value: Any) -> PartialDate | None:
        """Return the date, None for an empty value; raise ValidationError when it is not a date."""
        return _date(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> PartialDate | None:
        return None if value is None else PartialDate.from_number(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        known = PartialDate.from_number(value) if isinstance(value, int) else self.to_python(value)
        return None if known is None else known.as_number()

    def event_value(self, value: Any) -> str | None:
        """Return the date as text with its precision, "2023-05", or None; raise ValidationError as to_python does."""
        known = self.to_python(value)
        return None if known is None else str(known)

    def value_to_string(self, obj: models.Model) -> str:
        return self.event_value(self.value_from_object(obj)) or ""

    @staticmethod
    def undecidable(border: date) -> list[int]:
        """Return the stored numbers of which nobody can say whether they are on or before the border.

        For "before a day" and "from a day on", the border is the day before.
        """
        year, month = PartialDate(border.year), PartialDate(border.year, border.month)
        return [known.as_number() for known in (year, month) if known.last != border]


def _opening(border: Any) -> Any:
    """Return the smallest stored number whose first day is on or after the border, itself a number or an expression.

    20240600 (June) is not before 20240601, nor 20240000 before 20240101, though the bare numbers say so.
    """
    if not isinstance(border, int) or border % 100 != 1:
        return border
    return border - 101 if border % 10000 == 101 else border - 1


@PartialDateField.register_lookup
class _Before(lookups.LessThan):
    def get_prep_lookup(self):
        return _opening(super().get_prep_lookup())


@PartialDateField.register_lookup
class _FromOn(lookups.GreaterThanOrEqual):
    def get_prep_lookup(self):
        return _opening(super().get_prep_lookup())


@PartialDateField.register_lookup
class _Between(lookups.Range):
    def get_prep_lookup(self):
        first, last = super().get_prep_lookup()
        return [_opening(first), last]


class CleanedOnAssignment(DeferredAttribute):
    """Keep the value in its stored form from the moment it is assigned; for fields whose to_python never fails."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        cleaned = value if hasattr(value, "resolve_expression") else self.field.to_python(value)
        instance.__dict__[self.field.attname] = cleaned


class Personal(str):
    """A personal value with the random salt that is kept beside it: 32 hexadecimal digits, "" for an empty value.

    It reads and compares as the plain text.
    """

    salt: str

    def __new__(cls, value: str = "", salt: str = "") -> Self:
        personal = super().__new__(cls, value)
        personal.salt = salt or (secrets.token_hex(16) if value else "")
        return personal

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.salt  # a copy keeps its salt

    @property
    def digest(self) -> str:
        """Return the HMAC-SHA256 of the UTF-8 text, keyed by the digits of the salt, in hexadecimal."""
        return hmac.new(self.salt.encode(), self.encode(), "sha256").hexdigest()


class PersonalField(models.TextField):
    """个人信息：与随机盐同存一列（盐$值）；事件中只留 HMAC，删除后值与盐都不在。

    One value is a Personal, "" when there is none or it was erased. SQL cannot search it.
    """

    personal = True
    descriptor_class = CleanedOnAssignment

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def to_python(self, value: Any) -> Personal:
        """Return the value with its salt; plain text gets a new one."""
        return value if isinstance(value, Personal) else Personal("" if value is None else str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Personal:
        salt, _dollar, text = (value or "").partition("$")
        return Personal(text, salt)

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        personal = self.to_python(value)
        return f"{personal.salt}${personal}" if personal else ""

    def event_value(self, value: Any) -> str | None:
        """Return "hmac:" and the digest, or None for an empty value.

        Raise TypeError for plain text: the salt it would get here is not the one that will be stored.
        """
        if not value:
            return None
        if not isinstance(value, Personal):
            raise TypeError("a personal value enters an event with its salt: clean it first")
        return f"hmac:{value.digest}"

    def get_lookup(self, lookup_name: str) -> type[models.Lookup] | None:
        if lookup_name != "isnull":
            message = _("「{field}」是个人信息，不能用 SQL 查找；请先按其他条件取出记录，再逐条比较。")
            raise TypeError(message.format(field=self.verbose_name))
        return super().get_lookup(lookup_name)
