"""The command line `kaifaqu`."""

import gc
import json
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

USAGE = 2  # exit code of wrong use, and of a setting that cannot be used
HELP = ("help", "-h", "--help", "version", "--version")  # told by Django itself


def main() -> None:
    """Run one command of the product."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaifaqu.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line, get_commands
    from django.utils.translation import gettext as _

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console in GBK lacks characters that an answer may have
    command = next(iter(sys.argv[1:]), "help")
    try:
        gc.disable()  # nothing that is made while it starts goes again: looking through it took a quarter of the start
        django.setup()
        gc.enable()
        if command not in (*HELP, *get_commands()):
            own = sorted(name for name, room in get_commands().items() if room.startswith("kaifaqu."))
            refuse(_("没有命令「{command}」。现有：{commands}。").format(command=command, commands="、".join(own)))
        execute_from_command_line(["kaifaqu", *sys.argv[1:]])
    except ImproperlyConfigured as problem:
        refuse(str(problem))


def refuse(message: str) -> NoReturn:
    """Leave with a sentence, as JSON where --json was asked for."""
    if "--json" in sys.argv:
        print(json.dumps({"error": message, "exit": USAGE}, ensure_ascii=False))
    else:
        print(message, file=sys.stderr)
    sys.exit(USAGE)
