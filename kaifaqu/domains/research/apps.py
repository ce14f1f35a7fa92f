"""Research and its products as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResearchConfig(AppConfig):
    """Research projects and what comes of them: results, awards, patents, products, orders, machines at work."""

    name = "kaifaqu.domains.research"
    label = "research"
    verbose_name = _("科研和装备")

    def ready(self) -> None:
        """Say how directions and tasks are chosen, and what belongs on the pages of products and reports."""
        import_module(f"{self.name}.choosing")
        import_module(f"{self.name}.panels").declare()
