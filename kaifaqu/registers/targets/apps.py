"""Yearly targets as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    """What the zone is to reach in a year, by document, split by department and month."""

    name = "kaifaqu.registers.targets"
    label = "targets"
    verbose_name = _("全年目标")

    def ready(self) -> None:
        """Offer the pages what this room shows on the page of a target."""
        import_module(f"{self.name}.panels")
