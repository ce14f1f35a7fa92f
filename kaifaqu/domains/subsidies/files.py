"""Files of cases: a workbook, CSV or JSON with a column for each fact, each row judged, and handed back with its answer."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from kaifaqu.domains.subsidies import columns, schemes
from kaifaqu.domains.subsidies.evaluating import (
    NO,
    UNCLEAR,
    YES,
    Ready,
    Reason,
    deciding_share,
    evaluate,
    ready,
    unsaid,
)
from kaifaqu.domains.subsidies.facts import DAYS, FACTS, plain, quoted, read, spellings
from kaifaqu.sheets import guarding, reading, texts

AT_ONCE = 50_000  # rows that are judged together: a table of a million never stands in memory whole
MOST = 2**20 - 1  # rows of a sheet below its headings
SHOWN = 100  # rows, and sentences about what cannot be read, that a page shows; the workbook has all


class Told(NamedTuple):
    """What stands in one row of a file: its number there, by fact what is written, and what is wrong with the row's form."""

    number: int
    facts: Mapping[str, Any]
    problems: list[str]


@dataclass(frozen=True)
class Row:
    """One row of a file: its number there, what was told, the facts that could be read, and a sentence for each that could not."""

    number: int
    told: Mapping[str, Any]
    facts: Mapping[str, Any]
    problems: list[str]


@dataclass(frozen=True)
class Judged:
    """A row with its answer; a row with problems is never judged, for what it says is not known."""

    row: Row
    by: Ready | None = None
    eligible: str = ""
    amount: int | None = None
    top_up: int | None = None
    failing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


class Words(NamedTuple):
    """The answer of a row in words: why not, what is not known, and what to do."""

    failing: list[Reason]
    unclear: list[Reason]
    next: list[str]


class Judge:
    """Judges rows as it was known on a day: by the scheme that was chosen or, where none was, each by that of its own days.

    Raise LookupError where no scheme was out on the day, or nothing of the one that was chosen.
    """

    def __init__(self, content: Any, day: date, scheme: int | None = None):
        self.content, self.day, self.chosen = content, day, scheme
        self.oldest = min(schemes.known(content, day), default=schemes.FIRST_YEAR)
        self._years: dict[Any, int] = {}
        self._words: dict[Any, Words] = {}
        self._ready = {year: ready(content, year, day) for year in ({scheme} if scheme else {self.oldest, *schemes.known(content, day)})}

    def by(self, facts: Mapping[str, Any]) -> Ready:
        """Return by what a case is judged; one that was handed in on no day, as if it was on the last that is told of it."""
        if self.chosen:
            return self._ready[self.chosen]
        days = max((facts[name] for name in DAYS if name in facts), default=str(self.day)), facts.get("invoiced_on")
        if days not in self._years:
            terms = schemes.judging(self.content, *days, self.day)
            self._years[days] = terms.scheme if terms else self.oldest
        return self._ready[self._years[days]]

    def __call__(self, some: Iterator[Row]) -> Iterator[Judged]:
        """Yield the rows, in their order, each with its answer."""
        while part := [*islice(some, AT_ONCE)]:
            by = {row.number: self.by(row.facts) for row in part if not row.problems}
            answers = {each: _answers(each, [row for row in part if by.get(row.number) is each]) for each in {*by.values()}}
            for row in part:
                each = by.get(row.number)
                yield Judged(row, each, **next(answers[each])) if each else Judged(row)

    def words(self, each: Judged) -> Words:
        """Return the answer of one row in words, which rows with the same reasons share; none where it was not judged."""
        if each.by is None:
            return Words([], [], [])
        facts = each.row.facts
        key = (each.by.terms.scheme, each.eligible, each.failing, each.unclear, tuple(each.by.missing(facts)), bool(each.top_up),
               bool(facts.get("already_paid")), deciding_share(each.by.terms, facts))
        if key not in self._words:
            verdict = evaluate(facts, each.by, self.day)
            self._words[key] = Words(verdict.failing, [*verdict.unclear, *unsaid(each.by, facts)], verdict.next)
        return self._words[key]


def _answers(by: Ready, rows: list[Row]) -> Iterator[dict[str, Any]]:
    for told in columns.judged(columns.table(row.facts for row in rows), by).to_pylist():
        yield {**told, **{name: tuple(columns.told(by, told[name])) for name in ("failing", "unclear")}}


@dataclass
class Shown:
    """A row as a page shows it: its answer, what is paid, what cannot be read, and each reason with the document that says so."""

    number: int
    scheme: int | None
    eligible: str
    amount: int | None
    top_up: int | None
    problems: list[str]
    reasons: list[list[str]]


@dataclass
class Summary:
    """What a file comes to: rows by answer ("" is what cannot be read), what is paid for those that get it, and the reasons.

    `schemes` are those by which rows were judged, as `laid_down` tells them, `shown` the first rows, `problems` the first
    sentences about what cannot be read, of `wrong` in all. It is plain data (`told`, and `again` of it), for that of a large
    file is shown later.
    """

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    amount: int = 0
    top_up: int = 0
    failing: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    schemes: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return all of it as JSON can tell it."""
        return {**vars(self), "shown": [*map(vars, self.shown)]}

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> "Summary":
        """Return the summary of which this was told."""
        counted = {name: Counter(told[name]) for name in ("counts", "failing", "unclear")}
        return cls(**{**told, **counted, "shown": [Shown(**each) for each in told["shown"]]})

    def counting(self, some: Iterable[Judged], judge: Judge) -> Iterator[Judged]:
        """Yield the rows, and count each."""
        for each in some:
            self._count(each, judge.words(each))
            yield each

    def _count(self, each: Judged, words: Words) -> None:
        self.rows += 1
        self.counts[each.eligible] += 1
        self.wrong += len(each.row.problems)
        self.problems += numbered(each.row)[:max(0, SHOWN - len(self.problems))]
        self.failing.update(reason.text for reason in words.failing)
        self.unclear.update(reason.text for reason in words.unclear)
        if each.by and (laid := laid_down(each.by)) not in self.schemes:
            self.schemes = sorted([*self.schemes, laid], key=lambda one: one["scheme"])
        if each.eligible == YES:
            self.amount += each.amount or 0
            self.top_up += each.top_up or 0
        if len(self.shown) < SHOWN:
            reasons = [[reason.text, reason.source] for reason in (*words.failing, *words.unclear)]
            scheme = each.by.terms.scheme if each.by else None
            self.shown.append(Shown(each.row.number, scheme, each.eligible, each.amount, each.top_up, each.row.problems, reasons))


def laid_down(by: Ready) -> dict[str, Any]:
    """Return by what rows were judged: the year of the scheme, its documents, who decides, and what is announced beyond it."""
    return {"scheme": by.terms.scheme, "source": by.terms.source(), "office": by.terms["office"], "announced": by.announcement}


def numbered(row: Row) -> list[str]:
    """Return the sentences about what cannot be read, each with the number of its row."""
    return [_("第 {row} 行：{problem}").format(row=row.number, problem=problem) for problem in row.problems]


def rows(path: Path, name: str, today: date) -> Iterator[Row]:
    """Yield the rows of a file. Raise ValidationError or ValueError with everything that is wrong with the file as a whole."""
    guarding.weigh(name, path.stat().st_size)
    known: dict[Any, Any] = {}
    count = 0
    some = _of_json(path, name) if name.lower().endswith(".json") else _of_book(path, name)
    for count, (number, told, problems) in enumerate(some, 1):
        if count > MOST:
            raise ValueError(_("「{name}」超过 {most} 件，结果一张工作表写不下，请分成几个文件。").format(name=name, most=f"{MOST:,}"))
        facts, wrong = read(told, today, known)
        yield Row(number, told, facts, [*problems, *wrong])
    if not count:
        raise ValueError(_("「{name}」里没有一件申请。").format(name=name))


# Workbooks that are handed out


def answers() -> dict[str, str]:
    """Return what is said of a row in words, by its answer."""
    return {YES: _("可以补贴"), NO: _("不能补贴"), UNCLEAR: _("不能确定"), "": _("没有检查")}


def write(stream: IO[bytes], some: Iterable[Judged], judge: Judge) -> None:
    """Write the rows as a workbook: what was handed in, what came of it, and by what."""
    texts.write(stream, {_("核对结果"): _answered(some, judge)})


def _answered(some: Iterable[Judged], judge: Judge) -> Iterator[list[str | int | None]]:
    yield [_("行"), *(str(fact.label) for fact in FACTS.values()), _("结论"), _("金额（元）"), _("补差（元）"), _("不符合的原因"),
           _("不清楚的原因"), _("读不懂的地方"), _("接下来"), _("方案"), _("按哪一天所知"), _("依据"), _("由谁决定")]
    said = answers()
    laid: dict[Ready | None, list[Any]] = {None: [None] * 4}
    for each in some:
        words, told = judge.words(each), each.row.told
        is_paid = each.eligible in (YES, UNCLEAR)
        if each.by and each.by not in laid:
            by = laid_down(each.by)
            laid[each.by] = [by["scheme"], str(judge.day), "\n".join(filter(None, (by["source"], by["announced"]))), by["office"]]
        yield [
            each.row.number, *(plain(str(told.get(name, ""))) for name in FACTS), said[each.eligible], each.amount if is_paid else None,
            each.top_up if is_paid else None, *("\n".join(f"{one.text}（{one.source}）" for one in reasons) for reasons in words[:2]),
            "\n".join(each.row.problems), "\n".join(words.next), *laid[each.by]]


def blank(stream: IO[bytes]) -> None:
    """Write the workbook that is filled in: the headings with an example, and what may be written in each column."""
    example = {name: str((fact.choices or {}).get(str(fact.example).lower(), fact.example)) for name, fact in FACTS.items()
               if fact.when is None or FACTS[fact.when[0]].example == fact.when[1]}
    texts.write(stream, {
        _("申请"): [[str(fact.label) for fact in FACTS.values()], [example.get(name, "") for name in FACTS]],
        _("填写说明"): [[_("栏目"), _("可以填"), _("什么时候填")], *(
            [str(fact.label), "、".join(map(str, (fact.choices or {}).values())) or str(fact.permitted), fact.condition]
            for fact in FACTS.values())]})


# Files that are handed in


def _named() -> dict[str, str]:
    """Return the facts by what a column may be called: a name in data, or a label in any language."""
    return {text: name for name, fact in FACTS.items() for text in spellings(fact.label)} | {name: name for name in FACTS}


class _Pairs(list):
    """The pairs of an object of JSON as they were written: of two with one name neither is known to be meant."""


def _of_json(path: Path, name: str) -> Iterator[Told]:
    try:
        told = json.loads(
            path.read_text(encoding="utf-8-sig"), object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError:
        raise ValueError(_("「{name}」不是 UTF-8 编码，请以 UTF-8 重新导出。").format(name=name)) from None
    except RecursionError:
        raise ValueError(_("「{name}」括号嵌套得太深，请从原来的软件重新导出。").format(name=name)) from None
    except json.JSONDecodeError as problem:
        raise ValueError(_("「{name}」不是有效的 JSON：第 {line} 行第 {column} 个字符起读不下去。").format(
            name=name, line=problem.lineno, column=problem.colno)) from None
    cases = told if isinstance(told, list) and not isinstance(told, _Pairs) else [told]
    wrong = [str(number) for number, each in enumerate(cases, 1) if not isinstance(each, _Pairs)]
    if wrong:
        raise ValueError(_("「{name}」第 {numbers} 项不是一件申请，请写成 {{\"applicant\": \"individual\", …}}。").format(
            name=name, numbers="、".join(wrong[:10])))
    names = _named()
    for number, each in enumerate(cases, 1):
        times = Counter(names.get(key, key) for key, _value in each)
        twice = [_("「{text}」写了两次。").format(text=quoted(key)) for key, count in times.items() if count > 1]
        yield Told(number, {found: value for key, value in each if times[found := names.get(key, key)] == 1}, twice)


def _of_book(path: Path, name: str) -> Iterator[Told]:
    names = _named()
    with reading.read(path, name) as book:
        heads: list[str] | None = None
        for sheet in book.sheets:
            if heads is not None:
                _refuse_more(name, sheet, names)
                continue
            for row in sheet:
                written = [cell.value.strip() for cell in row.cells]
                if heads is None:
                    heads = _headings(name, written, names)
                else:
                    yield _row(row.number, written, heads)
    if heads is None:
        raise ValueError(_("「{name}」里没有一个栏目名。可用的栏目：{names}。").format(name=name, names=_offered()))


def _row(number: int, written: list[str], heads: list[str]) -> Told:
    facts, problems = {}, []
    for place, text in enumerate(written):
        if text and place < len(heads) and heads[place]:
            facts[heads[place]] = text
        elif text:
            problems.append(_("第 {place} 列没有栏目名，却写着「{text}」。").format(place=place + 1, text=quoted(text)))
    return Told(number, facts, problems)


def _refuse_more(name: str, sheet: Any, names: Mapping[str, str]) -> None:
    """Raise ValueError where another sheet has cases, too: which of them are meant is not known."""
    if any(cell.value.strip() in names for row in sheet.head(1) for cell in row.cells):
        raise ValueError(_("「{name}」的工作表「{sheet}」里也有申请，请把申请放在一张工作表里。").format(name=name, sheet=sheet.name))


def _headings(name: str, texts: list[str], names: Mapping[str, str]) -> list[str]:
    """Return the facts of the columns. Raise ValueError for headings that are not known or stand twice."""
    problems = [_("没有「{text}」这一栏").format(text=quoted(text)) for text in texts if text and text not in names]
    found = [names.get(text, "") for text in texts]
    problems += [_("「{text}」写了两次").format(text=FACTS[each].label) for each in dict.fromkeys(found) if each and found.count(each) > 1]
    if not any(found):
        problems.append(_("第一行没有一个栏目名"))
    if problems:
        raise ValueError(_("「{name}」的表头：{problems}。可用的栏目：{names}。").format(
            name=name, problems="；".join(problems), names=_offered()))
    return found


def _offered() -> str:
    return "、".join(str(fact.label) for fact in FACTS.values())
