"""`kaifaqu found`: begins a productive installation with its party, its three administrators' roles and one account."""

import getpass
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.pages import editions
from kaifaqu.web import founding


class Command(BaseCommand):
    """Found a productive installation; the first person holds the three administrator roles until they are separated."""

    help = "建立正式安装：单位、角色和第一个管理员。"

    def add_arguments(self, parser) -> None:
        """Take the party and the first administrator's code."""
        parser.add_argument("code", help="单位代码")
        parser.add_argument("name", help="单位名称")
        parser.add_argument("administrator", help="管理员账号")
        parser.add_argument("--edition", default=settings.EDITION, help="版本：zone、company、recycler 等，按单位的业务启用模块")

    def run(self, *, code: str, name: str, administrator: str, edition: str, **options: Any) -> dict[str, str]:
        """Return what was founded; the password is asked for, never given on the command line."""
        if edition:
            editions.find(edition)  # before a password is asked for
        password = getpass.getpass(f"{administrator} 的口令（至少 10 位）：")
        party = founding.found(code, name, administrator, password, edition)
        return {"party": str(party), "administrator": administrator}

    def show(self, answer: dict[str, str]) -> Iterator[str]:
        """Yield what was founded."""
        yield f"已建立 {answer['party']}，管理员 {answer['administrator']}。运行 start.py 后登录。"
