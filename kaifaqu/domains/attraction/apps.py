"""Attraction as a Django application; the installation switches it on where it is wanted."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttractionConfig(AppConfig):
    """Attraction of investment along chains."""

    name = "kaifaqu.domains.attraction"
    label = "attraction"
    verbose_name = _("招商")

    def ready(self) -> None:
        """Say what belongs on the pages of leads, segments and chains, on an agenda, and before negotiations begin."""
        from kaifaqu.domains.attraction import admission, coming, panels  # noqa: F401

        panels.declare()
