"""Issues as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    """The enterprises' difficulties and whoever solves them."""

    name = "kaifaqu.registers.issues"
    label = "issues"
    verbose_name = _("难点堵点")
