"""`kaifaqu figure CODE --period P`: one figure with its definition, its value and its records."""

from collections.abc import Iterator
from typing import Any

from kaifaqu.interfaces.commandline.command import NOT_COMPUTABLE, OK, REFUSED
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.interfaces.figures import as_dict
from kaifaqu.kernel import access, events, figures, indicators
from kaifaqu.kernel.periods import Period


class Command(BaseCommand):
    """Compute one figure, today or as known on an earlier day."""

    help = "一个数：定义、数值和背后的记录。"

    def add_arguments(self, parser) -> None:
        """Take the code, the period, and what the figure is narrowed to."""
        parser.add_argument("code", help="指标代码，见 kaifaqu catalogue")
        parser.add_argument("--period", required=True, help="2024、2024-H1、2024-Q1、2024-01、2024-01..06 或 2024-06-30")
        parser.add_argument("--scope", help="单位代码，逗号分隔；「代码+」含下级。默认为本安装所属单位")
        parser.add_argument("--by", help="分组")
        parser.add_argument("--known", help="当时所知：2024-05-14 日终，或事件序号 #120")
        parser.add_argument("--trace", action="store_true", help="列出背后的记录")

    def run(self, *, code: str, period: str, scope: str | None, by: str | None, known: str | None, **options: Any) -> dict[str, Any]:
        """Return the figure as JSON holds it."""
        definition = indicators.find(code)
        figure = definition.figure(
            Period.parse(period),
            scope=access.scope(scope),
            by=indicators.dimension(definition, by) if by else None,
            known=events.known_on(known),
        )
        return as_dict(figure, trace=options["trace"])

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the figure with its groups, its sides and, when traced, its records."""
        yield f"{answer['label']}  {answer['period']}  {answer['display']}"
        if answer["reason"]:
            yield answer["reason"]
        yield f"口径：{answer['definition']}"
        if answer.get("rule"):
            yield f"本区选用：{answer['rule']}"
        known = f"按 #{answer['known']} 所知" if answer["known"] else "按今天所知"
        yield f"范围：{'、'.join(answer['scope'])}  数据截至：{answer['data_date'] or '—'}  {known}"
        for side in ("numerator", "denominator"):
            if side in answer:
                yield f"{'分子' if side == 'numerator' else '分母'}：{answer[side]['label']} {answer[side]['display']}"
        for group in answer["groups"]:
            yield f"  {group['label']}  {group['value'] if group['value'] is not None else group['reason']}"
        for record in answer.get("trace", ()):
            yield f"  {record['register']} {record['code']}  {record['record']}"

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 0 for a value, 3 when not computable, 4 when refused."""
        return {figures.NOT_COMPUTABLE: NOT_COMPUTABLE, figures.REFUSED: REFUSED}.get(answer["status"], OK)
