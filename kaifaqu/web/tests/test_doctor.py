"""The doctor says of each thing whether it is well: files of every attachment, also those taken off, and what killed runs left."""

import pytest

from kaifaqu.files import backup, store
from kaifaqu.files.tests.conftest import attach, erase
from kaifaqu.interfaces.commandline.management.commands.doctor import Command
from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Role
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit

# Outside a transaction: PostgreSQL writes tables anew in none.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def told(name: str) -> tuple[bool, str]:
    """Return whether what the doctor looks at under the name is well, and its words."""
    [answer] = [each for each in Command().run() if each["check"] == name]
    return answer["well"], answer["detail"]


def test_the_file_of_what_was_taken_off_is_looked_at_and_that_of_what_was_erased_is_not_missed(zone, clerk):
    [role] = testing.enter(Role, zone, "code | name\nDESK | 窗口", by=clerk)
    erase(attach(role, clerk, content=b"%PDF-1.7 1"), clerk)
    made = attach(role, clerk)
    commit([find("roles.detach").plan(role, by=clerk, version=1, attachment=made.pk, reason="传错了")], by=clerk)
    assert told("附件") == (True, "1 个文件都在文件库里，内容与哈希相符")
    store.path_of(made.sha256).unlink()
    assert (told("附件")[0], made.code in told("附件")[1]) == (False, True)
    assert told("个人信息")[0]


def test_what_killed_runs_have_left_is_named(zone, home):
    assert told("未完成的副本") == (True, "没有")
    left = home / "backups" / f"{backup.TAKING}x"
    left.mkdir(parents=True)
    assert (told("未完成的副本")[0], str(left) in told("未完成的副本")[1]) == (False, True)
