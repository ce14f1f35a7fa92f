"""The ledger of fences in mines as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MineSafetyConfig(AppConfig):
    """电子围栏安装台账；只监督、记录，从不代替机载联锁."""

    name = "kaifaqu.domains.minesafety"
    label = "minesafety"
    verbose_name = _("矿山电子围栏")

    def ready(self) -> None:
        """Say what a mine's operator tells in an enterprise's chronicle."""
        import_module(f"{self.name}.panels").declare()
