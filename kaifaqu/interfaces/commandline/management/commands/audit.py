"""`kaifaqu audit verify`: walks the chain and names the first broken row."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import audit
from kaifaqu.kernel.events import Event


class Command(BaseCommand):
    """Verify events, versions and live rows."""

    help = "核对事件链、版本和现存记录。"

    def add_arguments(self, parser) -> None:
        """Take the one thing an audit does."""
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--head", metavar="链头", help="以前记下的链头「#序号 哈希」（备份、导出上有）或校验码：核对它仍在链上")

    def run(self, *, head: str | None, **options: Any) -> dict[str, Any]:
        """Return what the audit counted and found. Raise ValueError for a head that cannot be read."""
        told = head is not None and re.fullmatch(r"#?(\d+) +([0-9a-f]{12,64})", head.strip())
        if head is not None and not told:
            raise ValueError(_("链头「{head}」无法识别：请照抄「#序号 哈希」。").format(head=head))
        result = audit.verify()
        if told and not Event.objects.filter(seq=int(told[1]), hash__startswith=told[2]).exists():
            result.problems.insert(0, _("记下的链头 #{seq} 不在链上：那以后有人截去或改写了事件。").format(seq=told[1]))
        return asdict(result)

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the counts, then each problem."""
        yield f"核对：事件 {answer['events']}、版本 {answer['versions']}、现存记录 {answer['records']}；链头 {answer['head']}"
        yield from answer["notes"]
        yield from answer["problems"] or ["未发现改动。"]

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 1 when something is broken."""
        return 1 if answer["problems"] else 0
