"""`kaifaqu serve`: one process that serves a zone."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand


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
        try:
            self.server = waitress.create_server(application, host=host, port=port, threads=8, ident=None, **behind())
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
    command = [sys.executable, "-P", "-m", "kaifaqu", "work", "--beside"]
    paths = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))
    pause = 1.0
    while not ended.is_set():
        started = time.monotonic()
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": paths}
        ) as worker:
            while worker.poll() is None and not ended.wait(0.5):
                pass
        pause = 1.0 if time.monotonic() - started > 60 else min(2 * pause, 60)  # what cannot live is not started all the time
        ended.wait(pause)


def behind() -> dict[str, Any]:
    """Return what waitress believes of the proxy at KAIFAQU_TRUSTED_PROXY: whom it serves and how; of others nothing.

    Behind HTTPS there is a proxy, by default on this machine.
    """
    proxy = os.environ.get("KAIFAQU_TRUSTED_PROXY") or ("127.0.0.1" if settings.HTTPS else "")
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    return {"clear_untrusted_proxy_headers": True, **trusted}
