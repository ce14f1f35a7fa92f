"""`kaifaqu undo CHANGESET --reason`: what an import has changed, brought back as a whole."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.interfaces.commandline.command import person
from kaifaqu.kernel import actions
from kaifaqu.kernel.commit import commit
from kaifaqu.sheets.models import Changeset


class Command(BaseCommand):
    """Take back a changeset in the name of a person; where later changes are in the way, each is named and nothing is written."""

    help = "撤销一个变更批（一次导入或收表汇总）：各条记录回到以前；以后又有变更的，逐条列出，不作撤销。"

    def add_arguments(self, parser) -> None:
        """Take the changeset, the person, and why."""
        parser.add_argument("changeset", help="变更批编号，如 B0001；或它的第一个事件，如 #120")
        parser.add_argument("--by", "--as", required=True, metavar="ACCOUNT", help="经办人账号：撤销记在此人名下，权限以此人为准")
        parser.add_argument("--reason", required=True, help="撤销的原因")

    def run(self, *, changeset: str, by: str, reason: str, **options: Any) -> dict[str, Any]:
        """Return what was taken back, and the changeset that did it."""
        user = person(by)
        visible = Changeset.objects.visible_to(user)
        number = changeset.removeprefix("#")
        by_number = changeset.startswith("#") and number.isascii() and number.isdecimal() and len(number) < 19
        found = visible.filter(pk=int(number)) if by_number else visible.filter(code=changeset)
        if len(found) != 1:
            message = _("没有变更批「{changeset}」，或 {by} 无权查看，或不止一个（请写 #事件序号）。")
            raise LookupError(message.format(changeset=changeset, by=by))
        changes = actions.find("changesets.undo").plan(found[0], by=user, version=found[0].row_version, reason=reason)
        undone, *_rest = commit([changes], by=user)
        return {"undone": found[0].code, "changeset": undone.code, "records": undone.changed}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield what was taken back."""
        yield _("已撤销 {undone}：{records} 条记录回到以前；本次撤销为变更批 {changeset}。").format(**answer)
