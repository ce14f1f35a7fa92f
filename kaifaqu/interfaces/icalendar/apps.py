"""Calendars of what is due, as an application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IcalendarConfig(AppConfig):
    """A calendar for each person who wants one, for any program that subscribes to calendars."""

    name = "kaifaqu.interfaces.icalendar"
    label = "icalendar"
    verbose_name = _("日历订阅")

    def ready(self) -> None:
        """Offer what the floors below the rooms put on an agenda."""
        import_module(f"{self.name}.sources")
