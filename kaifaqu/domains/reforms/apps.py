"""The reforms of a zone as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReformsConfig(AppConfig):
    """标准地、承诺制、全代办、集成办理."""

    name = "kaifaqu.domains.reforms"
    label = "reforms"
    verbose_name = _("改革")

    def ready(self) -> None:
        """Say how items are chosen, and what stands on the page of a package."""
        for module in ("packages_choosing", "packages_panel"):
            import_module(f"{self.name}.{module}")
