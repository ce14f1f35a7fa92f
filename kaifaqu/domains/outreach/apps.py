"""Promotion and public education as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """What is posted and asked online, venues and partners offline, the leads that come of it, the guide, and public education."""

    name = "kaifaqu.domains.outreach"
    label = "outreach"
    verbose_name = _("宣传推介")

    def ready(self) -> None:
        """Say what belongs on the page of a lead, and how the answer to a question is suggested."""
        import_module(f"{self.name}.panels").declare()
