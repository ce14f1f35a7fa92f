"""The forms of published formulas: what a value earns, exactly, and the computation in words. Knows no record and no figure."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.reporting.scoring.amounts import OPEN, exact, limit, plain

MORE, AT_LEAST, LESS, AT_MOST = "more", "at_least", "less", "at_most"
COMPARED = {
    MORE: (">", lambda value, limit: value > limit), AT_LEAST: ("≥", lambda value, limit: value >= limit),
    LESS: ("<", lambda value, limit: value < limit), AT_MOST: ("≤", lambda value, limit: value <= limit),
}  # fmt: skip
ZERO, CAP = "zero", "grade"
LOWEST, SPAN = "60", "40"  # of the efficacy coefficient where a sheet names none; others publish 50 and 50


class Missing(ValueError):
    """The marks cannot be computed; the sentence says why."""


@dataclass(frozen=True)
class Measured:
    """A value or target as it enters a formula, with how it is written there."""

    value: Fraction
    told: str


@dataclass(frozen=True)
class Outcome:
    """What a value earns before the sheet's outer weights, the computation in words, and of a veto whether it holds."""

    marks: Fraction
    words: str
    holds: bool | None = None


@dataclass(frozen=True)
class Form:
    """One form of formula with the parameters that a sheet gives it, as they are written there."""

    told: Any  # the item's entry in the sheet
    name: ClassVar[Any] = ""
    ends_with_marks: ClassVar[bool] = False  # its computation says what comes out
    counted_in: ClassVar[str] = "次"  # what is found by hand, where the sheet names no unit
    takes_one: ClassVar[bool] = False  # what is found by hand is no number of things, and not added up

    @property
    def full(self) -> Fraction | None:
        """Return what can be earned at most; None where there is no end, or nothing is earned."""
        return None

    def words(self, value: str, target: str) -> str:
        """Return the rule in words, with what value and target are called."""
        raise NotImplementedError

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        """Return what the value earns. Raise Missing where that cannot be said."""
        raise NotImplementedError


class ProRata(Form):
    """Value over target times the marks; nothing below zero, and no more than the cap."""

    name = gettext_lazy("按比例")

    @property
    def full(self) -> Fraction:
        return exact(self.told["marks"]) * (limit(self.told["cap"]) or 1)

    def words(self, value: str, target: str) -> str:
        return _("{value} ÷ {target} × {marks}，{cap}").format(
            value=value, target=target, marks=self.told["marks"], cap=_capped(self.told["cap"]))

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        assert target is not None
        if target.value <= 0:
            raise Missing(_("目标不大于 0（{target}），不能按比例计分。").format(target=target.told))
        share, cap = value.value / target.value, limit(self.told["cap"])
        words = f"{value.told} ÷ {target.told}"
        if share < 0:
            share, words = Fraction(0), _("（{computed}，不足 0 的按 0 计）").format(computed=words)
        elif cap is not None and share > cap:
            share, words = cap, _("（{computed}，超过 {cap} 的按 {cap} 计）").format(computed=words, cap=self.told["cap"])
        return Outcome(share * exact(self.told["marks"]), f"{words} × {self.told['marks']}")


class Paced(ProRata):
    """Value over the part of the yearly target that is due by the day; its target comes with its computation in words."""

    name = gettext_lazy("序时")

    def words(self, value: str, target: str) -> str:
        return _("{value} ÷ （{target} × 序时进度） × {marks}，{cap}").format(
            value=value, target=target, marks=self.told["marks"], cap=_capped(self.told["cap"]))


class Bands(Form):
    """The marks of the band in which the value lies: from its lower edge on, its upper edge is the next one's."""

    name = gettext_lazy("分档")
    ends_with_marks = True

    @property
    def full(self) -> Fraction:
        return max(exact(marks) for _from, _to, marks in self.told["bands"])

    def words(self, value: str, target: str) -> str:
        bands = "；".join(_("{span}：{marks} 分").format(span=_span(*band[:2]), marks=band[2]) for band in self.told["bands"])
        return _("{value}在 {bands}").format(value=value, bands=bands)

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        for lower, upper, marks in self.told["bands"]:
            start, end = limit(lower), limit(upper)
            if (start is None or value.value >= start) and (end is None or value.value < end):
                return Outcome(exact(marks), _("{value} 属于「{span}」一档，得 {marks}").format(
                    value=value.told, span=_span(lower, upper), marks=marks))
        return Outcome(Fraction(0), _("{value} 不在任何一档，得 0").format(value=value.told))


class Ranks(Form):
    """The marks of the first share of all places that takes in the place that was published; the last place of a share belongs to it."""

    name = gettext_lazy("名次")
    ends_with_marks = takes_one = True
    counted_in = "名"

    @property
    def full(self) -> Fraction:
        return max(exact(marks) for _share, marks in self.told["shares"])

    def words(self, value: str, target: str) -> str:
        shares = "；".join(_("前 {share}：{marks} 分").format(share=share, marks=marks) for share, marks in self.told["shares"])
        return _("公布的名次在 {of} 名的 {shares}").format(of=self.told["of"], shares=shares)

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        place, of = value.value, exact(self.told["of"])
        if place.denominator != 1 or not 1 <= place <= of:
            raise Missing(_("还没有登记名次，或者不是第 1 至第 {of} 名。").format(of=self.told["of"]))
        for share, marks in self.told["shares"]:
            if place / of <= exact(share):
                return Outcome(exact(marks), _("第 {place} 名，共 {of} 名，属于「前 {share}」，得 {marks}").format(
                    place=place, of=self.told["of"], share=share, marks=marks))
        return Outcome(Fraction(0), _("第 {place} 名，共 {of} 名，不在任何一档，得 0").format(place=place, of=self.told["of"]))


class Efficacy(Form):
    """功效系数: 60 at the value not allowed, 40 more at the satisfactory one, in proportion between; the smaller may be the better."""

    name = gettext_lazy("功效系数")

    @property
    def full(self) -> Fraction:
        most = limit(self.told["most"])
        return exact(self.told["marks"]) * (exact(self._lowest) + exact(self._span) if most is None else most) / 100

    def words(self, value: str, target: str) -> str:
        return _("[{formula}] ÷ 100 × {marks}，{least}，{most}").format(
            formula=self._formula(value), marks=self.told["marks"], least=_least(self.told["least"]), most=_capped(self.told["most"]))

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        low, high = exact(self.told["unallowed"]), exact(self.told["satisfactory"])
        score = exact(self._lowest) + exact(self._span) * (value.value - low) / (high - low)
        words = self._formula(value.told)
        least, most = limit(self.told["least"]), limit(self.told["most"])
        if least is not None and score < least:
            score, words = least, _("{computed}，低于 {least} 的按 {least} 计").format(computed=words, least=self.told["least"])
        elif most is not None and score > most:
            score, words = most, _("{computed}，高于 {most} 的按 {most} 计").format(computed=words, most=self.told["most"])
        return Outcome(score * exact(self.told["marks"]) / 100, f"[{words}] ÷ 100 × {self.told['marks']}")

    @property
    def _lowest(self) -> str:
        return self.told.get("lowest") or LOWEST

    @property
    def _span(self) -> str:
        return self.told.get("span") or SPAN

    def _formula(self, value: str) -> str:
        lower, upper = (_bracketed(self.told[name]) for name in ("unallowed", "satisfactory"))
        return f"{self._lowest} + {self._span} ×（{value} − {lower}）÷（{upper} − {lower}）"


class Additions(Form):
    """So many marks for each unit or step of the value, whole steps only where the sheet says so, up to a cap."""

    name = gettext_lazy("加分")

    @property
    def full(self) -> Fraction | None:
        return limit(self.told["most"])

    def words(self, value: str, target: str) -> str:
        return _("{value}，每 {step}加 {per} 分{whole}，{most}").format(
            value=value, step=self._unit, per=self.told["per"], whole=_("（只计满额）") if self.told.get("whole") else "",
            most=_most(self.told["most"]))

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        earned, words = self._each(value)
        most = limit(self.told["most"])
        if most is not None and earned > most:
            return Outcome(most, _("（{computed}，最多 {most} 分）").format(computed=words, most=self.told["most"]))
        return Outcome(earned, words)

    @property
    def _step(self) -> str:
        return self.told.get("step") or "1"

    @property
    def _unit(self) -> str:
        """Return for how much of the value marks are given, as the rule writes it."""
        return f"{self._step} {self.told['unit']}" if self.told.get("unit") else f"{self._step} "

    def _each(self, value: Measured) -> tuple[Fraction, str]:
        """Return the value's steps times what each is worth, and how that is written."""
        steps, words = max(value.value, Fraction(0)) / exact(self._step), value.told
        if self._step != "1":
            words = f"{words} ÷ {self._step}"
        if self.told.get("whole"):
            steps, words = Fraction(floor(steps)), _("（{computed} 取整 {whole}）").format(computed=words, whole=floor(steps))
        return steps * exact(self.told["per"]), f"{words} × {self.told['per']}"


class Deductions(Additions):
    """The marks that an item begins with, less so many for each unit or step of the value, no more than the floor permits."""

    name = gettext_lazy("扣分")

    @property
    def full(self) -> Fraction:
        return self._base

    def words(self, value: str, target: str) -> str:
        return _("{base}{value}，每 {step}扣 {per} 分{whole}，{most}").format(
            base=_("起评 {base} 分，").format(base=self.told["base"]) if self.told.get("base") else "", value=value, step=self._unit,
            per=self.told["per"], whole=_("（只计满额）") if self.told.get("whole") else "", most=_most_off(self.told["most"]))

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        taken, words = self._each(value)
        most = limit(self.told["most"])
        if most is not None and taken > most:
            taken, words = most, _("（{computed}，最多扣 {most} 分）").format(computed=words, most=self.told["most"])
        return Outcome(self._base - taken, f"{self.told.get('base') or ''} − {words}".strip())

    @property
    def _base(self) -> Fraction:
        return exact(self.told.get("base") or "0")


class Veto(Form):
    """一票否决: where the condition holds, the whole is zero or of no better grade than the sheet names; it earns nothing."""

    name = gettext_lazy("一票否决")

    def words(self, value: str, target: str) -> str:
        return _("{value} {sign} {limit} 的，{then}").format(
            value=value, sign=COMPARED[self.told["when"]][0], limit=self.told["limit"], then=self.then)

    @property
    def then(self) -> str:
        """Return in words what follows where the condition holds."""
        if self.told["then"] == ZERO:
            return _("总分为 0")
        return _("等次不高于「{grade}」").format(grade=self.told["grade"])

    def outcome(self, value: Measured, target: Measured | None) -> Outcome:
        sign, compare = COMPARED[self.told["when"]]
        holds = compare(value.value, exact(self.told["limit"]))
        words = _("{value} {sign} {limit}，成立：{then}") if holds else _("{value}，没有达到「{sign} {limit}」，不成立")
        return Outcome(Fraction(0), words.format(value=value.told, sign=sign, limit=self.told["limit"], then=self.then), holds)


FORMS: dict[str, type[Form]] = {  # the table of a sheet in which the items of a form stand
    "pro_rata": ProRata, "paced": Paced, "bands": Bands, "ranks": Ranks, "efficacy": Efficacy, "additions": Additions,
    "deductions": Deductions, "vetoes": Veto,
}  # fmt: skip


def _capped(cap: str) -> str:
    return cap if limit(cap) is None else _("最高 {cap}").format(cap=cap)


def _least(least: str) -> str:
    return least if limit(least) is None else _("最低 {least}").format(least=least)


def _most(most: str) -> str:
    return most if limit(most) is None else _("最多 {most} 分").format(most=most)


def _most_off(most: str) -> str:
    return most if limit(most) is None else _("最多扣 {most} 分").format(most=most)


def _bracketed(amount: str) -> str:
    return f"（{amount.replace('-', '−')}）" if amount.startswith("-") else amount


def _span(lower: str, upper: str) -> str:
    if lower == OPEN and upper == OPEN:
        return _("任何数")
    if lower == OPEN:
        return _("{upper} 以下").format(upper=upper)
    return _("{lower} 及以上").format(lower=lower) if upper == OPEN else _("{lower} 至 {upper}（不含）").format(lower=lower, upper=upper)


def measured(value: Fraction, unit: str = "") -> Measured:
    """Return a value as it is written in a formula, with its unit."""
    told = plain(value)
    if value < 0:
        told = f"（{told}）"
    return Measured(value, f"{told} {unit}".strip() if unit != "%" else f"{told}%")
