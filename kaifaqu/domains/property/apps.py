"""The operation of parks as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PropertyConfig(AppConfig):
    """Hosted parks, amenities and their rents, services for enterprises, work orders."""

    name = "kaifaqu.domains.property"
    label = "property"
    verbose_name = _("园区运营")

    def ready(self) -> None:
        """Say what belongs on the pages of enterprises, contracts, settlements and amenities."""
        import_module(f"{self.name}.panels").declare()
