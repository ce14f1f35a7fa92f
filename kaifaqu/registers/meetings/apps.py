"""Meetings as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Recurring joint sessions: their plans for a year, agenda, frozen figures, minutes, signatures and decisions."""

    name = "kaifaqu.registers.meetings"
    label = "meetings"
    verbose_name = _("会议")

    def ready(self) -> None:
        """Say how the kind of a plan is chosen, and offer what stands on an agenda."""
        for module in ("choosing", "coming"):
            import_module(f"{self.name}.{module}")
