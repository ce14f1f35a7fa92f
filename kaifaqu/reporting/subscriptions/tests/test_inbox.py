"""The pages: subscribing from a figure, the inbox, reading and copying, changing and ending."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.kernel import clock, testing
from kaifaqu.reporting.subscriptions.looking import send_due
from kaifaqu.reporting.subscriptions.models import Mail, Notice, Subscription, unread

FIGURE = "projects.under_construction.count"


@pytest.fixture
def signed_in(client, clerk):
    """Sign in the clerk, and return the browser."""
    client.force_login(clerk)
    return client


@pytest.fixture
def told(at, subscribe, clerk) -> list[Notice]:
    """Let two figures be told to the clerk."""
    for period in ("2023", "2024"):
        subscribe(clerk, period=period, rhythm="daily")
    at("2024-06-15")
    send_due()
    return [*Notice.objects.order_by("id")]


@pytest.mark.parametrize(("asked", "word"), [
    ("2024-01..06", "累计"), ("2024-06", "本月"), ("2024-05", "上月"), ("2024", "本年"), ("2023", "上年"), ("2022", "2022"), ("", "累计"),
])
def test_a_figure_leads_to_the_form_that_begins_with_it(signed_in, projects, asked, word):
    page = signed_in.get(reverse("figure", args=[FIGURE]), {"period": asked, "scope": "ZONE"} if asked else {})
    address = page.content.decode().partition('<a class="button" href="/subscriptions/new/')[2].partition('"')[0].replace("&amp;", "&")
    form = signed_in.get(f"/subscriptions/new/{address}").context["form"]
    assert (form["figure"].value(), form["period"].value(), form["scope"].value() or "") == (FIGURE, word, "ZONE" if asked else "")
    assert {*form.fields} == {*Subscription.columns} - {"brief"}


def test_a_brief_leads_to_the_form_that_begins_with_its_template(signed_in, projects, clerk):
    address = f"{reverse('subscribe')}?brief=MB01"
    form = signed_in.get(address).context["form"]
    assert ({*form.fields}, form["brief"].value()) == ({"brief", "by_mail", "address"}, "MB01")
    signed_in.post(address, {"brief": "MB01"})
    wish = Subscription.objects.own(clerk).get()
    assert (str(wish), wish.when, wish.rhythm) == ("简报 MB01", "签发时", "changed")
    signed_in.post(reverse("subscription", args=[wish.pk]), {"brief": "MB02", "version": "1"})
    assert Subscription.objects.own(clerk).get().brief == "MB02"


def test_without_either_the_form_asks_for_everything(signed_in, projects, clerk):
    assert {*signed_in.get(reverse("subscribe")).context["form"].fields} == {*Subscription.columns}
    signed_in.post(reverse("subscribe"), {"brief": "MB01", "rhythm": "changed", "period": "累计"})
    assert str(Subscription.objects.own(clerk).get()) == "简报 MB01"


def test_a_person_subscribes_changes_and_ends(signed_in, projects, clerk, settings):
    assertContains(signed_in.get(reverse("subscriptions")), "没有订阅")
    answer = signed_in.post(reverse("subscribe"), {"figure": FIGURE, "period": "累计", "rhythm": "weekly"}, follow=True)
    assertRedirects(answer, reverse("subscriptions"))
    assertContains(answer, "已订阅：在建项目数 累计。")
    assertContains(answer, "没有设置邮件服务器")
    [wish] = Subscription.objects.own(clerk)
    address = reverse("subscription", args=[wish.pk])
    assert signed_in.get(address).context["form"]["rhythm"].value() == "weekly"
    sent = {"figure": FIGURE, "period": "本月", "rhythm": "crossed", "side": "above", "border": "3", "version": "1"}
    assertRedirects(signed_in.post(address, sent), reverse("subscriptions"))
    settings.EMAIL_HOST = "127.0.0.1"
    page = signed_in.get(reverse("subscriptions"))
    assertContains(page, "高于 3 个")
    assertNotContains(page, "没有设置邮件服务器")
    stale = signed_in.post(address, sent)
    assertContains(stale, "已被他人修改")
    assertRedirects(signed_in.post(reverse("subscription-end", args=[wish.pk]), {"version": "2"}), reverse("subscriptions"))
    assert not Subscription.objects.own(clerk).exists()


def test_what_is_wrong_stands_beside_its_field(signed_in, projects):
    answer = signed_in.post(reverse("subscribe"), {"figure": FIGURE, "period": "明年", "rhythm": "monthly", "by_mail": "on"})
    errors = answer.context["form"].errors
    assert {*errors} == {"period", "day", "address"}
    assert not Subscription.objects.exists()


def test_nobody_opens_changes_or_ends_what_is_anothers(zone, clerk, client, told):
    client.force_login(testing.employ(zone, "colleague"))
    wish = Subscription.objects.own(clerk)[0]
    for answer in (
        client.get(reverse("notice", args=[told[0].pk])), client.get(reverse("subscription", args=[wish.pk])),
        client.post(reverse("subscription", args=[wish.pk]), {"version": "1"}), client.post(reverse("subscription-end", args=[wish.pk])),
    ):
        assert answer.status_code == 404
    client.post(reverse("inbox-read"), {"newest": told[-1].pk})
    client.post(reverse("inbox-read"), {"id": told[0].pk})
    assert unread(clerk) == 2
    assertContains(client.get(reverse("inbox")), "没有消息")


def test_who_has_no_right_subscribes_to_nothing(zone, client):
    client.force_login(testing.employ(zone, "looker", "projects.view"))
    assert client.get(reverse("subscribe")).status_code == 403
    assertContains(client.get(reverse("subscriptions")), "没有订阅的权限")
    assertNotContains(client.get(reverse("figure", args=[FIGURE])), "/subscriptions/new/")


def test_the_inbox_shows_the_newest_first_and_counts_what_is_unread(signed_in, told, clerk):
    page = signed_in.get(reverse("inbox"))
    assert [each.title for each in page.context["page"]] == ["在建项目数（2024年）：2 个", "在建项目数（2023年）：1 个"]
    assertContains(page, "消息 <strong>2</strong>")
    home = signed_in.get(reverse("home"))
    assertContains(home, '<a href="/inbox/">没有看过的消息</a> <strong>2</strong>')
    opened = signed_in.get(reverse("notice", args=[told[0].pk]))
    assertContains(opened, f'readonly>{told[0].text.replace("&", "&amp;")}</textarea>')
    assert unread(clerk) == 1
    assertContains(signed_in.get(reverse("figures")), "消息 <strong>1</strong>")
    signed_in.post(reverse("inbox-read"), {"newest": told[-1].pk})
    assert unread(clerk) == 0
    assertNotContains(signed_in.get(reverse("inbox")), "全部标为看过")


def test_what_came_after_the_page_was_opened_stays_unread(signed_in, told, clerk):
    signed_in.post(reverse("inbox-read"), {"newest": told[0].pk})
    assert [*Notice.objects.filter(read_at=None)] == [told[1]]
    signed_in.post(reverse("inbox-read"), {"id": told[1].pk})
    assert unread(clerk) == 0
    assert signed_in.post(reverse("inbox-read"), {"id": told[1].pk, "page": "2"}).headers["Location"] == "/inbox/?page=2"
    for nonsense in ({}, {"id": "x", "page": "x"}, {"newest": ""}):
        assert signed_in.post(reverse("inbox-read"), nonsense).status_code == 302


def test_a_page_of_the_inbox_asks_as_much_for_many_as_for_few(signed_in, told, clerk, django_assert_max_num_queries):
    wish = Subscription.objects.own(clerk)[0]
    Notice.objects.bulk_create(
        Notice(person=clerk, subscription=wish, key=f"{number}", made_at=told[0].made_at, title=f"{number}", text="文", address="/")
        for number in range(120))
    with django_assert_max_num_queries(14):
        page = signed_in.get(reverse("inbox"))
    assertContains(page, "第 1 / 3 页")


def test_a_mail_that_does_not_go_out_is_told_beside_the_message(signed_in, told, clerk):
    facts = {"state": "failed", "problem": "邮件服务器不接受这个邮箱（550）。"}
    mail = Mail.objects.create(person=clerk, made_at=clock.now(), next_at=clock.now(), **facts)
    Notice.objects.filter(pk=told[0].pk).update(mail=mail)
    for address in (reverse("inbox"), reverse("notice", args=[told[0].pk])):
        assertContains(signed_in.get(address), "邮件 未发出：邮件服务器不接受这个邮箱（550）。")
