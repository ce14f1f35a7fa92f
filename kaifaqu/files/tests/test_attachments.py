"""Attachments follow the record that they belong to: in what they prove, and in who may see, add and remove them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.files import store
from kaifaqu.files.models import Attachment, purposes, subjects
from kaifaqu.files.tests.conftest import PDF, attach, kept
from kaifaqu.kernel import events, testing
from kaifaqu.kernel.access import Role
from kaifaqu.kernel.actions import find, registry
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.world import World


def facts(record, **other):
    file = kept()
    told = {"subject": record._meta.label_lower, "subject_id": record.pk, "name": file.name, "media_type": file.media_type}
    return {**told, "size": file.size, "sha256": file.sha256, **other}


class TestAttachments(testing.RegisterTests):
    register = Attachment

    @pytest.fixture(autouse=True)
    def _role(self, role):
        self.role = role

    def facts(self, zone):
        return facts(self.role)

    def change(self):
        return {"name": "施工许可证.pdf"}

    def test_nobody_points_at_records_that_he_may_not_look_at(self, zone, clerk, other, stranger):
        with pytest.raises(ValidationError, match="没有所附的记录") as refusal:
            self._plan("create", other, stranger, facts=self.facts(zone))
        assert "窗口" not in str(refusal.value)


@pytest.mark.parametrize(("wrong", "told"), [
    ({"subject": "kernel.role", "subject_id": 999999}, "没有所附的记录"),
    ({"subject": "files.attachment"}, "没有所附的记录"),
    ({"subject": "nonsense"}, "没有所附的记录"),
    ({"purpose": "started_evidence"}, "不是这本台账的依据栏目"),
    ({"sha256": "0" * 64}, "文件库里没有这个文件"),
    ({"size": 1}, "文件库里没有这个文件"),
    ({"media_type": "text/html"}, "与文件名"),
    ({"name": "许可证.exe"}, "不收这种文件"),
])
def test_an_attachment_without_its_file_or_record_is_refused(zone, clerk, role, wrong, told):
    with pytest.raises(ValidationError, match=told):
        find("attachments.create").plan(zone, by=clerk, facts=facts(role, **wrong))


def test_a_file_is_attached_once_and_again_after_it_was_taken_off(clerk, role):
    first = attach(role, clerk)
    assert (first.owner_id, first.name, first.size, str(first)) == (role.owner_id, "许可证.pdf", len(PDF), "FJ0001 许可证.pdf")
    with pytest.raises(ValidationError, match="已经附在"):
        attach(role, clerk)
    known, detach = events.last_seq(), find("roles.detach").plan
    with pytest.raises(ValidationError, match="写明原因"):
        detach(role, by=clerk, version=1, attachment=first.pk, reason=" ")
    commit([detach(role, by=clerk, version=1, attachment=first.pk, reason="传错了")], by=clerk)
    assert not World().rows(Attachment).exists()
    assert World(known).rows(Attachment).count() == 1
    assert store.verify(first.sha256)
    with pytest.raises(ValidationError, match="已经撤下"):
        detach(role, by=clerk, version=1, attachment=first.pk, reason="再撤")
    assert attach(role, clerk).pk != first.pk


def test_the_file_of_an_attachment_never_changes(clerk, role):
    made = attach(role, clerk)
    other = kept(PDF + b"2", "另一份.pdf")
    with pytest.raises(ValidationError, match="不能更改（SHA-256、大小（字节））"):
        find("attachments.correct").plan(made, by=clerk, version=1, facts={"sha256": other.sha256, "size": other.size}, reason="换")


def test_what_is_taken_off_one_record_does_not_come_off_another(zone, clerk, role):
    [second] = testing.enter(Role, zone, "code | name\nHALL | 大厅", by=clerk)
    made = attach(role, clerk)
    with pytest.raises(ValidationError, match="没有这个附件"):
        find("roles.detach").plan(second, by=clerk, version=1, attachment=made.pk, reason="越界")


# Rights


def test_the_right_is_that_of_the_record(zone, role):
    for rights, may in (("roles.edit", True), ("roles.view attachments.edit attachments.view", False)):
        person = testing.employ(zone, f"p-{may}", rights)
        if may:
            attach(role, person)
        else:
            with pytest.raises(PermissionDenied, match=r"roles\.edit"):
                attach(role, person)
            with pytest.raises(PermissionDenied, match="没有更正角色的权限"):
                find("attachments.create").plan(zone, by=person, facts=facts(role))


@pytest.mark.parametrize(("rights", "visible", "readable"), [
    ("roles.view", 0, 1), ("attachments.view", 0, 0), ("roles.view attachments.view", 1, 1), ("users.view attachments.view", 0, 0),
])
def test_nobody_sees_more_files_than_records(zone, clerk, role, rights, visible, readable):
    attach(role, clerk)
    person = testing.employ(zone, "reader", rights)
    assert Attachment.objects.visible_to(person).count() == visible
    assert Attachment.objects.readable_by(person).count() == readable


def test_a_hash_that_somebody_has_read_is_not_the_file(zone, other, clerk, stranger, role):
    attach(role, clerk)
    [own] = testing.enter(Role, other, "code | name\nOWN | 自己的", by=stranger)
    with pytest.raises(ValidationError, match="文件库里没有这个文件"):
        find("attachments.create").plan(other, by=stranger, facts=facts(own))
    assert attach(own, stranger).owner_id == other.pk  # who has the file itself may attach it


def test_every_register_that_people_fill_in_takes_files(db):
    from kaifaqu.kernel.records import registers

    columns = {register for register in registers().values() if register.columns}
    assert {*subjects().values()} == columns - {Attachment}
    for register in subjects().values():
        right, of = getattr(register, "attached_by", (register.right_to("edit"), ("owner",)))
        assert (find(register.right_to("attach")).right, "owner" in of) == (right, True), register


def test_who_may_only_take_the_steps_may_attach_what_proves_them(db):
    proving = {code: action for code, action in registry().items() if action.verb == "prove"}
    steps = {each: {registry()[step.action].right for step in each.lifecycle.steps}
             for each in subjects().values() if getattr(each, "lifecycle", None) and purposes(each)}
    assert {action.register for action in proving.values()} == {*steps}
    assert all({action.right} == steps[action.register] for action in proving.values())
