"""开发区：一条命令装好并启动。Kaifaqu: one command sets it up and serves it.

python3 start.py                    装好环境，载入演示区，在 http://127.0.0.1:8000 提供服务
python3 start.py --edition 版本     另装一个单位自己的安装：zone、operator、college、institute、company、recycler
python3 start.py setup              只装好，不启动
python3 start.py kaifaqu 命令 ...   产品的命令行
python3 start.py test [--full]      全部检查；--full 用完整的数据规模
python3 start.py test 参数 ...      只在 SQLite 上用这些参数运行 pytest

没有网络的电脑：把装有软件包的文件夹 wheelhouse 放在本文件旁边。
"""
# Standard library only, since it runs before anything is installed. What it says itself goes to stderr: stdout belongs
# to the product, and `start.py kaifaqu figure ... --json` is read by programs.

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
WHEELHOUSE = ROOT / "wheelhouse"
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

# -P: the working folder is the user's; what lies in it is data, not modules.
KAIFAQU = [PYTHON, "-P", "-m", "kaifaqu"]
# The product is imported from here; Chinese text is UTF-8 on every system.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def main(arguments: list) -> int:
    if sys.version_info < (3, 11):
        found = sys.version.split()[0]
        refuse(f"""
            需要 Python 3.11 或更高版本，现在运行的是 {found}。请安装后用它运行，例如 python3.11 start.py。
            Python 3.11 or newer is needed; this is {found}.""")
    if arguments[:1] == ["--edition"]:
        if len(arguments) < 2 or arguments[1].startswith("-"):
            say(__doc__)
            return 2
        ENVIRONMENT["KAIFAQU_EDITION"] = arguments[1]
        arguments = arguments[2:]
    command, *rest = arguments or ["serve"]
    if command == "kaifaqu":
        install(LOCK)
        return become([*KAIFAQU, *rest])
    if command == "test":
        install(DEV_LOCK)
        os.chdir(ROOT)
        return become([PYTHON, "-m", "tests", *rest])
    if command in ("serve", "setup") and (not rest or [command, *rest] == ["setup", "--json"]):
        install(LOCK)
        failed = subprocess.run([*KAIFAQU, "setup", *rest], env=ENVIRONMENT).returncode
        return failed if failed or command == "setup" else become([*KAIFAQU, "serve"])
    say(__doc__)
    return 0 if command in ("-h", "--help") else 2


def install(lock: Path) -> None:
    """Make .venv hold what the lock names; when it does already, do nothing and ask no network.

    The stamp lies among the packages: a half made .venv has none, and a Python that was upgraded to another version
    does not find it. In both cases .venv is made anew.
    """
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamps = {stamp.name: stamp.read_text(encoding="utf-8") for stamp in packages().glob("*.lock.sha256")}
    if stamps.get(f"{lock.name}.sha256") == digest:
        return
    if not stamps:
        make_environment()
    fill_environment(lock)
    (packages() / f"{lock.name}.sha256").write_text(digest, encoding="utf-8")


def packages() -> Path:
    """Return the folder of .venv's packages; where .venv does not run, a folder that does not exist."""
    try:
        ask = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        answer = subprocess.run(ask, capture_output=True, encoding="utf-8", env=ENVIRONMENT).stdout.strip()
    except OSError:
        answer = ""
    return Path(answer) if answer else VENV / "missing"


def make_environment() -> None:
    say("正在建立运行环境 .venv ……")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    if made.returncode:
        say(made.stdout)
        refuse("""
            未能建立运行环境 .venv。在 Debian、Ubuntu 等系统上请先执行 apt install python3-venv，再重新运行本命令。
            The environment .venv could not be made. On Debian or Ubuntu: apt install python3-venv, then try again.""")


def fill_environment(lock: Path) -> None:
    """Install the very files whose hashes the lock names, from the wheelhouse if there is one."""
    say(f"正在按 {lock.name} 安装软件包，需要一两分钟 ……")
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--require-hashes"]
    source = ["--no-index", "--find-links", str(WHEELHOUSE)] if WHEELHOUSE.is_dir() else []
    command = [PYTHON, "-m", "pip", "install", *options, *source, "-r", str(lock)]
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=ENVIRONMENT).returncode:
        refuse(f"""
            软件包没有装上，原因见上。
            提示校验值（HASHES）不符的：软件源给出的不是 {lock.name} 登记的文件，请换用可信的软件源，不要修改该文件。
            没有网络的：在一台有网络、系统与 Python 版本都相同的电脑上，于本文件夹执行
                python3 -m pip download --require-hashes --requirement {lock.name} --dest wheelhouse
            把得到的 wheelhouse 文件夹复制到本机 start.py 旁边，再重新运行本命令。
            The packages could not be installed, for the reason above. Without a network, use a wheelhouse.""")


def become(command: list) -> int:
    """Run the command in the place of this one, so that signals and the exit code are its own."""
    if os.name == "posix":
        os.execve(command[0], command, ENVIRONMENT)
    with subprocess.Popen(command, env=ENVIRONMENT) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the console has told the child too, and it is closing
                pass


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def refuse(sentences: str) -> None:
    """End with the sentences, and the exit code that stands for wrong use."""
    say(textwrap.dedent(sentences).lstrip("\n"))
    sys.exit(2)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("已停止。")
        sys.exit(130)
