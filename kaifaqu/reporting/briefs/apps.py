"""Briefs as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefsConfig(AppConfig):
    """Documents whose numbers are figures: templates, drafts, review, issue and restatement."""

    name = "kaifaqu.reporting.briefs"
    label = "briefs"
    verbose_name = _("简报")

    def ready(self) -> None:
        """Let workers know how subscribers are told."""
        import_module(f"{self.name}.telling")
