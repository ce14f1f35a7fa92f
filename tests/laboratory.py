"""A database of its own for a script: empty, migrated, and of a test installation whose clock may be set."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ("sqlite", "postgresql")


@contextmanager
def database(engine: str = "sqlite") -> Iterator[str]:
    """Make an empty database as long as the block lasts, and yield its URL; set it for children of this process."""
    with tempfile.TemporaryDirectory(prefix="kaifaqu-") as home:
        os.environ["KAIFAQU_HOME"] = home
        if engine == "sqlite":
            yield _set(f"sqlite:///{Path(home) / 'zone.sqlite3'}")
        else:
            with postgres.server() as url:
                yield _set(url)


def _set(url: str) -> str:
    os.environ["KAIFAQU_DATABASE_URL"] = url
    return url


def enter() -> None:
    """Open this process's Django on the database that was set, and bring its tables up to date."""
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "kaifaqu.settings"
    django.setup()
    call_command("migrate", verbosity=0)


def child(*arguments: str, **options) -> subprocess.Popen:
    """Start this Python on a script or module of the repository, with the database that was set."""
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options)


def file_of(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(url.removeprefix("sqlite:///"))
