"""Papers: a scoring as a document, which is made a Word file, a PDF or a workbook like every document of the product."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import events
from kaifaqu.pages.freezing import LANGUAGE, Number
from kaifaqu.reporting.document import Document, Heading, Paragraph, Spans, Stamp, Table
from kaifaqu.reporting.paper import annex, pdf, word
from kaifaqu.reporting.scoring.models import Scoring
from kaifaqu.reporting.scoring.results import Line, Result

WRITERS = {"docx": word.write, "pdf": pdf.write, "xlsx": annex.write}


def paper(scoring: Scoring, result: Result, format: str) -> bytes:
    """Return a scoring as a file of this format. Raise ValueError where it cannot be made here."""
    with override(LANGUAGE):
        return WRITERS[format](document(result), stamp(scoring, result))


def document(result: Result) -> Document:
    """Return a result as a document: the table, and in sentences how the total came about and what each point is."""
    made = Document(
        f"{result.title}（{result.period_label}）", result.owner, result.period, result.period_label, result.known, result.known_on)
    heads = [_("序号"), _("内容"), _("值"), _("目标"), _("满分"), _("计算分"), _("核定分")]
    made.blocks.append(Paragraph([_("依据：{basis}").format(basis=result.basis)]))
    for name, lines in result.dimensions():
        rows = [[*_cells(line, made)] for line in lines]
        made.blocks.append(Table(name, heads, rows, [False, False, True, True, True, True, True]))
    total = result.total_shown or _("不下结论")
    grade = _("，等次：{grade}").format(grade=result.grade) if result.grade else ""
    made.blocks.append(Paragraph([_("总分：{total}{grade}。").format(total=total, grade=grade)]))
    made.blocks += [Paragraph([each]) for each in result.sentences]
    made.blocks.append(Heading(1, [_("逐项计算")]))
    made.blocks += [Paragraph([_told(line)]) for line in result.lines]
    return made


def _cells(line: Line, made: Document) -> Iterator[Spans]:
    """Yield the cells of a line; its value and target are numbers of the document, which open where they come from."""
    yield [line.number]
    yield [line.label]
    for number, text in ((line.figure, line.value), (line.aim, line.target)):
        yield [_place(number, text, made)] if number is not None and text else [text or "—"]
    yield [line.full_shown or "—"]
    yield [line.verdict or line.computed_shown or "—"]
    yield [line.counted_shown if line.decision else "—"]


def _place(number: Number, text: str, made: Document) -> int:
    number.shown = text
    made.numbers.append(number)
    return len(made.numbers) - 1


def _told(line: Line) -> str:
    return _("{number} {label}（{form}：{rule}）：{words}").format(
        number=line.number, label=line.label, form=line.form, rule=line.rule, words=line.words or line.problem)


def stamp(scoring: Scoring, result: Result) -> Stamp:
    """Return what stands around a scoring on paper."""
    issued = scoring.is_issued
    head = events.Event.objects.filter(seq=result.known).first()
    day = f"{scoring.issued_on.year}年{scoring.issued_on.month}月{scoring.issued_on.day}日" if scoring.issued_on else ""
    people = [(_("印发"), str(scoring.issued_by))] if scoring.issued_by else []
    return Stamp(
        scoring.code, "", _("已印发") if issued else _("草稿"), str(scoring.owner.name), day, people, head.hash if head else "",
        f"{settings.ADDRESS}{reverse('scoring', args=[scoring.pk])}")
