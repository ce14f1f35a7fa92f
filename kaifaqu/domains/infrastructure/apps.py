"""Infrastructure as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InfrastructureConfig(AppConfig):
    """Works and what is paid for them, plants and their days, and what capacity is still free."""

    name = "kaifaqu.domains.infrastructure"
    label = "infrastructure"
    verbose_name = _("基础设施")

    def ready(self) -> None:
        """Say what belongs on the pages of leads, projects, works and plants, and how the kind of a work is chosen."""
        import_module(f"{self.name}.panels").declare()
        import_module(f"{self.name}.choosing")
