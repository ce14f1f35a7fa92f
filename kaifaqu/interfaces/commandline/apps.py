"""The command line as a Django application."""

from django.apps import AppConfig


class CommandlineConfig(AppConfig):
    """The commands of `kaifaqu` over figures and the audit."""

    name = "kaifaqu.interfaces.commandline"
    label = "commandline"
