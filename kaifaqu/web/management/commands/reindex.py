"""`kaifaqu reindex`: makes the index of the search anew."""

from collections.abc import Iterator
from typing import Any

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.web import index
from kaifaqu.web.models import SearchText


class Command(BaseCommand):
    """Forget what the search has read and read it again; it would follow by itself, this is for doubts."""

    help = "重建查找用的索引。"

    def run(self, **options: Any) -> dict[str, int]:
        """Rebuild; return how many records can be found by their names."""
        index.rebuild()
        return {"records": SearchText.objects.count()}

    def show(self, answer: dict[str, int]) -> Iterator[str]:
        """Yield how many there are."""
        yield f"已重建：{answer['records']} 条记录可按名称查找。"
