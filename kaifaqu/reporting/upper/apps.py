"""Upper-level forms as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpperConfig(AppConfig):
    """Workbooks that the upper level sends, filled from the records by pointing at their cells."""

    name = "kaifaqu.reporting.upper"
    label = "upper"
    verbose_name = _("上级报表")

    def ready(self) -> None:
        """Declare what people do with forms, and what stands on a form's page."""
        from kaifaqu.reporting.upper import actions, showing  # noqa: F401
