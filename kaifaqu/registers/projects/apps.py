"""Projects as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Leads and projects from first contact to full capacity."""

    name = "kaifaqu.registers.projects"
    label = "projects"
    verbose_name = _("项目")

    def ready(self) -> None:
        """Offer what stands on an agenda, and what is said about figures."""
        for name in ("agenda", "notes"):
            import_module(f"{self.name}.{name}")
