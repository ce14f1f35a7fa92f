"""`kaifaqu serve`: one process that serves a zone."""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from kaifaqu.engine import choice, parquet
from kaifaqu.files import databases, store
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel.commit import scrub

BESIDE = 2**20  # bytes that come with an uploaded file: the rest of its form
HOUR = 3600


class Command(BaseCommand):
    """Serve the pages by waitress until stopped."""

    help = "启动服务（waitress）。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Say the address, then serve on it."""
        super().handle(*args, **options)
        self.stdout.flush()
        ended = threading.Event()
        helper = threading.Thread(target=_keep_working, args=[ended], daemon=True)
        helper.start()
        threading.Thread(target=_finish, args=[ended], daemon=True).start()
        try:
            self.server.run()
        finally:
            ended.set()
            helper.join()

    def run(self, **options: Any) -> dict[str, str]:
        """Listen on KAIFAQU_HOST and KAIFAQU_PORT, by default 127.0.0.1:8000; return the address."""
        import waitress

        from kaifaqu.wsgi import application

        host, port = os.environ.get("KAIFAQU_HOST", "127.0.0.1"), os.environ.get("KAIFAQU_PORT", "8000")
        gc.collect()
        gc.freeze()  # what was loaded stays: no request waits for the collector to look at it again
        try:
            self.server = waitress.create_server(
                application, host=host, port=port, threads=8, ident=None, max_request_body_size=store.limit() + BESIDE, **behind())
        except (OSError, ValueError) as problem:
            raise ValueError(_("不能在 {host}:{port} 提供服务：{problem}").format(host=host, port=port, problem=problem)) from None
        return {"address": f"http://{host}:{port}"}

    def show(self, answer: dict[str, str]) -> Iterator[str]:
        """Yield the address."""
        yield f"{answer['address']}  (Ctrl-C 停止)"


def _keep_working(ended: threading.Event) -> None:
    """Keep one process beside the server that works through the queue; start it again when it was killed.

    It gives its job back and goes when its pipe closes: at the end here, and when this process is killed.
    """
    pause = 1.0
    while not ended.is_set():
        started = time.monotonic()
        with _child("work", "--beside") as worker:
            while worker.poll() is None and not ended.wait(0.5):
                pass
        pause = 1.0 if time.monotonic() - started > 60 else min(2 * pause, 60)  # what cannot live is not started all the time
        ended.wait(pause)


def _finish(ended: threading.Event) -> None:
    """Finish what was left: at the start what was erased while somebody was reading, and every hour two things.

    The database notes how much it holds, and the engine's files are renewed by a process of its own: where they were
    damaged, or the database restored, it takes minutes.
    """
    with suppress(DatabaseError):  # the pages will say that it does not answer
        scrub()
    while True:
        with suppress(DatabaseError):
            databases.note_sizes()
        connections.close_all()
        if settings.ENGINE != choice.OFF and (parquet.folder() / parquet.MANIFEST).exists():
            _child("engine", "refresh").communicate()
        if ended.wait(HOUR):
            return


def _child(*words: str) -> subprocess.Popen[bytes]:
    """Start a command of the product beside this process."""
    paths = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "kaifaqu", *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths})  # fmt: skip


def behind() -> dict[str, Any]:
    """Return what waitress believes of the proxy at KAIFAQU_TRUSTED_PROXY: whom it serves and how; of others nothing.

    Behind HTTPS there is a proxy, by default on this machine.
    """
    proxy = os.environ.get("KAIFAQU_TRUSTED_PROXY") or ("127.0.0.1" if settings.HTTPS else "")
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    return {"clear_untrusted_proxy_headers": True, **trusted}
