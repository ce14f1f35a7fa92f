"""The command line `kaifaqu`."""

import os
import sys


def main() -> None:
    """Run one command of the product."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaifaqu.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kaifaqu", *sys.argv[1:]])
