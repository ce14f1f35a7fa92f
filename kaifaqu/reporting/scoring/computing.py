"""Computing: a sheet applied to the figures of an owner, as known at an event, for a reader. Nothing is rounded before the end."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import clock, events, indicators, units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Growth, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.freezing import LANGUAGE, Number
from kaifaqu.registers.targets.bearing import bearers
from kaifaqu.registers.targets.conditions import in_force
from kaifaqu.registers.targets.models import YearlyTarget
from kaifaqu.registers.targets.pace import Pace, pace
from kaifaqu.registers.targets.splits import Months, split_of
from kaifaqu.reporting.calls import Asker, Call, definition_of, period_of
from kaifaqu.reporting.scoring.amounts import exact, limit, plain, rounded
from kaifaqu.reporting.scoring.forms import ZERO, Measured, Missing, Paced, Veto, measured
from kaifaqu.reporting.scoring.results import Decision, Found, Line, Result
from kaifaqu.reporting.scoring.sheets import Item, Sheet

DIVIDED: dict[Any, Any] = {  # how a rate is computed: what it divides by its denominator; any other is no quotient
    Ratio.compute: lambda above, below: above, Growth.compute: lambda above, below: above - below,
}  # fmt: skip


@dataclass
class Scorer:
    """Applies one sheet to one owner and period; findings and decisions are those made by hand, by the number of the item.

    `known` is the event as of which everything is read, by default the last one; `told_on` the day of it, by default the
    event's. `closed` says of items why the reader learns nothing of what was entered by hand under them.
    """

    owner: Party
    sheet: Sheet
    period: Period
    user: Any = None
    known: int = 0
    told_on: date | None = None
    findings: dict[str, list[Found]] = field(default_factory=dict)
    decisions: dict[str, list[Decision]] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)

    def result(self) -> Result:
        """Return the scoring as it is now, or as known at the event."""
        is_now = not self.known
        self.known = self.known or events.last_seq()
        with override(LANGUAGE):  # what is issued is written in one language
            self.asker = Asker(self.period, frozenset([self.owner.pk]), self.known, self.user)
            self.day = self.told_on or (
                clock.today() if is_now else events.Event.objects.get(seq=self.known).at.astimezone(clock.ZONE).date())
            self.asker.expect(self._calls())
            result = Result(
                self.sheet.code, self.sheet.title, self.sheet.told["basis"], self.sheet.document,
                self.sheet.rule and self.sheet.rule.id, str(self.owner.name), self.period.text, self.period.label, self.known,
                f"{self.day}", self.sheet.places, _text(self.sheet.full))
            result.lines = [self._line(item) for item in self.sheet.items]
            result.strays = [*self._strays(result)]
            self._sum(result)
        return result

    def _calls(self) -> Iterable[Call]:
        for item in self.sheet.items:
            yield from [item.call] if item.figure else []
            yield from [item.target_call] if item.target else []

    def _line(self, item: Item) -> Line:
        """Return one item as it is scored."""
        form, weight = item.form, self.sheet.weight(item.dimension)
        definition = item.definition()
        aim = indicators.catalogue().get(item.target)
        line = Line(
            item.number, item.dimension, item.label, str(form.name),
            form.words(str(definition.label) if definition else _("查出的问题"), str(aim.label) if aim else form.told.get("target", "")),
            self.sheet.places, None if form.full is None else str(form.full * weight), is_veto=item.is_veto, by_hand=not item.figure,
            then=form.then if isinstance(form, Veto) else "",
            problem=self.closed.get(item.number, ""))
        if line.problem:
            return line
        line.findings = [] if item.figure else [each for each in self.findings.get(item.number, []) if self._is_within(item, each)]
        line.decisions = [] if item.is_veto else self.decisions.get(item.number, [])
        try:
            value, target = self._value(item, line), self._target(item, line)
            line.measured, line.due = str(value.value), _text(target.value if target else None)
            outcome = form.outcome(value, target)
        except Missing as problem:
            line.problem = str(problem)
            return line
        line.computed, line.holds = str(outcome.marks * weight), outcome.holds
        weights = self.sheet.weights(item.dimension)
        is_told = item.is_veto or form.ends_with_marks and not weights
        line.words = outcome.words if is_told else _computation(outcome.words, weights, outcome.marks * weight)
        return line

    def _value(self, item: Item, line: Line) -> Measured:
        """Return what the item measures: its figure, or how much was found by hand."""
        if not item.figure:
            count = sum((Fraction(each.count) for each in line.findings), Fraction(0))
            found = measured(count, item.unit or item.form.counted_in)
            if item.form.takes_one and len(line.findings) > 1:
                raise Missing(_("登记了 {count} 条，只能有一条，其余的请归档。").format(count=len(line.findings)))
        else:
            line.figure = self._number(item.call)
            found = self._read(item.call, line.figure, item.unit)
        line.value = found.told
        return found

    def _target(self, item: Item, line: Line) -> Measured | None:
        told, months = item.form.told, {}
        unit = item.unit or (line.figure.unit if line.figure else "")  # the value's: 万元 are not divided by 亿元
        if "target" in told:
            target = measured(exact(told["target"]), unit)
        elif item.target:
            line.aim = self._number(item.target_call)
            target, months = self._read(item.target_call, line.aim, unit), self._months(item)
        else:
            return None
        line.target = target.told
        return self._due(target, months, self._on(item)) if isinstance(item.form, Paced) else target

    def _number(self, call: Call) -> Number:
        try:
            number = self.asker.number(call)
        except (LookupError, ValueError) as problem:
            raise Missing(str(problem.args[0])) from None
        return number

    def _read(self, call: Call, number: Number, unit: str) -> Measured:
        """Return the exact value of a number in a unit, by default its own. Raise Missing where it has no value."""
        if number.problem or number.value is None:
            raise Missing(_("「{label}」：{problem}").format(label=number.label, problem=number.problem or _("没有数")))
        value = exactly(self.asker.figure(definition_of(call.name), period_of(call.period, self.period), call.by), call.group)
        if unit and unit != number.unit:  # numerator and denominator each: 3 亩 are 2,000 平方米, and 1 亩 has no end
            value = Fraction(units.convert(Decimal(value.numerator), number.unit, unit)) / value.denominator
        return measured(value, unit or number.unit)

    def _is_within(self, item: Item, found: Found) -> bool:
        """Tell whether something was found within the item's period; the scoring's may have become another one."""
        return item.takes(date.fromisoformat(found.on), self.period)

    def _months(self, item: Item) -> Months:
        """Return how the yearly target that is this figure was split by month; nothing where it was not, or is none."""
        borne = next((each for each in bearers() if each.target.code == item.target), None)
        if borne is None:
            return {}
        world, day = World(self.known), self._on(item)
        held = in_force(day.year, day, world)
        found = world.rows(YearlyTarget).filter(held, owner_id=self.owner.pk, indicator=borne.actual.code).first()
        return split_of(found, world).by_month() if found else {}

    def _on(self, item: Item) -> date:
        """Return the day by which a yearly target is due in part: the end of the item's period, of one that still runs today."""
        period = item.during(self.period)
        return min(period.end, max(self.day, period.start))

    def _due(self, target: Measured, months: Months, on: date) -> Measured:
        """Return what of the yearly target is due by the day, and how that is written."""
        whole = sum(months.values(), Decimal(0)) or Decimal(1)
        due: Pace = pace(whole, months, on.year, on)
        share = due.due / Fraction(whole)
        told = _("（{target} × 序时进度 {share}，{how}）").format(target=target.told, share=plain(share), how=due.words)
        return Measured(target.value * share, told)

    def _strays(self, result: Result) -> Iterable[str]:
        """Yield in sentences what was entered by hand and counts nowhere, since the sheet or the period has become another one."""
        by_hand = {line.number for line in result.lines if line.by_hand}
        earning = {line.number for line in result.lines if not line.is_veto}
        for entered, open_to in ((self.findings, by_hand), (self.decisions, earning)):
            for number in sorted({*entered} - open_to):
                codes = "、".join(each.code for each in entered[number])
                yield _("{codes}：评分表已改，序号 {number} 不再能这样登记，没有计入；请归档。").format(codes=codes, number=number)
        for item in self.sheet.items:
            if item.number in by_hand and (codes := "、".join(
                    each.code for each in self.findings.get(item.number, []) if not self._is_within(item, each))):
                yield _("{codes}：查出日期不在期间（{period}）内，没有计入；请归档。").format(
                    codes=codes, period=item.during(self.period).label)

    def _sum(self, result: Result) -> None:
        """Set the total and say how it came about: the sum of the items, what vetoes do to it, and what is not known."""
        outer = exact(self.sheet.told.get("times", "1"))
        known = Fraction(0)
        for name, lines in result.by_dimension().items():
            part = sum((each.counted for each in lines if each.counted is not None and not each.is_veto), Fraction(0))
            most = self.sheet.most(name)
            if most is not None and part > most * outer:
                result.sentences.append(_("「{name}」合计 {part} 分，最高 {most} 分，按 {most} 分计。").format(
                    name=name, part=plain(part), most=plain(most * outer)))
                part = most * outer
            known += part
        result.known_sum = str(known)
        least = limit(self.sheet.told.get("least"))
        if least is not None and known < least and not result.unknown:
            result.sentences.append(_("合计 {total} 分，最低 {least} 分，按 {least} 分计。").format(total=plain(known), least=plain(least)))
            known = least
        vetoes = [each for each in result.lines if each.holds]
        is_zero = any(self._then(each) == ZERO for each in vetoes)
        if is_zero:
            result.total = "0"
        elif not result.unknown:
            result.total = str(known)
        self._grade(result, vetoes)
        result.sentences += [*self._told(result, vetoes), *result.strays]

    def _then(self, line: Line) -> str:
        item = self.sheet.item(line.number)
        assert item is not None
        return item.form.told["then"]

    def _grade(self, result: Result, vetoes: list[Line]) -> None:
        """Set the grade of the published total, no better than the vetoes permit."""
        if result.total is None or not self.sheet.told.get("grades"):
            return
        result.grade = self.sheet.grade(Fraction(rounded(Fraction(result.total), self.sheet.places)))
        for each in vetoes:
            item = self.sheet.item(each.number)
            if item is not None and item.form.told["then"] != ZERO:
                result.grade = self.sheet.lower(result.grade, item.form.told["grade"])

    def _told(self, result: Result, vetoes: list[Line]) -> Iterable[str]:
        """Yield in sentences what was vetoed, what was decided by hand, and what nobody can say."""
        for each in vetoes:
            yield _("一票否决：{number}「{label}」{words}。").format(number=each.number, label=each.label, words=each.words)
        if any(self._then(each) == ZERO for each in vetoes):
            yield _("各项合计 {sum} 分，因一票否决总分为 0。").format(sum=result.known_shown)
        yield from (_decided(line) for line in result.lines if line.decision is not None)
        if result.total is None:
            yield _("有 {count} 项无法计算，总分不下结论；已知各项合计 {sum} 分。").format(
                count=len(result.unknown), sum=result.known_shown)


def _decided(line: Line) -> str:
    """Return in a sentence what was decided about a line by hand, and beside it what was computed."""
    decision = line.decision
    assert decision is not None
    computed = _("计算得 {marks} 分").format(marks=line.computed_shown) if line.computed is not None else _("无法计算")
    return _("人工核定：{number}「{label}」{computed}，核定 {given} 分。理由：{reason}（{document}）。").format(
        number=line.number, label=line.label, computed=computed, given=line.counted_shown, reason=decision.reason,
        document=decision.document)


def _computation(words: str, weights: list[str], result: Fraction) -> str:
    """Return a computation as it is written: the formula with its numbers, the outer weights, and what comes out."""
    told = plain(result)
    return f"{' × '.join((words, *weights))} {told if told.startswith('≈') else f'= {told}'}"


def exactly(figure: Figure, group: str = "") -> Fraction:
    """Return the value of a figure, or of one of its groups, exactly: of a rate the quotient that is published rounded."""
    value = next((each.value for each in figure.groups if group in (str(each.key), each.label)), None) if group else figure.value
    divided = DIVIDED.get(type(figure.indicator).compute) if isinstance(figure.indicator, Ratio) else None
    if divided is None or value is None or figure.numerator is None or figure.denominator is None:
        return Fraction(value or 0)
    above, below = (exactly(side, group) for side in (figure.numerator, figure.denominator))
    assert isinstance(figure.indicator, Ratio)
    return divided(above, below) * figure.indicator.times / below


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def grouped(rows: Iterable[Any], make: Any) -> dict[str, list[Any]]:
    """Return what rows make, by the number of their item, the earliest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.item].append(make(row))
    return dict(found)
