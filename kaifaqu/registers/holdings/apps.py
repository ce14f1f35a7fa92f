"""Holdings as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldingsConfig(AppConfig):
    """Who holds how much of which company."""

    name = "kaifaqu.registers.holdings"
    label = "holdings"
    verbose_name = _("股权")

    def ready(self) -> None:
        """Say what belongs on an enterprise's page."""
        import_module(f"{self.name}.strands").declare()
