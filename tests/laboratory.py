"""A database of its own for a script: empty, migrated, and of a test installation whose clock may be set."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ("sqlite", "postgresql")
SHELF = "LABORATORY_SHELF"  # names a folder where the scripts of one run keep what each of them begins with


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
    gc.disable()  # nothing that is made while it starts goes again
    django.setup()
    gc.enable()
    _make("tables", lambda: call_command("migrate", verbosity=0), is_new=not database_file().exists())


def demo(edition: str = "demo") -> list[tuple[str, str, str]]:
    """Load the demo of an edition, by default the whole zone's, into the database that was entered, which is empty; return its accounts."""
    from kaifaqu.kernel import clock
    from kaifaqu.web import sample

    _make(edition, lambda: sample.load(edition), is_new=True)
    clock.release()
    return sample.accounts()


def _make(what: str, make: Callable[[], Any], *, is_new: bool) -> None:
    """Make something in the database; on SQLite the first script of a run does, and the others copy its database and files.

    A database that is no new one, such as that which a script hands to its children, is never replaced.
    """
    from django.db import connection

    if (shelf := os.environ.get(SHELF)) is None or connection.vendor != "sqlite" or not is_new:
        make()
        return
    kept, home, database = Path(shelf) / what, Path(os.environ["KAIFAQU_HOME"]), database_file()
    if kept.exists():
        connection.close()
        for old in home.glob(f"{database.name}*"):  # with what SQLite keeps beside it
            old.unlink()
        shutil.copytree(kept, home, dirs_exist_ok=True)
        return
    make()
    half = Path(tempfile.mkdtemp(dir=shelf))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(half / database.name)])
    if (home / "files").exists():
        shutil.copytree(home / "files", half / "files")
    with suppress(OSError):  # another script has made it meanwhile
        half.rename(kept)


def child(*arguments: str, **options) -> subprocess.Popen:
    """Start this Python on a script or module of the repository, with the database that was set."""
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options)


def database_file() -> Path:
    """Return the file of the database that was set; of PostgreSQL one that does not exist."""
    return file_of(os.environ["KAIFAQU_DATABASE_URL"])


def file_of(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(url.removeprefix("sqlite:///"))
