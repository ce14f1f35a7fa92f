"""Feeds as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedsConfig(AppConfig):
    """What meters and plants send: feeds, their readings, and warnings."""

    name = "kaifaqu.registers.feeds"
    label = "feeds"
    verbose_name = _("数据源")

    def ready(self) -> None:
        """Let the worker look for warnings."""
        import_module(f"{self.name}.watching")
