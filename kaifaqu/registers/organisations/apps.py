"""Organisations as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Enterprises as the zone knows them."""

    name = "kaifaqu.registers.organisations"
    label = "organisations"
    verbose_name = _("组织")
