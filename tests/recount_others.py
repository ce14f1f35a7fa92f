"""What figures of feeds, warnings, branches, lines of work and qualifications mean, recounted; a part of tests/recount.py."""

from datetime import date, timedelta
from typing import Any

QUALIFICATION, WARNING = "qualifications.qualification", 60  # the shipped rule: days before the end
LIVE, FEED, READING = "platform.feeds.live.count", "feeds.feed", "feeds.reading"
SILENT_AFTER = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92}  # days


def live(w: Any, f: dict, s: date, e: date) -> bool:
    days = [row["day"] for row in w.pointing(READING, "feed_id", f["id"]) if row["day"] <= str(e)]
    is_in_use = f["ended_on"] is None or f["ended_on"] > str(e)
    return is_in_use and bool(days) and max(days) >= str(e - timedelta(days=SILENT_AFTER[f["every"]]))


def open_alert(w: Any, a: dict, s: date, e: date) -> bool:
    return a["found_on"] <= str(e) and (a["closed_on"] is None or a["closed_on"] > str(e))


def valid(w: Any, q: dict, s: date, e: date) -> bool:
    return q["since"] <= str(e) and (q["until"] is None or q["until"] > str(e))


def expiring(w: Any, q: dict, s: date, e: date) -> bool:
    days = (w.rule("qualifications.warning", e) or {"days": WARNING})["days"]
    return valid(w, q, s, e) and q["until"] is not None and q["until"] <= str(e + timedelta(days=days))


SUMS = {
    "qualifications.valid.count": (QUALIFICATION, valid, ""), "qualifications.expiring.count": (QUALIFICATION, expiring, ""),
    "qualifications.granted.count": (QUALIFICATION, lambda w, q, s, e: str(s) <= q["since"] <= str(e), ""),
    LIVE: (FEED, live, ""), "platform.alerts.open.count": ("feeds.alert", open_alert, ""),
    "party.study.sessions.count": ("party.studysession", lambda w, r, s, e: str(s) <= r["held_on"] <= str(e), ""),
    "party.grassroots.count": ("party.grassrootsactivity", lambda w, r, s, e: str(s) <= r["held_on"] <= str(e), ""),
    "zone.work_lines.count": (
        "targets.workline", lambda w, r, s, e: r["since"] <= str(e) and (r["until"] is None or r["until"] > str(e)), ""),
}
