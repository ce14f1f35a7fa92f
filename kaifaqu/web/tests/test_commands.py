"""The command line: what it answers when it is used wrongly, and what it serves behind."""

import json
import os
import subprocess
import sys
import threading
from unittest.mock import Mock

import pytest


def run(*words: str, **settings: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, **settings, "PYTHONUTF8": "1"}
    return subprocess.run([sys.executable, "-m", "kaifaqu", *words], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(("words", "settings", "named"), [
    (["figur", "--json"], {}, "figur"),
    (["figure", "--json"], {"KAIFAQU_DEMO": "x"}, "KAIFAQU_DEMO"),
    (["setup", "--json"], {"KAIFAQU_DATABASE_URL": "mysql://"}, "KAIFAQU_DATABASE_URL"),
    (["serve", "--json"], {"KAIFAQU_PORT": "x"}, ":x"),
    (["setup", "--jsn", "--json"], {}, "--jsn"),
])
def test_every_failure_is_json_when_asked_for(tmp_path, words, settings, named):
    done = run(*words, KAIFAQU_HOME=str(tmp_path), **settings)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["exit"], named in answer["error"]) == (2, 2, True)


def test_a_failure_is_one_sentence_without_json(tmp_path):
    done = run("figur", KAIFAQU_HOME=str(tmp_path))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(("words", "named"), [
    (["subsidies", "check", "cases.json"], "请先运行 start.py setup"),  # tables, and nobody's installation
    (["subsidies", "check", "nowhere.json"], "没有文件「nowhere.json」"),
])
def test_the_check_of_subsidies_fails_with_a_sentence(tmp_path, words, named):
    settings = {"KAIFAQU_HOME": str(tmp_path), "KAIFAQU_DATABASE_URL": f"sqlite:///{tmp_path / 'db'}"}
    (tmp_path / "cases.json").write_text("[{}]", encoding="utf-8")
    run("migrate", **settings)
    done = run(*(word.replace("cases", f"{tmp_path}/cases") for word in words), **settings)
    assert (done.returncode, named in done.stderr, len(done.stderr.splitlines())) == (2, True, 1)


def test_a_set_up_command_line_checks_each_case_by_its_year_on_a_console_of_any_encoding(tmp_path):
    settings = {"KAIFAQU_HOME": str(tmp_path), "KAIFAQU_DATABASE_URL": f"sqlite:///{tmp_path / 'db'}", "KAIFAQU_DEMO": "False"}
    run("setup", **settings)
    run("shell", "-v0", "-c", "from kaifaqu.kernel import testing; testing.found()", **settings)
    days = {"handed_over_on": "2024-05-06", "invoiced_on": "2024-05-10", "applied_on": "2024-05-20"}
    cases = [{**days, "price": "13\ud800万"}, days, {name: f"2025{day[4:]}" for name, day in days.items()}]
    (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    found = json.loads(run("subsidies", "check", str(tmp_path / "cases.json"), "--json", **settings).stdout)
    told = [(each["row"], each["scheme"], each["eligible"]) for each in found["cases"]]
    assert told == [(1, None, ""), (2, 2024, "unclear"), (3, 2025, "unclear")]
    assert [each["scheme"] for each in found["schemes"]] == [2024, 2025]
    environment = {**os.environ, **settings, "PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"}
    words = [sys.executable, "-m", "kaifaqu", "subsidies", "check", str(tmp_path / "cases.json")]
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
    assert "第 2 行：不能确定（2024 年方案）" in done.stdout.decode("gbk")
    page = run("subsidies", "page", str(tmp_path / "nowhere" / "page.html"), **settings)
    assert (page.returncode, "不能读写" in page.stderr, len(page.stderr.splitlines())) == (2, True, 1)


def test_setup_answers_in_json(tmp_path):
    done = run("setup", "--json", KAIFAQU_HOME=str(tmp_path), KAIFAQU_DEMO="False", KAIFAQU_DATABASE_URL=f"sqlite:///{tmp_path / 'db'}")
    assert json.loads(done.stdout) == {"installation": None, "demo": None}


def test_behind_https_a_proxy_on_this_machine_is_believed(settings, monkeypatch):
    from kaifaqu.interfaces.commandline.management.commands.serve import behind

    monkeypatch.delenv("KAIFAQU_TRUSTED_PROXY", raising=False)
    settings.HTTPS = False
    assert behind() == {"clear_untrusted_proxy_headers": True}
    settings.HTTPS = True
    assert behind()["trusted_proxy"] == "127.0.0.1"
    monkeypatch.setenv("KAIFAQU_TRUSTED_PROXY", "192.0.2.7")
    assert behind()["trusted_proxy"] == "192.0.2.7"


def test_the_server_takes_no_more_than_a_file_and_its_form(settings, monkeypatch):
    import waitress

    from kaifaqu.interfaces.commandline.management.commands.serve import BESIDE, Command

    asked = {}
    settings.KAIFAQU_FILE_LIMIT = 1000
    monkeypatch.setattr(waitress, "create_server", lambda application, **options: asked.update(options))
    Command().run()
    assert asked["max_request_body_size"] == 1000 + BESIDE


def test_the_server_finishes_what_was_left(settings, tmp_path, monkeypatch):
    from kaifaqu.engine import parquet
    from kaifaqu.interfaces.commandline.management.commands import serve

    settings.HOME, ended, done = tmp_path, threading.Event(), []
    ended.set()
    monkeypatch.setattr(serve, "connections", Mock())
    monkeypatch.setattr(serve, "scrub", lambda: done.append("scrub"))
    monkeypatch.setattr(serve.databases, "note_sizes", lambda: done.append("sizes"))
    monkeypatch.setattr(serve, "_child", lambda *words: Mock(communicate=lambda: done.append(words)))
    serve._finish(ended)
    assert done == ["scrub", "sizes"]  # no files, none to renew
    parquet.folder().mkdir()
    (parquet.folder() / parquet.MANIFEST).touch()
    serve._finish(ended)
    assert done[2:] == ["scrub", "sizes", ("engine", "refresh")]
