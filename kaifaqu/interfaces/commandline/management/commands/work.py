"""`kaifaqu work`: does what people have given to the background."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.jobs.working import Worker


class Command(BaseCommand):
    """Work through the queue until stopped; `serve` starts one of these beside itself."""

    help = "处理后台任务，直到停止（serve 会自动启动一个）。"

    def add_arguments(self, parser) -> None:
        """Take whether to stop when nothing waits."""
        parser.add_argument("--once", action="store_true", help="做完现有任务就结束")
        parser.add_argument("--beside", action="store_true", help="标准输入关闭时结束（随 serve 一起停止）")

    def run(self, *, once: bool, beside: bool, **options: Any) -> dict[str, int]:
        """Work; return how many jobs were done where only those that wait were wanted."""
        worker = Worker()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):  # not in the main thread: whoever started this stops it
                signal.signal(name, lambda *_: worker.stopping.set())
        if beside:
            threading.Thread(target=_wait_for_end, args=[worker.stopping], daemon=True).start()
        if once:
            worker.recover()
            done = 0
            while not worker.stopping.is_set() and worker.work():
                done += 1
            return {"done": done}
        worker.run()
        return {"done": 0}

    def show(self, answer: dict[str, int]) -> Iterator[str]:
        """Yield how many jobs were done."""
        yield f"完成 {answer['done']} 项任务。"


def _wait_for_end(stopping: threading.Event) -> None:
    """Tell when the process that serves has ended, however it ended: its pipe closes on every system."""
    with suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 1):  # not through the buffer, whose lock would be held when this process ends
            pass
    stopping.set()
