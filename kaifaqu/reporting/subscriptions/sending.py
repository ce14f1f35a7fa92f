"""Sending: mails from the queue by the installation's SMTP server, tried again until a day has gone.

A mail is handed over once. Only where a worker dies after the server took it and before that is written, it is sent again,
with the same Message-ID, by which readers' programs know it.
"""

import logging
import smtplib
import time
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import Error
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.jobs import working
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Installation
from kaifaqu.reporting.subscriptions.models import Mail, MailState, Notice
from kaifaqu.reporting.subscriptions.telling import is_here, one_line

TRIES = 30  # the waits grow to an hour: about a day
LEASE = timedelta(minutes=10)  # after which whoever was sending a mail counts as dead
REST = 30  # seconds for which a server that did not answer is left alone
ROUND = 2  # seconds that a round takes
BUSY = 421  # what a server answers that takes nothing now
SHOWN = 60  # characters of a title in the subject
_log = logging.getLogger(__name__)
_rests_until = 0.0


@working.idle
def post() -> None:
    """Send what waits, unless there is no server or it did not answer a moment ago."""
    global _rests_until
    if not settings.EMAIL_HOST or time.monotonic() < _rests_until:
        return
    if not send_mails(ROUND):
        _rests_until = time.monotonic() + REST


def send_mails(seconds: float = float("inf")) -> bool:
    """Send the mails that are due over one connection; tell whether the server answered."""
    end = time.monotonic() + seconds
    due = Q(state__in=(MailState.QUEUED, MailState.SENDING), next_at__lte=clock.machine())
    waiting = list(Mail.objects.filter(due).select_related("person").order_by("next_at", "made_at")[:100])
    if not waiting:
        return True
    with override(settings.LANGUAGE_CODE):
        connection = get_connection()
        try:
            for mail in waiting:
                if not _send(mail, connection):
                    return False
                if time.monotonic() > end:
                    break
        finally:
            _close(connection)
    return True


def _send(mail: Mail, connection: Any) -> bool:
    """Send one mail, if no other worker does, and write what became of it; tell whether the server answered."""
    taken = {"state": MailState.SENDING, "attempts": mail.attempts + 1, "next_at": clock.machine() + LEASE}
    if not Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, state=mail.state).update(**taken):
        return True
    vars(mail).update(taken)
    message, problem = compose(mail)
    if message is None:
        _end(mail, state=MailState.FAILED, problem=problem)
        return True
    message.connection = connection
    try:
        connection.open()
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _words in refusal.recipients.values()]
        _again(mail, _("邮件服务器不接受这个邮箱（{code}）。").format(code=codes[0]), final=codes[0] >= 500)
        _reset(connection)
    except smtplib.SMTPAuthenticationError:
        _again(mail, _("邮件服务器不接受用户名或口令，请管理员检查 KAIFAQU_SMTP_URL。"))
        return False
    except smtplib.SMTPResponseException as refusal:
        _again(mail, _("邮件服务器拒绝了这封邮件（{code}）。").format(code=refusal.smtp_code))
        _reset(connection)
        return refusal.smtp_code != BUSY
    except (OSError, smtplib.SMTPException) as trouble:
        _log.warning("mail server: %s", trouble)
        _again(mail, _("连不上邮件服务器，请管理员检查它和 KAIFAQU_SMTP_URL。"))
        return False
    except Error:
        raise
    except Exception:  # one mail with a fault stands in nobody's way
        _log.exception("mail %s", mail.pk)
        _end(mail, state=MailState.FAILED, problem=_("组成邮件时出现意外错误，请把编号 {mail} 交给管理员。").format(mail=mail.pk))
        _reset(connection)
    else:
        _end(mail, state=MailState.SENT, problem="", sent_at=clock.now())
    return True


def _again(mail: Mail, problem: str, *, final: bool = False) -> None:
    """Write why it was not sent, and when it is tried again: after 1, 2, 4 … minutes, at last every hour."""
    if final or mail.attempts >= TRIES:
        _end(mail, state=MailState.FAILED, problem=problem)
    else:
        wait = timedelta(minutes=min(2 ** (mail.attempts - 1), 60))
        _end(mail, state=MailState.QUEUED, problem=problem, next_at=clock.machine() + wait)


def _end(mail: Mail, **facts: Any) -> None:
    """Write what became of a try, if nobody has taken the mail over meanwhile."""
    Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, state=MailState.SENDING).update(**facts)


def compose(mail: Mail) -> tuple[EmailMessage | None, str]:
    """Return the mail in plain text, to the address that the person gives today; where there is none, why.

    Several messages are one digest: their titles, then each.
    """
    notices = list(Notice.objects.filter(mail=mail).select_related("subscription").order_by("id"))
    wishes = [each.subscription for each in notices if each.subscription.archived_at is None and each.subscription.by_mail]
    address = next((str(each.address) for each in wishes if each.address), "")
    if not address or not is_here(mail.person):
        return None, _("没有收件的邮箱：订阅已结束，或不再发邮件。")
    installation = Installation.objects.select_related("owner").get()
    first = notices[0].title[:SHOWN]
    subject = first if len(notices) == 1 else _("{count} 条消息：{first} 等").format(count=len(notices), first=first)
    marked = _("演示数据") + " " if installation.demo else ""
    texts = [each.text for each in notices]
    head = [] if len(notices) == 1 else ["\n".join(f"{place}. {each.title}" for place, each in enumerate(notices, 1))]
    foot = _("您在 {owner} 订阅了这些内容。更改或结束订阅：{address}").format(
        owner=installation.owner, address=f"{settings.ADDRESS}/subscriptions/")
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return EmailMessage(
        one_line(f"【{installation.owner}】{marked}{subject}"), "\n\n".join([*head, *texts, f"--\n{foot}"]) + "\n",
        settings.DEFAULT_FROM_EMAIL, [address],
        headers={"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"}), ""


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):  # it was lost already
        connection.connection = None


def _reset(connection: Any) -> None:
    """Begin a new connection for the next mail: this one may be in the middle of a refused one."""
    _close(connection)
