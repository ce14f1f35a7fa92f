"""Premises as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PremisesConfig(AppConfig):
    """Buildings, the units that they are let in, and who is in them."""

    name = "kaifaqu.registers.premises"
    label = "premises"
    verbose_name = _("楼栋")
