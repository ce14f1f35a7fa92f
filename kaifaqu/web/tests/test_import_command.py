"""The commands import and undo: what they answer, and what is written in whose name."""

import errno
import json
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from kaifaqu.kernel import audit, events, testing
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project
from kaifaqu.sheets import importing
from kaifaqu.sheets.models import Changeset, Mapping, Upload


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")


@pytest.fixture
def run(capsys, tmp_path):
    """Return what runs a command on a table written with | between its cells: its exit code, and its answer."""

    def command(*words: str, table: str = "") -> tuple[int, dict]:
        if table:
            lines = [",".join(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]
            (tmp_path / "表.csv").write_text("\n".join(lines), encoding="utf-8")
            words = (words[0], "projects", str(tmp_path / "表.csv"), *words[1:])
        try:
            call_command(*words, "--json")
            code = 0
        except SystemExit as end:
            code = end.code
        return code, json.loads(capsys.readouterr().out)

    return command


def codes() -> list[str]:
    """Return the codes and names of the zone's projects."""
    return [str(project) for project in World().rows(Project).order_by("code")]


def test_an_import_is_written_in_the_name_of_the_person_and_taken_back_again(zone, clerk, run):
    table = "项目编号 | 项目名称 | 签约日期\nP1 | 光伏组件 | 2024-01-05\nP2 | 铸造 | 2023-05"
    code, told = run("import", "--by", "clerk", "--reason", "月报", table=table)
    assert (code, told["counts"]["new"], told["changeset"], codes()) == (0, 2, "B0001", ["P1 光伏组件", "P2 铸造"])
    assert set(events.Event.objects.filter(changeset=Changeset.objects.get().pk).values_list("actor", "reason")) == {("clerk", "月报")}
    code, told = run("import", "--by", "clerk", table=table)
    assert (code, told["counts"]["same"], told["changeset"], Upload.objects.count()) == (0, 2, None, 1)
    assert run("undo", "B0001", "--by", "clerk", "--reason", "重复导入") == (0, {"undone": "B0001", "changeset": "B0002", "records": 2})
    assert (codes(), audit.verify().problems) == ([], [])


def test_a_dry_run_and_a_wrong_table_leave_nothing_behind(zone, clerk, run, tmp_path):
    testing.enter(Project, zone, "code | name | signed_on\nP1 | 光伏组件 | 2024-01-05")
    known = events.last_seq()
    table = "项目编号 | 项目名称 | 签约日期 | 总投资（万元） | 牵头人\nP1 | 光伏 | 2024-01-05 | | 甲\n | 铸造 | 2023-05 | 1.2亿 | 乙"
    dry = run("import", "--by", "clerk", "--dry-run", "--accept", "--map", "牵头人=", table=table)
    assert (dry[0], dry[1]["ready"], dry[1]["counts"]["changed"], dry[1]["counts"]["new"]) == (0, True, 1, 1)
    code, told = run("import", "--by", "clerk", "--map", "牵头人=", "--errors", str(tmp_path / "错误.xlsx"), table=table)
    assert (code, told["ready"], told["changeset"]) == (4, False, None)
    assert told["faults"] == [{
        "sheet": "", "row": 3, "heading": "总投资（万元）", "value": "1.2亿", "message": "「1.2亿」不是数字。本列单位为万元，请填 12000。",
        "suggestion": "12000"}]
    assert (tmp_path / "错误.xlsx").read_bytes()[:2] == b"PK"
    left = list((tmp_path / "home" / "uploads").iterdir())
    assert (events.last_seq(), Upload.objects.count(), Mapping.objects.count(), left) == (known, 0, 0, [])


def test_likenesses_wait_for_a_word(zone, clerk, run):
    from kaifaqu.registers.organisations.models import Enterprise

    testing.enter(Enterprise, zone, "code | name | credit_code\nQ1 | 晶光科技 | 91110000600037341L")
    testing.enter(Project, zone, "code | name | signed_on | enterprise\nP1 | 光伏组件 | 2024-01-05 | Q1")
    table = "项目名称 | 投资主体 | 签约日期\n光伏组件 | Q1 | 2024-01-06"
    code, told = run("import", "--by", "clerk", table=table)
    assert (code, [(row["row"], row["name"]) for row in told["alike"]]) == (4, [(2, "P1 光伏组件")])
    code, told = run("import", "--by", "clerk", "--confirm", table=table)
    assert (code, told["counts"]["changed"], str(Project.objects.get(code="P1").signed_on)) == (0, 1, "2024-01-06")


@pytest.mark.parametrize(("words", "exit_code", "named"), [
    (["--by", "nobody"], 2, "没有启用的账号「nobody」"),
    (["--by", "clerk", "--owner", "ELSE"], 2, "--owner"),
    (["--by", "clerk", "--map", "牵头人=队长"], 2, "请写「表头=栏目」"),
    (["--by", "reader"], 4, "没有登记「项目」的权限"),
])
def test_what_cannot_be_done_is_said(zone, clerk, run, words, exit_code, named):
    testing.employ(zone, "reader", rights="projects.view")
    code, told = run("import", *words, table="项目名称 | 签约日期\n新 | 2024-01-05")
    assert (code, named in told["error"], Upload.objects.count()) == (exit_code, True, 0)


@pytest.mark.parametrize("step", ["receive", "check", "write"])
def test_a_full_disk_is_said_and_nothing_is_left(zone, clerk, run, monkeypatch, step):
    monkeypatch.setattr(importing, step, Mock(side_effect=OSError(errno.ENOSPC, "No space left")))
    code, told = run("import", "--by", "clerk", table="项目名称 | 签约日期\n新 | 2024-01-05")
    assert (code, told["error"][:4], Upload.objects.count(), codes()) == (2, "磁盘已满", 0, [])


def test_an_undo_of_nothing_is_refused(zone, clerk, run):
    assert run("undo", "B0009", "--by", "clerk", "--reason", "错")[0] == 2
    with pytest.raises(CommandError, match="--reason"):
        call_command("undo", "B0009", "--by", "clerk")
