"""Qualifications as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualificationsConfig(AppConfig):
    """Permits and certificates with their time, and their renewals."""

    name = "kaifaqu.registers.qualifications"
    label = "qualifications"
    verbose_name = _("资质证照")

    def ready(self) -> None:
        """Let the worker look for what ends soon."""
        for module in ("renewing", "watching"):
            import_module(f"{self.name}.{module}")
