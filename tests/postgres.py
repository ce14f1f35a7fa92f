"""A PostgreSQL server of its own for one test run: made empty, started, stopped and removed.

In Python it is `with server() as url:`; around any command, with KAIFAQU_DATABASE_URL set to the server:

    python -m tests.postgres -- COMMAND ...
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "kaifaqu"  # of the role and of the database
PROGRAMS = ("initdb", "postgres", "pg_ctl", "createdb")


class ServerUnavailable(Exception):
    """There is no PostgreSQL on this machine, or it does not start; the text says what to do."""


@contextmanager
def server(*, fsync: bool = True) -> Iterator[str]:
    """Run a new PostgreSQL server as long as the block lasts, and yield the URL of its empty database.

    Without fsync it is faster, and what was committed still survives any killed process; only a crash of the
    whole machine could lose it.
    """
    programs, account = find_programs(), unprivileged_account()
    home = Path(tempfile.mkdtemp(prefix="kaifaqu-postgres-"))
    data, log = home / "data", home / "log"
    password, port = secrets.token_hex(16), free_port()
    (home / "password").write_text(password, encoding="utf-8")
    for path in (home, home / "password"):
        if account:
            shutil.chown(path, account["user"], account["group"])

    # Settings of the caller's own server must not reach this one, nor a locale that the server does not know.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    environment = {**inherited, "LC_ALL": "C", "PGPASSWORD": password}

    def run(program: str, *arguments: str | Path) -> bool:
        # Into a file and not a pipe: the server keeps it open, and a reader of the pipe would wait for ever.
        with (home / "output").open("ab") as output:
            command = [programs / program, *arguments]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=home, env=environment, **account
            )
        return done.returncode == 0

    def said() -> str:
        return "".join(path.read_text(errors="replace") for path in (home / "output", log) if path.exists())

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync={'on' if fsync else 'off'}"
    identity = ["--username", NAME, "--auth", "scram-sha-256", "--pwfile", home / "password"]
    try:
        started = (
            run("initdb", "--pgdata", data, *identity, "--encoding", "UTF8", "--locale", "C", "--no-sync")
            and run("pg_ctl", "start", "--pgdata", data, "--log", log, "--options", options, "--wait")
            and run("createdb", "--host", "127.0.0.1", "--port", str(port), "--username", NAME, NAME)
        )
        if not started:
            raise ServerUnavailable(f"PostgreSQL（{programs}）没有启动，它的输出：\n{said()}")
        yield f"postgresql://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
    finally:
        # "fast" lets nobody finish; "immediate" is for a server that does not even answer that.
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "stop", "--pgdata", data, "--mode", "fast", "--timeout", "30") or run(
                "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate"
            )
        shutil.rmtree(home, ignore_errors=True)


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server on this machine."""
    on_path = shutil.which("initdb")
    installed = [
        *Path("/usr/lib/postgresql").glob("[0-9]*/bin"),  # Debian keeps the servers there, off PATH
        *Path(os.environ.get("PROGRAMFILES", "/nowhere"), "PostgreSQL").glob("[0-9]*/bin"),
    ]
    newest_first = sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in ([Path(on_path).resolve().parent] if on_path else []) + newest_first:
        if all(shutil.which(program, path=folder) for program in PROGRAMS):
            return folder
    raise ServerUnavailable("本机没有 PostgreSQL 服务器。请先执行 apt-get install postgresql，再重新运行。")


def unprivileged_account() -> dict:
    """Return the arguments of subprocess for an account that may run the server, which refuses to run as root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import grp
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": name, "group": grp.getgrgid(entry.pw_gid).gr_name, "extra_groups": []}
    raise ServerUnavailable("PostgreSQL 不能以 root 身份运行，而本机没有 postgres 账户。请换一个普通用户运行。")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--no-fsync", action="store_true", help="faster; a crash of the machine may lose commits")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    try:
        with server(fsync=not arguments.no_fsync) as url:
            return subprocess.run(arguments.command, env={**os.environ, "KAIFAQU_DATABASE_URL": url}).returncode
    except ServerUnavailable as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
