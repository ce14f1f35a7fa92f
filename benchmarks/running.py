"""How a benchmark is run from the command line: in a database of its own, printed, and written where that is asked."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.catalogue import write
from tests import laboratory


def run(description: str | None, measure: Callable[..., dict[str, Any]], **sizes: int) -> None:
    """Measure on the engine and in the sizes of the command line, by default these; `measure` takes them in their order."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite")
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with laboratory.database(arguments.engine):
        laboratory.enter()
        from django.db import connection

        result = measure(*(getattr(arguments, name) for name in sizes))
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        if arguments.write:
            write(result)
        connection.close()
