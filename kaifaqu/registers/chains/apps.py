"""Industry chains as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainsConfig(AppConfig):
    """Industry chains with their segments and firms."""

    name = "kaifaqu.registers.chains"
    label = "chains"
    verbose_name = _("产业链")
