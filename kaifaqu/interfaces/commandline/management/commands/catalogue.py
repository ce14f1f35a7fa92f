"""`kaifaqu catalogue`: every indicator with its definition, or all their values for a period."""

from collections.abc import Iterator
from typing import Any

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.interfaces.figures import as_dict
from kaifaqu.kernel import access, events, indicators
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period


class Command(BaseCommand):
    """List the indicators."""

    help = "指标目录；给出期间时一并计算。"

    def add_arguments(self, parser) -> None:
        """Take a word to look for, and what is needed to compute."""
        parser.add_argument("word", nargs="?", default="", help="代码或名称中的字")
        parser.add_argument("--period", help="同时计算该期间的数值")
        parser.add_argument("--scope", help="单位代码")
        parser.add_argument("--known", help="当时所知")

    def run(self, *, word: str, period: str | None, scope: str | None, known: str | None, **options: Any) -> list[dict[str, Any]]:
        """Return the indicators whose code or name holds the word."""
        found = [each for each in indicators.catalogue().values() if word in each.code or word in str(each.label)]
        told = [
            {"code": each.code, "label": str(each.label), "unit": each.unit, "definition": str(each.basis),
             "by": [dimension.code for dimension in each.by]} for each in found
        ]
        if period:
            requests = [(each, Period.parse(period)) for each in found]
            figures = evaluate(requests, scope=access.scope(scope), known=events.known_on(known))
            for line, figure in zip(told, figures, strict=True):
                whole = as_dict(figure, records=False)
                line |= {name: whole[name] for name in ("value", "display", "status", "reason")}
        return told

    def show(self, answer: list[dict[str, Any]]) -> Iterator[str]:
        """Yield a line an indicator."""
        for each in answer:
            value = f"  {each['display']}" if "display" in each else ""
            yield f"{each['code']}  {each['label']}（{each['unit']}）{value}"
