"""Funds as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapitalConfig(AppConfig):
    """Funds, what was paid into them, and what they invested in."""

    name = "kaifaqu.domains.capital"
    label = "capital"
    verbose_name = _("资本运营")

    def ready(self) -> None:
        """Say what is told of a fund's money on the pages of enterprises and projects."""
        import_module(f"{self.name}.panels").declare()
