"""`kaifaqu audit verify`: walks the chain and names the first broken row."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import audit


class Command(BaseCommand):
    """Verify events, versions and live rows."""

    help = "核对事件链、版本和现存记录。"

    def add_arguments(self, parser) -> None:
        """Take the one thing an audit does."""
        parser.add_argument("what", choices=["verify"])

    def run(self, **options: Any) -> dict[str, Any]:
        """Return what the audit counted and found."""
        return asdict(audit.verify())

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the counts, then each problem."""
        yield f"核对：事件 {answer['events']}、版本 {answer['versions']}、现存记录 {answer['records']}；链头 {answer['head']}"
        yield from answer["notes"]
        yield from answer["problems"] or ["未发现改动。"]

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 1 when something is broken."""
        return 1 if answer["problems"] else 0
