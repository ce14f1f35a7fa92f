"""The reforms of approvals and of land as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReformsConfig(AppConfig):
    """标准地、承诺制、全代办、集成办理."""

    name = "kaifaqu.domains.reforms"
    label = "reforms"
    verbose_name = _("改革")

    def ready(self) -> None:
        """Say how items are chosen, what stands on the pages of parcels, commitments, packages and projects, and on an agenda."""
        for module in ("commitments_panels", "due_dates", "packages_choosing", "packages_panel", "parcels_panels", "strands"):
            import_module(f"{self.name}.{module}")
