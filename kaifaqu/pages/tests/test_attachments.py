"""Files on a record's page: attached, shown, taken off, downloaded, and refused in a sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.files.models import Attachment
from kaifaqu.kernel import events, testing
from kaifaqu.kernel.access import Role

PDF = b"%PDF-1.7\n<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.HOME = tmp_path


@pytest.fixture
def role(zone, clerk) -> Role:
    [made] = testing.enter(Role, zone, "code | name\nDESK | 窗口", by=clerk)
    return made


def send(client, record, name="施工许可证 (1).pdf", content=PDF, **typed):
    address = reverse("attach", args=[record.register, record.pk])
    token = client.get(address).context["form"].token
    return client.post(address, {"file": SimpleUploadedFile(name, content, "text/html"), "token": token, **typed})


def test_a_file_is_attached_shown_and_downloaded_to_be_saved(role, clerk, client):
    client.force_login(clerk)
    answer = send(client, role, reason="窗口收件")
    assert answer.url == reverse("record", args=["roles", role.pk]) + "#files"
    made = Attachment.objects.get()
    page = client.get(reverse("record", args=["roles", role.pk]))
    for told in ("施工许可证 (1).pdf", "窗口收件", reverse("download", args=[made.pk]), "一般附件", str(clerk)):
        assertContains(page, told)
    file = client.get(reverse("download", args=[made.pk]))
    assert file.getvalue() == PDF
    assert {name: file.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment; filename*=utf-8''%E6%96%BD%E5%B7%A5%E8%AE%B8%E5%8F%AF%E8%AF%81%20%281%29.pdf",
    }  # fmt: skip
    assertContains(client.get(reverse("record", args=["attachments", made.pk])), reverse("record", args=["roles", role.pk]))


@pytest.mark.parametrize(("name", "content", "told"), [
    ("程序.exe", b"MZ", "不收这种文件"), ("证.pdf", b"MZ\0", "可以运行的程序"), ("证.pdf", b"GIF89a", "不是 pdf 文件"),
])
def test_a_refused_file_is_named_in_a_sentence(role, clerk, client, name, content, told):
    client.force_login(clerk)
    assertContains(send(client, role, name, content), told)
    assert not Attachment.objects.exists()


def test_the_same_file_again_is_refused_and_a_form_sent_twice_makes_one(role, clerk, client):
    client.force_login(clerk)
    send(client, role)
    assertContains(send(client, role), "已经附在这条记录上")
    address = reverse("attach", args=["roles", role.pk])
    for _twice in range(2):
        answer = client.post(address, {"file": SimpleUploadedFile("二.pdf", PDF + b"2"), "token": "one"})
        assert answer.status_code == 302
    assert Attachment.objects.current().count() == 2


def test_a_file_is_taken_off_with_a_reason_and_stays_in_what_was_known(role, clerk, client):
    client.force_login(clerk)
    send(client, role)
    made, known = Attachment.objects.get(), events.last_seq()
    address = reverse("detach", args=["roles", role.pk])
    assertContains(client.post(address, {"attachment": made.pk, "reason": ""}), "reason")
    assert client.post(address, {"attachment": made.pk, "reason": "传错了"}).status_code == 302
    page = reverse("record", args=["roles", role.pk])
    assertNotContains(client.get(page), made.name)
    assertContains(client.get(page, {"known": f"#{known}"}), made.name)
    assert client.get(reverse("download", args=[made.pk])).status_code == 200  # what was known can be opened


def test_who_may_see_the_record_sees_its_files_and_nobody_else(zone, role, clerk, stranger, client):
    client.force_login(clerk)
    send(client, role)
    made = Attachment.objects.get()
    download = reverse("download", args=[made.pk])
    for person, status in (
        (testing.employ(zone, "reader", "roles.view"), 200), (testing.employ(zone, "lister", "attachments.view"), 404), (stranger, 404),
    ):  # fmt: skip
        client.force_login(person)
        assert client.get(download).status_code == status, person.code
        assert client.get(reverse("record", args=["attachments", made.pk])).status_code == 404
        assert client.get(reverse("attach", args=["roles", role.pk])).status_code == (403 if status == 200 else 404)
    client.logout()
    assert client.get(download).status_code == 302


def test_a_lost_file_is_not_found_and_named_on_its_record(role, clerk, client, tmp_path):
    client.force_login(clerk)
    send(client, role)
    [path] = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    path.unlink()
    assertContains(client.get(reverse("record", args=["roles", role.pk])), "文件库里没有这个文件")
    assert client.get(reverse("download", args=[Attachment.objects.get().pk])).status_code == 404


def test_an_erased_file_is_named_as_such_and_not_handed_over(role, clerk, client):
    client.force_login(clerk)
    send(client, role)
    made, known = Attachment.objects.get(), events.last_seq()
    erased = reverse("act", args=["attachments", made.pk, "erase"])
    assertContains(client.get(reverse("record", args=["attachments", made.pk])), erased)
    assert client.post(erased, {"reason": "本人要求", "version": 1, "token": "t"}).status_code == 302
    assertContains(client.get(reverse("record", args=["roles", role.pk]), {"known": f"#{known}"}), "这个文件已经删除")
    assertContains(client.get(reverse("record", args=["attachments", made.pk])), "这个文件已经删除")
    assert client.get(reverse("download", args=[made.pk])).status_code == 404


def test_what_is_archived_takes_no_more_files(role, clerk, client):
    from kaifaqu.kernel.actions import find
    from kaifaqu.kernel.commit import commit

    client.force_login(clerk)
    send(client, role)
    commit([find("roles.archive").plan(role, by=clerk, version=1, reason="撤销")], by=clerk)
    assertContains(client.get(reverse("record", args=["roles", role.pk])), "施工许可证")
    assert client.get(reverse("attach", args=["roles", role.pk])).status_code == 404
