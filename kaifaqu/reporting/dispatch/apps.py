"""Dispatch as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    """The zone's weekly and monthly dispatch: its table, what goes on the agenda, and what waits for whom."""

    name = "kaifaqu.reporting.dispatch"
    label = "dispatch"
    verbose_name = _("调度")

    def ready(self) -> None:
        """Make known what goes on the agenda of a dispatch meeting, and what stands on the page of a letter."""
        for module in ("agenda", "letters"):
            import_module(f"{self.name}.{module}")
