"""`kaifaqu demo`: the demo zone, its accounts and its day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Installation
from kaifaqu.kernel.commit import commit
from kaifaqu.pages import editions
from kaifaqu.web import sample
from kaifaqu.web.actions import move_day


class Command(BaseCommand):
    """Load the demo zone into an empty installation, list its accounts, or move its day."""

    help = "演示开发区：load 载入，accounts 账号，day 移动演示日期。"

    def add_arguments(self, parser) -> None:
        """Take what to do, and the day to move to."""
        parser.add_argument("what", choices=["load", "accounts", "day"])
        parser.add_argument("day", nargs="?", type=date.fromisoformat)

    def run(self, *, what: str, day: date | None, **options: Any) -> dict[str, Any]:
        """Return the accounts and the day the demo stands on. Raise ValueError in an installation that is no demo."""
        if what == "load":
            if Installation.objects.exists():
                raise ValueError(_("本安装已有数据，演示数据只能载入空的安装。"))
            sample.load(settings.EDITION or editions.DEMO)
        installation = Installation.objects.first()
        if installation is None or not installation.demo:
            raise ValueError(_("本安装不是演示安装。"))
        if what == "day":
            if day is None:
                raise ValueError(_("请写明日期，例如 kaifaqu demo day 2024-08-05。"))
            commit([move_day(installation, by=SYSTEM, version=installation.row_version, demo_day=day)], by=SYSTEM)
            clock.release()
        return {
            "day": clock.today().isoformat(),
            "accounts": [dict(zip(("label", "code", "password"), account, strict=True)) for account in sample.accounts()],
        }

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the day and a line an account."""
        yield f"演示日期：{answer['day']}"
        yield "演示账号（口令相同，仅用于演示）："
        for account in answer["accounts"]:
            yield f"  {account['code']:<12} {account['password']}  {account['label']}"
