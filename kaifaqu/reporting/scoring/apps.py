"""Scoring as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Published scoring sheets, applied to a zone's figures; what was found and decided by hand stands beside them."""

    name = "kaifaqu.reporting.scoring"
    label = "scoring"
    verbose_name = _("评分")

    def ready(self) -> None:
        """Say how the facts of this room stand on their pages."""
        import_module(f"{self.name}.panels")
