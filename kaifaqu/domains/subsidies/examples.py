"""Example cases: what a scheme must answer to facts that are written down, with the document that says so.

Those that the product ships hold for every owner; an owner's own example of the same code takes the place of a shipped one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.clauses import CLAUSES
from kaifaqu.domains.subsidies.evaluating import NO, UNCLEAR, YES, Reason, Verdict, evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS, Fact, read
from kaifaqu.domains.subsidies.schemes import FIRST_YEAR, LAST_YEAR
from kaifaqu.kernel import units
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record

SHIPPED = Path(__file__).parent / "data" / "examples.json"
CODES = [each.code for each in CLAUSES]
SPAN = (MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR))


class Expected(models.TextChoices):
    """What the answer to an example must be."""

    YES = YES, _("符合")
    NO = NO, _("不符合")
    UNCLEAR = UNCLEAR, _("不明")


def _column(fact: Fact) -> models.Field:
    """Return the column of a fact; where it is empty the fact is not known."""
    label: Any = fact.label
    if fact.kind == "date":
        return models.DateField(label, null=True, blank=True)
    if fact.kind == "number":
        return ExactField(label, scale=fact.scale, null=True, blank=True)
    return models.CharField(label, max_length=20, blank=True, choices=[*(fact.choices or {}).items()])


class SchemeExample(Record):
    """方案算例：一件写明事实的申请，和按某年的方案、某日所知应得的答复。

    One record is one case with its expected answer. The facts have a column each, named as everywhere; an empty one is not
    known. Amounts that are empty are not compared; the reasons always are, all together.
    """

    register = "scheme_examples"
    columns = ("code", "title", "scheme", "as_of", "eligible", "amount", "top_up", "reasons", "clause", *FACTS)
    listed = ("code", "title", "scheme", "as_of", "eligible", "amount", "reasons", "clause")
    code_prefix = "SL"
    headings = {
        "title": ("算例",), "scheme": ("方案年度",), "as_of": ("所知日期",), "eligible": ("应得答复",), "reasons": ("理由代码",),
        "clause": ("依据",),
    }  # fmt: skip

    title = models.CharField(_("说明"), max_length=100, help_text=_("这一例要守住哪一条"))
    scheme = models.PositiveSmallIntegerField(_("方案年度"), validators=SPAN)
    as_of = models.DateField(_("按哪一天所知"))
    eligible = models.CharField(_("应得答复"), max_length=7, choices=Expected)
    amount = ExactField(_("应得补贴（元）"), scale=0, null=True, blank=True, help_text=_("空着的不比对"))
    top_up = ExactField(_("应再发放（元）"), scale=0, null=True, blank=True, help_text=_("空着的不比对"))
    reasons = models.CharField(
        _("应有理由"), max_length=200, blank=True, help_text=_("条款的代码，几个之间写空格，如 first_registration owned"))
    clause = models.CharField(_("依据条款"), max_length=200, help_text=_("文号和条款；没有写明条款的只写文号"))
    locals().update({name: _column(fact) for name, fact in FACTS.items()})

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("方案算例")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse facts that contradict each other, and an answer that cannot be: all that is wrong together."""
        super().clean()
        if self.archived_at is not None:
            return
        found = example_of(self)
        problems = [*read(found.told, self.as_of)[1]]
        if unknown := [code for code in found.reasons if code not in CODES]:
            problems.append(_t("没有条款「{unknown}」，可填：{codes}。").format(unknown="、".join(unknown), codes="、".join(CODES)))
        if self.eligible == NO and not found.reasons:
            problems.append(_t("不符合的要写明「应有理由」。"))
        if self.eligible == YES and found.reasons:
            problems.append(_t("符合的没有理由，「应有理由」请空着。"))
        if self.eligible == YES and self.amount is None:
            problems.append(_t("符合的要写明「应得补贴（元）」。"))
        if problems:
            raise ValidationError(problems)


@dataclass(frozen=True)
class Example:
    """One example: facts as they are written, and what the answer must be; `record` is that of an owner's own one."""

    code: str
    title: str
    scheme: int
    as_of: date
    told: Mapping[str, str]
    eligible: str
    amount: int | None
    top_up: int | None
    reasons: frozenset[str]
    clause: str
    record: SchemeExample | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts as a scheme judges them."""
        return {name: FACTS[name].read(text) for name, text in self.told.items()}


@dataclass(frozen=True)
class Answered:
    """An example with the answer of a content to it: none where no document of its scheme was out on its day."""

    example: Example
    verdict: Verdict | None

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Return everything in which the answer is not what it must be: what, as expected, as answered."""
        return [(name, one, other) for name, one, other in self._compared() if one != other]

    def _compared(self) -> Iterator[tuple[str, str, str]]:
        expected, found = self.example, self.verdict
        if found is None:
            yield _t("答复"), str(Expected(expected.eligible).label), _t("那一天还没有公布这一年的方案")
            return
        yield _t("答复"), str(Expected(expected.eligible).label), str(Expected(found.eligible).label)
        if expected.amount is not None:
            yield _t("补贴"), _yuan(expected.amount), _yuan(found.amount)
        if expected.top_up is not None:
            yield _t("应再发放"), _yuan(expected.top_up), _yuan(found.top_up)
        yield _t("理由"), _codes(expected.reasons), _codes(each.code for each in self.reasons)

    @property
    def reasons(self) -> list[Reason]:
        """Return why the answer is no, or not known."""
        return [] if self.verdict is None else self.verdict.failing or self.verdict.unclear


def _yuan(amount: int | None) -> str:
    return "—" if amount is None else _t("{amount} 元").format(amount=f"{amount:,}")


def _codes(codes: Any) -> str:
    return "、".join(sorted(codes, key=CODES.index)) or "—"


@cache
def shipped() -> tuple[Example, ...]:
    """Return the examples that the product ships; each is the base case of its scheme with some facts changed."""
    told = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(_of_file(each, told["bases"][str(each["scheme"])]) for each in told["examples"])


def source() -> str:
    """Return where the shipped examples come from."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))["source"]


def _of_file(each: dict[str, Any], base: dict[str, str]) -> Example:
    told = {name: text for name, text in {**base, **each.get("facts", {})}.items() if text}
    return Example(
        each["code"], each["title"], each["scheme"], date.fromisoformat(each["as_of"]), told, each["eligible"],
        each.get("amount"), each.get("top_up"), frozenset(each.get("reasons", ())), each["clause"])


def example_of(record: SchemeExample) -> Example:
    """Return a record as an example."""
    told = {name: _text(value) for name in FACTS if (value := getattr(record, name)) not in (None, "")}
    amount, top_up = (None if each is None else int(each) for each in (record.amount, record.top_up))
    reasons = frozenset(filter(None, re.split(r"[\s、，,；;]+", record.reasons)))
    return Example(
        record.code, record.title, record.scheme, record.as_of, told, record.eligible, amount, top_up, reasons, record.clause, record)


def _text(value: Any) -> str:
    return units.text(value) if isinstance(value, Decimal) else str(value)


def examples_for(owner_id: int, user: Any) -> list[Example]:
    """Return the examples by which the owner's schemes are tried: the shipped ones, and those of its own that the person may see."""
    own = {each.code: example_of(each) for each in SchemeExample.objects.visible_to(user).filter(owner_id=owner_id).order_by("code")}
    found = [own.pop(each.code, each) for each in shipped()]
    return sorted([*found, *own.values()], key=lambda each: (each.scheme, each.as_of, each.code))


def answered(content: Any, example: Example) -> Answered:
    """Return the example with the answer that the content of the rule gives."""
    try:
        return Answered(example, evaluate(example.facts, ready(content, example.scheme, example.as_of), example.as_of))
    except LookupError:
        return Answered(example, None)
