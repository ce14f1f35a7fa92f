"""`kaifaqu setup`: whatever an installation needs before it can serve; done again, it finds nothing to do."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from kaifaqu.kernel.access import Installation


class Command(BaseCommand):
    """Bring the database to this version's structure; load the demo zone where nothing is founded yet."""

    help = "建立或更新本安装；空的安装载入演示数据（KAIFAQU_DEMO=False 时不载入）。"
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        """Migrate, load, and print the demo accounts."""
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        installation = Installation.objects.first()
        if installation is None and settings.DEMO:
            self.stderr.write("正在载入演示开发区 …")
            call_command("demo", "load", stdout=self.stdout)
        elif installation is not None and installation.demo:
            call_command("demo", "accounts", stdout=self.stdout)
        elif installation is None:
            self.stdout.write("尚未建立单位。请运行：start.py kaifaqu found 代码 名称 管理员账号")
