"""`kaifaqu page`: each fact of the newspaper page beside what the demo zone's records give now."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import OK
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import units
from kaifaqu.kernel.access import Installation
from kaifaqu.reporting.livingpage import answers as answering
from kaifaqu.reporting.livingpage.answers import VERDICTS, Answer

DIFFERENT = 1  # exit code when a figure is not what the page says


class Command(BaseCommand):
    """Answer the newspaper page."""

    help = "报纸一页：每件事实、现在算得的数、是否一致、背后的记录。"

    def run(self, **options: Any) -> list[dict[str, Any]]:
        """Return a line a fact. Raise LookupError where the installation is no demo."""
        if not Installation.objects.filter(demo=True).exists():
            raise LookupError(_("只有演示安装有报纸一页：它说的是演示区。"))
        return [_line(each) for each in answering.answers()]

    def show(self, answer: list[dict[str, Any]]) -> Iterator[str]:
        """Yield a line a fact, and last how many have each verdict."""
        for each in answer:
            value = "" if each["value"] is None else f"  现在 {units.display(each['value'], each['unit'])}"
            reason = f"  {each['reason']}" if each["reason"] else ""
            asked = f"{each['statement']}（{each['period']}）"
            yield f"{each['id']}  {VERDICTS[each['verdict']]}  {asked}  版面 {each['printed']}{value}{reason}"
        told = [each["verdict"] for each in answer]
        yield "，".join(f"{words} {told.count(verdict)}" for verdict, words in VERDICTS.items() if verdict != answering.REFUSED)

    def exit_code(self, answer: list[dict[str, Any]]) -> int:
        """Return 0 when nothing differs from the page, else 1."""
        return DIFFERENT if any(each["verdict"] == answering.DIFFERS for each in answer) else OK


def _line(answer: Answer) -> dict[str, Any]:
    """Return the answer as other programs read it: numbers are decimal text in the statement's unit, records are codes."""
    statement = answer.statement
    return {
        "id": statement.id, "article": statement.article, "kind": statement.kind, "statement": statement.words,
        "wanted": units.text(statement.wanted), "unit": statement.unit, "qualifier": statement.qualifier, "printed": statement.wanted_words,
        "period": str(statement.period), "indicators": list(statement.indicators),
        "value": None if answer.value is None else units.text(answer.value),
        "records": [record.code for record in answer.records], "listed": answer.listed,
        "verdict": answer.verdict, "reason": answer.reason,
    }  # fmt: skip
