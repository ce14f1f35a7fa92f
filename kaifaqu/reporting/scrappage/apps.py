"""Scrapping as a whole as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScrappageConfig(AppConfig):
    """Figures that join recycling and subsidies, which know nothing of each other."""

    name = "kaifaqu.reporting.scrappage"
    label = "scrappage"
    verbose_name = _("报废更新")

    def ready(self) -> None:
        """Let workers know how large files of cases are judged."""
        import_module(f"{self.name}.large")
