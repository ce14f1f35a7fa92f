"""Marks: what people write into a template so that a number, a table or a chart stands there, and how it is read.

A template is text, or a Word file, with marks of Jinja's form, filled in a sandbox: {{ 数("在建项目数") }} is a number,
{% 如果 数("在建项目数", 比较="上年同期").增长 %} … {% 否则 %} … {% 完 %} a sentence by condition. What a mark makes
goes through the text as characters of the private use area, and is set at the end.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment

from kaifaqu.reporting.calls import Call
from kaifaqu.reporting.composing import FACTS, Composer, call_of
from kaifaqu.reporting.document import BLOCK, NUMBER, RESERVED, Block, Heading, Paragraph, Spans

MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
QUOTES = str.maketrans("“”‘’", "\"\"''")  # as an input method writes them
PLAIN = str.maketrans("（），：＝！．　", "(),:=!. ")
QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
WORDS = {"否则如果": "elif", "如果": "if", "否则": "else", "完": "endif"}
WORD = re.compile(r"(\{%[-+]?[ap]?\s*)(" + "|".join(WORDS) + r")(?=\W)")
TOLD = (nodes.TemplateData, nodes.Const, nodes.Name, nodes.Call)  # what may stand in the text: a number computed there has no trace
SPOKEN = (
    *TOLD, nodes.Output, nodes.CondExpr, nodes.If, nodes.Keyword, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Add, nodes.Sub, nodes.Div,
)  # fmt: skip
BARE = {"数", "表", "清单", "图", "期间", "self"}  # words that are nothing by themselves
WRONG = (TypeError, ArithmeticError, ValueError, AttributeError, LookupError, RecursionError)  # what a condition may raise


class Wrong(ValueError):
    """A template that cannot be used; `problems` are sentences, everything that is wrong at once."""

    def __init__(self, problems: list[str]):
        self.problems = list(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


class Sandbox(SandboxedEnvironment):
    """Where a template is filled: it knows the words of marks and nothing else."""

    def __init__(self, composer: Composer):
        super().__init__(undefined=StrictUndefined)
        self.globals = composer.words()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return the template as read. Raise TemplateSyntaxError for all that is more than marks and conditions."""
        tree = super()._parse(source, name, filename)
        if odd := next(filter(_is_program, tree.find_all(nodes.Node)), None):
            raise TemplateSyntaxError(_(
                "正文里只能写 数、表、清单、图、期间、本期、单位、截至；「如果」里还可以问 值、缺数、增长、下降、持平，并作比较和加减。"),
                odd.lineno)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a condition asks of a number, in the words of a template."""
        return super().getattr(obj, FACTS.get(attribute, attribute))


def set_text(template: str, composer: Composer) -> None:
    """Fill a template of text and set its lines: # the title, ## to ##### headings, others paragraphs. Raise Wrong."""
    for line in fill(template, composer).splitlines():
        if line := line.strip():
            _set(line, composer)
    if composer.problems:
        raise Wrong(composer.problems)


def fill(template: str, composer: Composer) -> str:
    """Return the text with its marks answered. Raise Wrong for one that is not written as a template is."""
    environment = Sandbox(composer)
    try:
        tree = environment.parse(spelt(template))
        composer.asker.expect(_calls(tree))
        return environment.from_string(tree).render()
    except TemplateError as problem:
        raise Wrong([*composer.problems, sentence(problem)]) from None
    except WRONG as problem:
        raise Wrong([*composer.problems, _("模板里的标记不能计算：{problem}").format(problem=problem)]) from None


def _is_program(node: nodes.Node) -> bool:
    """Tell whether a part of a template is more than a mark or a condition: a loop, a filter, a computed text."""
    if isinstance(node, nodes.Output):
        return not all(map(_is_told, node.nodes))
    if isinstance(node, nodes.Call):
        nested = [each for part in (*node.args, *node.kwargs) for each in (part, *part.find_all(nodes.Call))]
        inner = [each.node for each in nested if isinstance(each, nodes.Call)]
        return not isinstance(node.node, nodes.Name) or any(getattr(each, "name", "") != "期间" for each in inner)
    if isinstance(node, nodes.Getattr):
        return node.attr not in {*FACTS, *FACTS.values()}
    if isinstance(node, nodes.Const):
        return bool(RESERVED.search(str(node.value)))
    return not isinstance(node, SPOKEN)


def _is_told(node: nodes.Node | None) -> bool:
    """Tell whether this may stand in the text: fixed words, or what a mark answers."""
    if isinstance(node, nodes.CondExpr):
        return _is_told(node.expr1) and _is_told(node.expr2)
    return node is None or isinstance(node, TOLD) and not (isinstance(node, nodes.Name) and node.name in BARE)


def sentence(problem: TemplateError) -> str:
    """Return in a sentence what is wrong with a template."""
    if isinstance(problem, UndefinedError):
        name = (re.findall(r"'(.*?)'", str(problem)) or [str(problem)])[-1]
        return _("模板里的「{name}」不认识。标记可写 数、表、清单、图、期间、本期、单位、截至。").format(name=name)
    if isinstance(problem, TemplateSyntaxError):
        return _("模板第 {line} 行的标记没有写对：{problem}").format(line=problem.lineno, problem=problem.message)
    return _("模板里的标记不能计算：{problem}").format(problem=problem)


def spelt(template: str) -> str:
    """Return a template with its marks in plain punctuation and with the words that the sandbox knows."""
    plain = MARK.sub(lambda mark: _plain(mark[0]), RESERVED.sub("", template))
    return WORD.sub(lambda found: found[1] + WORDS[found[2]], plain)


def _plain(mark: str) -> str:
    """Return a mark in plain punctuation; what stands in quotation marks is a name and stays."""
    parts = QUOTED.split(mark.translate(QUOTES))
    return "".join(part if place % 2 else part.translate(PLAIN) for place, part in enumerate(parts))


def set_title(words: str, composer: Composer) -> None:
    """Set the title, which has no footnotes: a number in it, which nobody could trace, is told as a problem."""
    composer.document.title = composer.document.text(spans(words))
    if RESERVED.search(words):
        composer.problems.append(_("标题里不能写数、表、清单和图：标题没有脚注，数字就没有出处。请写进正文。"))


def set_blocks(text: str, composer: Composer) -> Iterator[Block]:
    """Yield what a paragraph's text is: itself with its numbers, and the tables and charts that stand in it."""
    place = 0
    for found in BLOCK.finditer(text):
        if before := text[place:found.start()].strip():
            yield Paragraph(spans(before))
        yield composer.blocks[int(found[1])]
        place = found.end()
    if rest := text[place:].strip():
        yield Paragraph(spans(rest))


def spans(text: str) -> Spans:
    """Return a text with its numbers as places."""
    parts: Spans = []
    place = 0
    for found in NUMBER.finditer(text):
        parts += [*([text[place:found.start()]] if found.start() > place else []), int(found[1])]
        place = found.end()
    return [*parts, *([text[place:]] if place < len(text) else [])]


def _set(line: str, composer: Composer) -> None:
    """Set one line of a text as the title, a heading, a paragraph, or the table or chart that it is."""
    marks = len(line) - len(line.lstrip("#"))
    words = line[marks:].strip()
    if marks == 1:
        set_title(words, composer)
        return
    for block in set_blocks(words, composer):
        if marks and isinstance(block, Paragraph):
            block = Heading(min(marks - 1, 4), block.spans)
        composer.document.blocks.append(block)


def _calls(tree: nodes.Template) -> Iterator[Call]:
    """Yield the numbers that a template asks for in plain words, so that they can be computed together."""
    for each in tree.find_all(nodes.Call):
        if not (isinstance(each.node, nodes.Name) and each.node.name == "数" and len(each.args) == 1):
            continue
        told = [each.args[0], *(option.value for option in each.kwargs)]
        values = [value.value for value in told if isinstance(value, nodes.Const)]
        if len(values) == len(told):
            try:
                yield call_of(values[0], {option.key: value for option, value in zip(each.kwargs, values[1:], strict=True)})
            except ValueError:
                continue  # it is said where it is asked
