"""Sending by a real SMTP server: what arrives, what is refused, what happens while it is down, and nothing twice."""

import email
import smtplib
from datetime import timedelta
from email import policy

import pytest
from django.core.exceptions import ImproperlyConfigured

from kaifaqu import settings as values
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.reporting.subscriptions import sending, telling
from kaifaqu.reporting.subscriptions.looking import send_due
from kaifaqu.reporting.subscriptions.models import Mail, Notice, Subscription
from kaifaqu.reporting.subscriptions.sending import send_mails

WISH = {"rhythm": "daily", "by_mail": True, "address": "zhang@example.cn"}


def read(envelope):
    """Return a mail as a reader's program understands it."""
    return email.message_from_bytes(envelope.content, policy=policy.default)


def stands() -> list[tuple]:
    """Return how each mail stands."""
    return [*Mail.objects.order_by("made_at").values_list("state", "attempts", "problem")]


def pass_time(**time: int) -> None:
    """Let so much time pass for the queue."""
    for mail in Mail.objects.all():
        Mail.objects.filter(pk=mail.pk).update(next_at=mail.next_at - timedelta(**time))


@pytest.fixture
def told(at, subscribe, clerk, mail_server):
    """Let two figures be told to one person by mail."""
    wishes = [subscribe(clerk, period=period, **WISH) for period in ("2023", "2024")]
    at("2024-06-15")
    send_due()
    return wishes


def test_the_messages_of_one_run_are_one_plain_mail(told, mail_server):
    assert (send_mails(), send_mails()) == (True, True)
    [envelope] = mail_server.got
    mail = read(envelope)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("kaifaqu@example.cn", ["zhang@example.cn"])
    assert mail["Subject"].strip() == "【测试开发区】演示数据 2 条消息：在建项目数（2023年）：1 个 等"
    assert (mail.get_content_type(), mail.get_content_charset(), mail.is_multipart()) == ("text/plain", "utf-8", False)
    text = mail.get_content()
    assert text.index("1. 在建项目数（2023年）：1 个") < text.index("2. 在建项目数（2024年）：2 个") < text.index("数据截至")
    assert {word for line in text.splitlines() for word in line.split() if "://" in word and "zone.example.cn" not in word} == set()
    assert "https://zone.example.cn/figures/projects.under_construction.count/?period=2024" in text
    assert mail["Message-ID"].endswith("@example.cn>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert stands() == [("sent", 1, "")]
    assert Mail.objects.get().sent_at is not None


def test_one_message_is_its_own_subject_and_another_person_gets_another_mail(zone, at, subscribe, clerk, mail_server):
    colleague = testing.employ(zone, "colleague")
    subscribe(clerk, **WISH)
    subscribe(colleague, **{**WISH, "address": "li@example.cn"})
    subscribe(colleague, rhythm="daily", period="2023")  # in the inbox only
    at("2024-06-15")
    send_due()
    send_mails()
    assert sorted(each.rcpt_tos[0] for each in mail_server.got) == ["li@example.cn", "zhang@example.cn"]
    assert {read(each)["Subject"].strip() for each in mail_server.got} == {"【测试开发区】演示数据 在建项目数（2024年1—6月）：2 个"}
    assert Notice.objects.filter(mail=None).count() == 1


def test_without_a_server_nothing_is_queued(at, subscribe, clerk, settings, monkeypatch):
    assert settings.EMAIL_HOST == ""
    subscribe(clerk, **WISH)
    at("2024-06-15")
    send_due()
    monkeypatch.setattr(sending, "send_mails", lambda seconds: pytest.fail("asked"))
    sending.post()
    assert (Mail.objects.count(), Notice.objects.count()) == (0, 1)


def test_a_server_that_is_down_is_tried_later_and_nothing_is_lost(told, mail_server):
    mail_server.stop()
    assert send_mails() is False
    [(state, attempts, problem)] = stands()
    assert (state, attempts) == ("queued", 1)
    assert "连不上邮件服务器" in problem
    mail_server.start()
    assert send_mails() is True  # not yet: a minute has not gone
    assert mail_server.got == []
    pass_time(minutes=1)
    send_mails()
    assert (len(mail_server.got), stands()) == (1, [("sent", 2, "")])


def test_the_waits_grow_and_end_after_a_day(told, mail_server):
    mail_server.stop()
    waits = []
    for _try in range(sending.TRIES):
        before = clock.machine()
        send_mails()
        waits.append(round((Mail.objects.get().next_at - before).total_seconds() / 60))
        pass_time(hours=2)
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert 24 * 60 < sum(waits[:-1]) < 26 * 60
    assert stands()[0][:2] == ("failed", sending.TRIES)
    mail_server.start()
    send_mails()
    assert mail_server.got == []


@pytest.mark.parametrize(("answer", "state", "told_problem"), [
    ("550 no such user", "failed", "不接受这个邮箱（550）"),
    ("450 mailbox busy", "queued", "不接受这个邮箱（450）"),
])
def test_a_refused_address_stands_in_no_other_way(zone, at, subscribe, clerk, mail_server, answer, state, told_problem):
    subscribe(clerk, **WISH)
    subscribe(testing.employ(zone, "colleague"), **{**WISH, "address": "li@example.cn"})
    mail_server.answers["zhang@example.cn"] = answer
    at("2024-06-15")
    send_due()
    send_mails()
    assert [each.rcpt_tos for each in mail_server.got] == [["li@example.cn"]]
    found = {mail.person.code: mail for mail in Mail.objects.select_related("person")}
    assert (found["clerk"].state, found["colleague"].state) == (state, "sent")
    assert told_problem in found["clerk"].problem


def test_a_server_that_refuses_the_text_is_asked_again(told, mail_server):
    mail_server.answers["data"] = "451 try later"
    send_mails()
    assert stands()[0][0] == "queued"
    assert "（451）" in stands()[0][2]
    del mail_server.answers["data"]
    pass_time(minutes=1)
    send_mails()
    assert stands() == [("sent", 2, "")]


def test_a_server_that_takes_nothing_now_is_left_alone(told, mail_server):
    mail_server.answers["data"] = "421 busy"
    assert send_mails() is False
    assert stands()[0][:2] == ("queued", 1)


@pytest.mark.parametrize("step", ["get_connection", "compose"])  # before a worker takes the mail, and while it sends it
def test_two_workers_send_one_mail(told, mail_server, monkeypatch, step):
    alone = getattr(sending, step)

    def interleaved(*mail):
        monkeypatch.setattr(sending, step, alone)
        send_mails()
        return alone(*mail)

    monkeypatch.setattr(sending, step, interleaved)
    send_mails()
    assert (len(mail_server.got), stands()) == (1, [("sent", 1, "")])


def test_a_worker_killed_while_sending_is_followed_by_another_with_the_same_number(told, mail_server, monkeypatch):
    def killed(mail, **facts):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_end", killed)
        with pytest.raises(SystemExit):
            send_mails()
    send_mails()
    assert (len(mail_server.got), stands()[0][0]) == (1, "sending")
    pass_time(minutes=11)
    send_mails()
    assert stands() == [("sent", 2, "")]
    assert len({read(each)["Message-ID"] for each in mail_server.got}) == 1


@pytest.mark.parametrize("verb", ["end", "erase"])
def test_who_ended_it_or_erased_his_address_gets_no_mail_any_more(told, mail_server, clerk, verb):
    for wish in told:
        reason = {"reason": "本人要求"} if verb == "erase" else {}
        commit([actions.find(f"subscriptions.{verb}").plan(wish, by=clerk, version=1, **reason)], by=clerk)
    send_mails()
    assert mail_server.got == []
    assert stands() == [("failed", 1, "没有收件的邮箱：订阅已结束，或不再发邮件。")]


@pytest.mark.parametrize("title", ["简报\r\nBcc: x@example.cn", "简报\nSubject: x", "简报\x00\x1b[31m\u2028Bcc: x@example.cn"])
def test_a_title_is_one_line_whatever_stands_in_it(subscribe, clerk, mail_server, monkeypatch, title):
    monkeypatch.setattr(telling, "READ_BRIEFS", "parties.view")
    subscribe(clerk, **{**WISH, "rhythm": "changed"}, brief="MB01")
    telling.brief_issued("MB01", title, "/r/briefs/7/", "正文")
    assert Notice.objects.get().title.isprintable()
    send_mails()
    [envelope] = mail_server.got
    mail = read(envelope)
    assert (envelope.rcpt_tos, mail["Bcc"], len(mail.get_all("Subject"))) == (["zhang@example.cn"], None, 1)
    assert mail["Subject"].strip().startswith("【测试开发区】演示数据 简报")


def test_a_party_whose_name_has_two_lines_writes_no_header(zone, clerk, told, mail_server):
    rename = actions.find("parties.correct").plan
    commit([rename(zone, by=clerk, version=zone.row_version, facts={"name": "测试区\nBcc: x@example.cn"}, reason="改名")], by=clerk)
    send_mails()
    [envelope] = mail_server.got
    assert (envelope.rcpt_tos, read(envelope)["Bcc"], stands()) == (["zhang@example.cn"], None, [("sent", 1, "")])


def test_a_worker_leaves_a_server_alone_that_did_not_answer(told, mail_server, monkeypatch):
    mail_server.stop()
    monkeypatch.setattr(sending, "_rests_until", 0.0)
    sending.post()
    pass_time(hours=1)
    sending.post()
    assert stands()[0][1] == 1
    monkeypatch.setattr(sending, "_rests_until", 0.0)
    sending.post()
    assert stands()[0][1] == 2


def test_a_wrong_password_is_told_to_the_administrator(told, mail_server, monkeypatch):
    def refused(self):
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", refused)
    assert send_mails() is False
    assert "KAIFAQU_SMTP_URL" in stands()[0][2]
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize(("url", "told"), [
    ("", {"EMAIL_HOST": ""}),
    ("smtp://mail.example.cn", {"EMAIL_HOST": "mail.example.cn", "EMAIL_PORT": 25, "EMAIL_USE_SSL": False, "EMAIL_USE_TLS": False}),
    ("smtps://a%40b.cn:p%2Fw@mail.example.cn", {
        "EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False, "EMAIL_HOST_USER": "a@b.cn", "EMAIL_HOST_PASSWORD": "p/w"}),
    ("smtp+tls://mail.example.cn:2525", {"EMAIL_PORT": 2525, "EMAIL_USE_SSL": False, "EMAIL_USE_TLS": True}),
])  # fmt: skip
def test_the_address_of_a_mail_server(url, told):
    found = values.mail_server(url)
    assert {name: found[name] for name in told} == told


@pytest.mark.parametrize("url", ["http://u:geheim@mail.example.cn", "smtp://", "smtp://u:geheim@mail.example.cn:x", "mail.example.cn"])
def test_another_one_is_refused_without_its_password(url):
    with pytest.raises(ImproperlyConfigured, match="smtps://") as refusal:
        values.mail_server(url)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(("url", "told"), [
    ("https://zone.example.cn/", "https://zone.example.cn"), ("http://10.0.0.7:8000/kfq/", "http://10.0.0.7:8000/kfq"),
    ("zone.example.cn", None), ("javascript:alert(1)", None), ("https://zone.example.cn\nBcc: x", None), ("https://a.cn/?x=1", None),
])
def test_the_address_of_the_installation(url, told):
    if told:
        assert values.site(url) == told
    else:
        with pytest.raises(ImproperlyConfigured, match="KAIFAQU_ADDRESS"):
            values.site(url)
