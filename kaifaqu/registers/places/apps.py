"""Places as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """The zone with its boundary in time, and its parks, and parcels of land."""

    name = "kaifaqu.registers.places"
    label = "places"
    verbose_name = _("空间")

    def ready(self) -> None:
        """Offer the pages what this room asks about files that come in, and how it tells areas."""
        from kaifaqu.registers.places import forms, telling  # noqa: F401
