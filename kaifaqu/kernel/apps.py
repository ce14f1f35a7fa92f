"""The kernel as a Django application."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Mechanisms that every register shares; knows no domain."""

    name = "kaifaqu.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Read what every room offers, then give each register the actions that all have."""
        from kaifaqu.kernel.actions import provide_actions

        autodiscover_modules("actions", "founding", "indicators", "rules")
        provide_actions()
