"""Visits as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """Visits of all lines of work to the enterprises, their one calendar, and who looks after each enterprise."""

    name = "kaifaqu.registers.visits"
    label = "visits"
    verbose_name = _("走访")

    def ready(self) -> None:
        """Say what belongs on an enterprise's page and on an agenda."""
        from kaifaqu.registers.visits import coming, panels, strands  # noqa: F401

        panels.declare()
        strands.declare()
