"""`kaifaqu subsidies check FILE`: what cases of a file get by a scheme as it was known on a day, with all reasons."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from kaifaqu.domains.subsidies import files
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.interfaces.commandline.command import NOT_COMPUTABLE, OK
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import access, clock
from kaifaqu.pages import asked
from kaifaqu.reporting.scrappage import standalone
from kaifaqu.reporting.scrappage.public import laid_down


class Command(BaseCommand):
    """Check cases; nothing is written or kept."""

    help = "汽车报废更新补贴：按某一天所知的方案检查一个文件里的每一件，说明能不能补、补多少、不能补的全部理由。什么也不写入。"

    def add_arguments(self, parser) -> None:
        """Take the file, the scheme and the day."""
        parser.add_argument("task", choices=["check", "facts", "page"],
                            help="check 检查一个文件；facts 列出要写的栏目和一个例子；page 把给车主看的网页写成一个文件")
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=".json、.csv、.xlsx 或 .ods，一件一行")
        parser.add_argument("--scheme", type=int, metavar="YEAR", help="哪一年的方案；默认每件按它提交的那天可以申请的方案")
        parser.add_argument("--as-of", metavar="DAY", help="按哪一天所知，写成 2024-08-05；默认为今天")

    def run(self, *, task: str, file: Path | None, scheme: int | None, as_of: str | None, **options: Any) -> dict[str, Any]:
        """Return the answers, or what may be asked."""
        if task == "facts":
            return {"facts": [
                {"name": each.name, "label": str(each.label), "permitted": str(each.permitted), "example": each.example,
                 **({"when": dict([each.when])} if each.when else {})} for each in FACTS.values()]}
        if task == "page":
            return {"page": str(_written(file or Path("trade-in.html")))}
        if file is None:
            raise ValueError("请写出要检查的文件：kaifaqu subsidies check FILE。")
        if not file.is_file():
            raise ValueError(f"没有文件「{file}」。")
        day = _day(as_of)
        _owner, content = laid_down(clock.today())
        judge, summary = files.Judge(content, day, scheme), files.Summary()
        told = [_told(each, judge) for each in summary.counting(judge(files.rows(file, file.name, clock.today())), judge)]
        return {"as_of": str(day), "schemes": summary.schemes,
                "counts": {answer or "wrong": count for answer, count in summary.counts.items()}, "cases": told}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield a line for each case, and its reasons below it."""
        if "page" in answer:
            yield answer["page"]
            return
        if "facts" in answer:
            for each in answer["facts"]:
                yield f"{each['name']:22} {each['label']}：{each['permitted']}。例：{str(each['example']).lower()}"
            return
        for each in answer["schemes"]:
            yield f"{each['scheme']} 年方案，按 {answer['as_of']} 所知（{each['source']}）；由{each['office']}决定。"
            if each["announced"]:
                yield each["announced"]
        words = files.answers()
        for each in answer["cases"]:
            amount = "" if each["amount"] is None or each["eligible"] == "no" else f"，{each['amount']} 元"
            top_up = "" if each["top_up"] in (None, each["amount"]) else f"，其中还要补发 {each['top_up']} 元"
            by = f"（{each['scheme']} 年方案）" if len(answer["schemes"]) > 1 and each["scheme"] else ""
            yield f"第 {each['row']} 行：{words[each['eligible']]}{amount}{top_up}{by}"
            for text in (*each["problems"], *each["reasons"], *each["next"]):
                yield f"    {text}"

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 3 where a case could not be read."""
        return NOT_COMPUTABLE if answer.get("counts", {}).get("wrong") else OK


def _written(path: Path) -> Path:
    path.write_text(standalone.page(access.Installation.objects.get().owner, clock.today()), encoding="utf-8")
    return path


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(asked.day(text)) if text else clock.today()
    except ValueError:
        raise ValueError(f"「{text}」不是日期，请写成 2024-08-05。") from None


def _told(each: files.Judged, judge: files.Judge) -> dict[str, Any]:
    words = judge.words(each)
    return {
        "row": each.row.number, "scheme": each.by.terms.scheme if each.by else None,
        "eligible": each.eligible, "amount": each.amount, "top_up": each.top_up,
        "failing": list(each.failing), "unclear": list(each.unclear), "problems": each.row.problems,
        "reasons": [f"{reason.text}（{reason.source}）" for reason in (*words.failing, *words.unclear)], "next": words.next}
