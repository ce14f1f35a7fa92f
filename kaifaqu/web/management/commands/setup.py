"""`kaifaqu setup`: whatever an installation needs before it can serve; done again, it finds nothing to do."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel.access import Installation
from kaifaqu.pages import editions
from kaifaqu.web.management.commands.demo import Command as Demo


class Command(BaseCommand):
    """Bring the database to this version's structure; load the demo zone where nothing is founded yet."""

    help = "建立或更新本安装；空的安装载入演示数据（KAIFAQU_DEMO=False 时不载入）。"

    def run(self, **options: Any) -> dict[str, Any]:
        """Migrate and load; return whose the installation is, and the demo's day and accounts."""
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        if settings.EDITION and editions.find(settings.EDITION) != (held := editions.chosen()) and Installation.objects.exists():
            told = _("本安装是{held}，不是{wanted}。请另选数据文件夹（KAIFAQU_HOME），或由系统管理员在「设置」里选用{wanted}。")
            raise ValueError(told.format(held=held, wanted=editions.find(settings.EDITION)))
        what = "accounts"
        if settings.DEMO and not Installation.objects.exists():
            self.stderr.write("正在载入演示数据 …")
            what = "load"
        demo = Demo().run(what=what, day=None) if what == "load" or Installation.objects.filter(demo=True).exists() else None
        installation = Installation.objects.select_related("owner").first()
        return {"installation": str(installation.owner) if installation else None, "demo": demo}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the demo accounts, or what to do next."""
        if answer["demo"]:
            yield from Demo().show(answer["demo"])
        elif answer["installation"] is None:
            yield "尚未建立单位。请运行：start.py kaifaqu found 代码 名称 管理员账号"
