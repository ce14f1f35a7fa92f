"""S1: two commands on a fresh clone give a running zone and a true figure; the second start needs no network.

Clones the repository (HEAD; with --worktree its tracked files as they are now) into an empty folder and does there
what the README says. Needs Linux: the network is cut by a namespace of its own. The fault: the clone's lock names
other hashes for one package.
"""

import errno
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from bar import ROOT, Bar

from tests.postgres import free_port

FIGURE = ["figure", "projects.under_construction.investment", "--period", "2024-H1", "--json"]
EXPECTED = (Decimal(624900), "万元")
WITHOUT_NETWORK = "--without-network"
FIRST_START, SECOND_START = 600, 15  # seconds; the first one downloads


def copy_repository(target: Path, *, worktree: bool) -> None:
    if not worktree:
        subprocess.run(["git", "clone", "--quiet", ROOT, target], check=True)
        return
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (ROOT / name).exists():  # a file may be deleted and not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def tamper(lock: Path) -> None:
    """Alter the hashes of one package. All of them: pip would be content with the one that still fits."""
    before, package, after = lock.read_text("utf-8").partition("\nwaitress==")
    hashes, via, rest = after.partition("# via")
    lock.write_text(before + package + re.sub(r"(?<=sha256:)\w{8}", "0" * 8, hashes) + via + rest, "utf-8")


class Forms(HTMLParser):
    """The forms of a page: of each its attributes and those of its inputs."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[dict, list[dict]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "form":
            self.found.append((dict(attrs), []))
        elif tag == "input" and self.found:
            self.found[-1][1].append(dict(attrs))


class Visitor:
    """Somebody at a browser: keeps cookies, follows redirects, and knows nothing of the product but its address."""

    def __init__(self, port: int):
        self.home = f"http://127.0.0.1:{port}/"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def sign_in_form(self, address: str, data: dict[str, str] | None = None) -> tuple[str, list[dict]] | None:
        """Get the page, or send it the data; return where the form that asks for a password goes, and its inputs."""
        body = urllib.parse.urlencode(data).encode() if data else None
        with self.opener.open(address, body, timeout=20) as answer:
            for form, inputs in Forms(answer.read().decode()).found:
                if any(each.get("type") == "password" for each in inputs):
                    return urllib.parse.urljoin(answer.geturl(), form.get("action") or ""), inputs
        return None

    def wait_for_sign_in_page(self, server: subprocess.Popen, seconds: float) -> bool:
        """Ask until the server answers; tell whether it is the sign-in page that it answers."""
        until = time.monotonic() + seconds
        while server.poll() is None and time.monotonic() < until:
            try:
                return self.sign_in_form(self.home) is not None
            except urllib.error.HTTPError:
                return False
            except OSError:  # nobody listens yet
                time.sleep(0.1)
        return False

    def sign_in(self, account: str, password: str) -> bool:
        """Fill in the form and send it, and tell whether the home page then asks no more."""
        address, inputs = self.sign_in_form(self.home)
        typed = {"text": account, "password": password}
        named = [each for each in inputs if "name" in each]
        self.sign_in_form(
            address, {each["name"]: typed.get(each.get("type", "text"), each.get("value")) for each in named}
        )
        return self.sign_in_form(self.home) is None


@contextmanager
def started(zone: Path, port: int, log: Path) -> Iterator[subprocess.Popen]:
    """Run `python3 start.py` in the zone's folder as long as the block lasts, its output in the log."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "start.py"],
            cwd=zone,
            env=environment(port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def environment(port: int) -> dict[str, str]:
    """Return the environment of somebody who has just got the repository: no settings but the port."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("KAIFAQU_", "DJANGO_", "PYTHON"))}
    return {**mine, "KAIFAQU_PORT": str(port)}


def stop(server: subprocess.Popen) -> bool:
    """Press Ctrl-C, and tell whether the server ended by itself."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        return False
    return True


def first_start(bar: Bar, zone: Path, log: Path) -> bool:
    """Serve, sign in, ask for the figure, stop; tell whether it served at all."""
    port, begun = free_port(), time.monotonic()
    with started(zone, port, log) as server:
        visitor = Visitor(port)
        answered = visitor.wait_for_sign_in_page(server, FIRST_START)
        said = log.read_text("utf-8", errors="replace")
        seconds = f"{time.monotonic() - begun:.0f} s"
        if not bar.check("python3 start.py answers with the sign-in page", answered, seconds):
            print(said)
            return False
        accounts = re.findall(r"^ +(\S+) +(\S+)", said.partition("演示账号")[2], re.MULTILINE)
        bar.check("it prints the demo accounts", bool(accounts), f"{len(accounts)} accounts")
        for account, password in accounts:
            bar.check(f"{account} signs in", Visitor(port).sign_in(account, password))
            bar.check("and not with another password", not Visitor(port).sign_in(account, f"{password}?"))
        the_figure(bar, zone, port)
        bar.check("Ctrl-C stops it", stop(server))
    bar.check("without a traceback", "Traceback" not in log.read_text("utf-8", errors="replace"))
    return True


def the_figure(bar: Bar, zone: Path, port: int) -> None:
    command = [sys.executable, "start.py", "kaifaqu", *FIGURE]
    asked = subprocess.run(command, cwd=zone, env=environment(port), capture_output=True, encoding="utf-8")
    try:
        answer = json.loads(asked.stdout)
        found = Decimal(str(answer["value"])), answer["unit"]
    except (ValueError, ArithmeticError, KeyError, TypeError):
        found = asked.stdout + asked.stderr
    bar.check("the figure's command ends with 0", asked.returncode == 0, asked.returncode)
    bar.check("its stdout is one JSON answer, 624900 万元", found == EXPECTED, found)


def second_start(bar: Bar, zone: Path) -> None:
    """Start once more in a network namespace that holds nothing but the loopback."""
    alone = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    command = [*alone, sys.executable, __file__, WITHOUT_NETWORK, str(zone)]
    asked = subprocess.run(command, capture_output=True, encoding="utf-8")
    answer = json.loads(asked.stdout) if asked.returncode == 0 else {}
    detail = f"{answer['seconds']:.1f} s" if answer else asked.stderr
    bar.check("the network was cut at the second start", answer.get("cut", False), answer.get("reason", ""))
    bar.check("it answers with the sign-in page nevertheless", answer.get("answered", False), detail)
    bar.check(f"within {SECOND_START} s", answer.get("seconds", SECOND_START + 1) <= SECOND_START, detail)
    bar.check("and stops on Ctrl-C", answer.get("stopped", False))


def start_without_network(zone: Path, log: Path) -> dict:
    """Run inside the namespace: start, ask, stop, and report."""
    try:
        socket.create_connection(("198.51.100.1", 80), timeout=5).close()  # an address set aside for documentation
        reason = "connected"
    except OSError as problem:
        reason = errno.errorcode.get(problem.errno, str(problem))
    port, begun = free_port(), time.monotonic()
    with started(zone, port, log) as server:
        answered = Visitor(port).wait_for_sign_in_page(server, 60)
        seconds = time.monotonic() - begun
        return {
            "cut": reason == "ENETUNREACH",
            "reason": reason,
            "answered": answered,
            "seconds": seconds,
            "stopped": stop(server),
        }


def main() -> None:
    bar = Bar("S1", __doc__, worktree="take the tracked files of the working tree instead of HEAD")
    with tempfile.TemporaryDirectory(prefix="kaifaqu-s1-") as folder:
        zone, log = Path(folder, "kaifaqu"), Path(folder, "first.log")
        copy_repository(zone, worktree=bar.args.worktree)
        if bar.fault:
            tamper(zone / "requirements.lock")
        if first_start(bar, zone, log):
            second_start(bar, zone)
    bar.close()


if __name__ == "__main__":
    # A job in the background ignores Ctrl-C, and would hand that down to the servers it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.argv[1:2] == [WITHOUT_NETWORK]:
        print(json.dumps(start_without_network(Path(sys.argv[2]), Path(sys.argv[2]).parent / "second.log")))
    else:
        main()
