"""Cases as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """What is owed by a time: the abstract case with its actions, what the worker does for it, and its pages."""

    name = "kaifaqu.cases"
    verbose_name = _("事项")

    def ready(self) -> None:
        """Let the worker look after what is due, and the pages show how cases stand."""
        for module in ("sweeping", "showing"):
            import_module(f"{self.name}.{module}")
