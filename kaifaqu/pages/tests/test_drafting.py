"""Drafts: what is typed outlives the browser, is its author's alone, and hides nobody else's change."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import clock, events, testing
from kaifaqu.kernel.access import Role, User
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit
from kaifaqu.pages import drafting
from kaifaqu.pages.models import Draft


@pytest.fixture
def role(zone, clerk) -> Role:
    [made] = testing.enter(Role, zone, "code | name | rights\nDESK | 窗口 | roles.view", by=clerk)
    return made


@pytest.fixture
def desk(clerk, client):
    """Return a desk at which the clerk sits."""
    client.force_login(clerk)
    return Desk(client)


class Desk:
    """A browser with forms in it."""

    def __init__(self, client):
        self.client = client

    def open(self, name, *keys, **asked):
        return self.client.get(reverse(name, args=keys), asked)

    def type(self, page, quietly=True, **typed):
        """Type into the form of a page, and let it be kept."""
        data = self.contents(page) | typed | {drafting.KEEP: "quietly" if quietly else "page"}
        return self.client.post(page.wsgi_request.path, data, headers={"HX-Request": "true"} if quietly else {})

    def send(self, page, **typed):
        return self.client.post(page.wsgi_request.path, self.contents(page) | typed)

    @staticmethod
    def contents(page):
        form = page.context["form"]
        shown = {name: form[name].value() for name in form.fields}
        hidden = {"token": form.token, "version": form.version, "read": form.read, "draft-key": str(form.draft)}
        return {name: value for name, value in {**shown, **hidden}.items() if value not in (None, False)}


def correct(record, by, **facts):
    now = type(record).objects.get(pk=record.pk)
    commit([find("roles.correct").plan(now, by=by, version=now.row_version, facts=facts, reason="他人更正")], by=by)


def values(page, *names):
    return [page.context["form"][name].value() for name in names]


# Keeping and going on


def test_what_is_typed_is_kept_and_offered_when_the_form_is_opened_again(desk, role):
    kept = desk.type(desk.open("edit", "roles", role.pk), name="综合窗口", reason="改名\r\n第二行\0")
    [draft] = Draft.objects.all()
    assert draft.typed == {"name": "综合窗口", "reason": "改名\n第二行"}
    assert (draft.record, draft.read, draft.about, kept.content.decode()) == (role.pk, 1, "DESK 窗口", f"草稿已保存 {draft.when}")
    again = desk.open("edit", "roles", role.pk)
    assertContains(again, f"您 {draft.when} 有一份没有提交的草稿")
    assert values(again, "name") == ["窗口"]
    restored = desk.open("edit", "roles", role.pk, draft=draft.pk)
    assert values(restored, "code", "name", "reason") == ["DESK", "综合窗口", "改名\n第二行"]
    assertNotContains(restored, "有一份没有提交的草稿")


def test_without_a_script_a_button_keeps_and_the_form_goes_on(desk):
    answer = desk.type(desk.open("new", "roles"), quietly=False, code="DESK", name="")
    [draft] = Draft.objects.all()
    assert answer.url == f"{reverse('new', args=['roles'])}?draft={draft.pk}"
    assert values(desk.client.get(answer.url), "code", "name") == ["DESK", None]


def test_a_box_that_was_unticked_stays_unticked(desk, clerk):
    page = desk.open("edit", "users", clerk.pk)
    data = desk.contents(page)
    del data["is_active"]
    desk.client.post(page.wsgi_request.path, data | {drafting.KEEP: "quietly"})
    [draft] = Draft.objects.all()
    assert draft.typed == {"is_active": ""}
    assert values(desk.open("edit", "users", clerk.pk, draft=draft.pk), "is_active") == [False]


@pytest.mark.parametrize(("typed", "facts"), [({"code": "DESK", "name": "窗口"}, True), ({"code": "", "name": ""}, False)])
def test_two_forms_are_two_drafts_and_an_untouched_one_is_none(desk, typed, facts):
    for _each in range(2):
        desk.type(desk.open("new", "roles"), **typed)
    assert Draft.objects.count() == (2 if facts else 0)


def test_what_is_typed_back_is_no_draft(desk, role):
    page = desk.open("edit", "roles", role.pk)
    desk.type(page, name="综合窗口")
    desk.type(page, name="窗口")
    assert not Draft.objects.exists()


# Sending


def test_a_sent_form_leaves_no_draft_and_what_its_page_sends_late_is_not_kept(desk, role):
    page = desk.open("edit", "roles", role.pk)
    desk.type(page, name="综合窗口", reason="改名")
    assert desk.send(page, name="综合窗口", reason="改名").status_code == 302
    late = desk.type(page, name="综合窗口", reason="改名")
    assert (late.status_code, drafting.waiting(User.objects.get(code="clerk"))) == (400, [])
    assert [draft.typed for draft in Draft.objects.all()] == [{}]
    gone = desk.open("edit", "roles", role.pk, draft=page.context["form"].draft)
    assertContains(gone, "这份草稿已经提交或丢弃")
    assertNotContains(gone, "没有提交的草稿")


def test_what_was_refused_is_kept_without_any_script(desk, role):
    desk.send(desk.open("edit", "roles", role.pk), name="综合窗口", reason="")
    assert [draft.typed for draft in Draft.objects.all()] == [{"name": "综合窗口"}]


def test_what_comes_from_no_form_of_ours_leaves_no_draft(desk, role):
    desk.client.post(reverse("edit", args=["roles", role.pk]), {"version": 1, "name": "综合窗口", "reason": ""})
    assert not Draft.objects.exists()


def test_a_change_of_somebody_else_in_between_leads_to_the_conflict_page(desk, role, clerk):
    desk.type(desk.open("edit", "roles", role.pk), name="我的", reason="改")
    correct(role, clerk, name="他的", rights="roles.edit")
    [draft] = Draft.objects.all()
    restored = desk.open("edit", "roles", role.pk, draft=draft.pk)
    assertContains(restored, "此后有人改过这条记录")
    assert values(restored, "name", "rights") == ["我的", "roles.view"]
    answer = desk.send(restored)
    rows = [(row.field.name, row.read, row.stored, row.typed, row.clash) for row in answer.context["rows"]]
    assert answer.status_code == 409
    edit = "角色：登记、更正、归档、附上文件、撤下文件、导入、批量办理"
    assert rows == [("name", "窗口", "他的", "我的", True), ("rights", "角色：查看", edit, "角色：查看", False)]


def test_a_conflict_that_was_left_undecided_is_asked_again(desk, role, clerk):
    page = desk.open("edit", "roles", role.pk)
    correct(role, clerk, name="他的", rights="roles.edit")
    first = desk.send(page, name="我的", reason="改")
    undecided = desk.contents(first) | {"ask": "name", "taken": "rights"}
    assert desk.client.post(page.wsgi_request.path, undecided).status_code == 409
    [draft] = Draft.objects.all()
    assert (draft.read, draft.typed) == (1, {"name": "我的", "reason": "改"})
    answer = desk.send(desk.open("edit", "roles", role.pk, draft=draft.pk))
    assert [(row.field.name, row.clash) for row in answer.context["rows"]] == [("name", True), ("rights", False)]


# Who sees a draft, and what never stands in one


def test_no_draft_keeps_a_personal_fact_and_the_form_says_so(desk, clerk):
    desk.type(desk.open("edit", "users", clerk.pk), name="演示新名", code="clerk2", reason="改名")
    [draft] = Draft.objects.all()
    assert (draft.typed, draft.about) == ({"code": "clerk2", "reason": "改名"}, "clerk")
    assert "演示" not in str(Draft.objects.values_list())
    restored = desk.open("edit", "users", clerk.pk, draft=draft.pk)
    assertContains(restored, "个人信息不存草稿", count=1)
    assert values(restored, "name", "code") == [clerk.name, "clerk2"]
    assertNotContains(desk.open("edit", "users", clerk.pk), "个人信息不存草稿")


def test_only_its_author_ever_meets_a_draft(desk, role, zone, client):
    page = desk.open("edit", "roles", role.pk)
    desk.type(page, name="综合窗口", reason="改名")
    [draft] = Draft.objects.all()
    client.force_login(testing.employ(zone, "colleague", "roles.view roles.edit"))
    assertNotContains(desk.open("edit", "roles", role.pk), "没有提交的草稿")
    assert values(desk.open("edit", "roles", role.pk, draft=draft.pk), "name") == ["窗口"]
    assert desk.type(page, name="偷改").status_code == 400
    assert client.post(reverse("draft-discard", args=[draft.pk])).status_code == 404
    assert desk.send(page, name="综合窗口", reason="我也改名").status_code == 302
    assert [each.typed for each in Draft.objects.filter(sent=False)] == [{"name": "综合窗口", "reason": "改名"}]


def test_a_draft_gives_no_right(desk, role, zone, clerk, client):
    person = testing.employ(zone, "temporary", "roles.view roles.edit")
    client.force_login(person)
    desk.type(desk.open("edit", "roles", role.pk), name="综合窗口")
    [waiting] = drafting.waiting(User.objects.get(pk=person.pk))
    assert (waiting.label, waiting.what) == ("更正", "角色 DESK 窗口")
    correct(Role.objects.get(name="temporary"), clerk, rights="parties.view")
    assert client.get(waiting.address).status_code == 404
    [lost] = drafting.waiting(User.objects.get(pk=person.pk))
    assert (lost.what, lost.address) == ("角色 （无权查看）", "")


def test_a_draft_is_discarded_by_its_author_and_the_events_do_not_know_it(desk, role):
    before = events.last_seq()
    desk.type(desk.open("edit", "roles", role.pk), name="综合窗口")
    [draft] = Draft.objects.all()
    answer = desk.client.post(reverse("draft-discard", args=[draft.pk]), {"next": "//elsewhere.example/"})
    assert (answer.url, Draft.objects.count(), events.last_seq()) == (reverse("home"), 0, before)


# Limits


def test_a_draft_too_long_or_too_many_is_refused_in_a_sentence(desk, role, monkeypatch):
    monkeypatch.setattr(drafting, "SIZE", 10)
    assertContains(desk.type(desk.open("edit", "roles", role.pk), name="极" * 11), "请直接提交", status_code=400)
    monkeypatch.setattr(drafting, "DRAFTS", 1)
    first = desk.open("edit", "roles", role.pk)
    assert [desk.type(first, name=name).status_code for name in ("一", "二")] == [200, 200]
    assertContains(desk.type(desk.open("edit", "roles", role.pk), name="三"), "您已有 1 份草稿", status_code=400)
    assertContains(desk.type(desk.open("edit", "roles", role.pk), quietly=False, name="三"), "您已有 1 份草稿")


def test_old_drafts_are_cleared_and_what_is_left_of_sent_ones_sooner(desk, clerk):
    for days, sent in ((89, False), (91, False), (0, True), (2, True)):
        Draft.objects.create(
            pk=uuid.uuid4(), person=clerk, action="roles.create", sent=sent, about=f"{days}", kept_at=clock.now() - timedelta(days=days))
    drafting.clear()
    assert sorted(Draft.objects.values_list("about", flat=True)) == ["0", "89"]


@pytest.mark.parametrize("odd", ["", "x", "²", "\0", "0" * 32])
def test_an_odd_key_is_no_error(desk, role, odd):
    page = desk.open("edit", "roles", role.pk, draft=odd)
    assert page.status_code == 200
    data = desk.contents(page) | {"draft-key": odd, "name": "新名", "reason": "改"}
    assert desk.client.post(page.wsgi_request.path, data).status_code == 302
