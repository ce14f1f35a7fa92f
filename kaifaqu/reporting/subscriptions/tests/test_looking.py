"""Looking: what is told when, in which words, with whose rights, and exactly once."""

import threading
from datetime import date

import pytest
from django.db import Error, connection, transaction

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM, Installation, Membership
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.subscriptions import looking, telling
from kaifaqu.reporting.subscriptions.looking import send_due
from kaifaqu.reporting.subscriptions.models import Mail, Notice, Standing, unread

INVESTMENT = "projects.under_construction.investment"


def told(person=None) -> list[str]:
    """Return the titles of all messages in their order."""
    rows = Notice.objects.filter(person=person) if person else Notice.objects.all()
    return [*rows.order_by("id").values_list("title", flat=True)]


def days(at, subscribe, clerk, each: list[str], **facts) -> list[str]:
    """Return on which of the days a subscription made on 14 June tells something, looked at every day."""
    subscribe(clerk, **facts)
    found = []
    for day in each:
        at(day)
        before = Notice.objects.count()
        send_due()
        send_due()
        found += [day] if Notice.objects.count() > before else []
        assert Notice.objects.count() <= before + 1
    return found


@pytest.mark.parametrize(("facts", "each", "due"), [
    ({"rhythm": "daily"}, ["2024-06-14", "2024-06-15", "2024-06-16"], ["2024-06-15", "2024-06-16"]),
    ({"rhythm": "daily"}, ["2024-06-15 06:30", "2024-06-15 07:00", "2024-06-15 23:00"], ["2024-06-15 07:00"]),
    ({"rhythm": "weekly"}, ["2024-06-14", "2024-06-16", "2024-06-17", "2024-06-18", "2024-06-25"], ["2024-06-17", "2024-06-25"]),
    ({"rhythm": "monthly", "day": 31}, ["2024-06-29", "2024-06-30", "2024-07-30", "2024-07-31"], ["2024-06-30", "2024-07-31"]),
    ({"rhythm": "monthly", "day": 14}, ["2024-06-14", "2024-07-13", "2024-07-14"], ["2024-07-14"]),
    ({"rhythm": "changed"}, ["2024-06-14", "2024-06-15"], []),
    ({"rhythm": "crossed", "side": "above", "border": "1"}, ["2024-06-14", "2024-06-15"], ["2024-06-14"]),
    ({"rhythm": "crossed", "side": "above", "border": "2"}, ["2024-06-14", "2024-06-15"], []),
    ({"rhythm": "crossed", "side": "below", "border": "3"}, ["2024-06-14", "2024-06-15"], ["2024-06-14"]),
])  # fmt: skip
def test_the_days_on_which_something_is_told(at, subscribe, clerk, facts, each, due):
    assert days(at, subscribe, clerk, each, **facts) == due


def test_a_demo_day_is_the_day(zone, clerk, subscribe):
    subscribe(clerk, rhythm="weekly")
    clock.release()
    installation = Installation.objects.get()
    move = actions.find("installations.move_day").plan
    commit([move(installation, by=SYSTEM, version=installation.row_version, demo_day=date(2044, 5, 18))], by=SYSTEM)
    clock.release()
    send_due()
    assert Standing.objects.get().due in (date(2044, 5, 16), date(2044, 5, 9))  # Mondays; before seven on a Monday the one before
    assert len(told()) == 1


def test_what_it_says_first_and_then(at, subscribe, clerk, start):
    subscribe(clerk, rhythm="daily", period="本月")
    at("2024-06-15")
    send_due()
    at("2024-06-16")
    start("P3")
    send_due()
    at("2024-06-18")
    send_due()
    at("2024-07-01")
    send_due()
    texts = [each.text.splitlines() for each in Notice.objects.order_by("id")]
    address = "http://127.0.0.1:8000/figures/projects.under_construction.count/?period=2024-06"
    assert texts[0] == ["【演示数据】", "在建项目数（2024年6月）：2 个", "数据截至 2024-06-14。", address]
    assert texts[1][1:3] == ["在建项目数（2024年6月）：3 个", "由 2 个 变为 3 个（上次 2024-06-15）。"]
    assert texts[1][3] == "数据截至 2024-06-16。"
    assert texts[2][2:4] == ["与上次（2024-06-16）相同。", "数据截至 2024-06-16。"]  # of that day: it may be newer than that message
    assert texts[3][1:3] == ["在建项目数（2024年7月）：3 个", "上次（2024-06-18，期间 2024-06）：3 个。"]
    assert texts[3][3] == "数据截至 2024-06-16，上次（2024-06-18）以来没有更新。"
    assert texts[3][4].endswith("?period=2024-07")


def test_changes_are_told_with_both_values_and_nothing_twice(at, subscribe, clerk, start):
    subscribe(clerk, rhythm="changed", period="2024")
    send_due()
    assert told() == []
    start("P3")
    send_due()
    send_due()
    start("P4")
    start("P5")
    send_due()
    assert told() == ["在建项目数（2024年）：3 个", "在建项目数（2024年）：5 个"]
    assert "由 3 个 变为 5 个（上次 2024-06-14）。" in Notice.objects.latest("id").text


def test_a_border_is_told_once_for_each_crossing(zone, at, subscribe, clerk, start):
    subscribe(clerk, rhythm="crossed", side="above", border="2")
    send_due()
    found = []
    third = start("P3")
    for step in (lambda: None, lambda: None, lambda: start("P4"), "archive", lambda: start("P5")):
        if step == "archive":
            for each in type(third).objects.current().filter(code__in=("P3", "P4")):
                commit([actions.find("projects.archive").plan(each, by=clerk, version=each.row_version, reason="重复")], by=clerk)
        else:
            step()
        send_due()
        found.append(Notice.objects.count())
    assert found == [1, 1, 1, 1, 2]
    first = Notice.objects.earliest("id")
    assert (first.level, first.title) == ("threshold", "在建项目数（2024年1—6月）：3 个，已高于 2 个")


def test_missing_data_are_missing_and_never_nothing(at, subscribe, clerk, start):
    for rhythm in ({"rhythm": "daily"}, {"rhythm": "changed"}, {"rhythm": "crossed", "side": "below", "border": "5"}):
        subscribe(clerk, figure=INVESTMENT, **rhythm)
    send_due()
    assert told() == []
    start("P3", investment="")
    send_due()
    send_due()
    assert told() == ["在建项目总投资（2024年1—6月）：缺数"] * 2
    text = Notice.objects.latest("id").text
    assert "无法计算：3 条记录中有 1 条缺少「计划总投资（万元）」：P3 演示P3。" in text
    assert "0" not in text.splitlines()[1].replace("2024", "")
    start("P4")  # looked at again, and nothing new is missing
    send_due()
    assert len(told()) == 2
    at("2024-06-15")
    send_due()
    [daily] = [each for each in Notice.objects.all() if each.key == "2024-06-15"]
    assert (daily.level, daily.title) == ("missing", told()[0])
    project = Project.objects.get(code="P3")
    commit([actions.find("projects.correct").plan(project, by=clerk, version=1, facts={"total_investment": "100"})], by=clerk)
    send_due()
    assert told()[-1].endswith("亿元")
    assert "上次（2024-06-15）：缺数。" in Notice.objects.latest("id").text


def test_a_group_is_told_by_its_name(subscribe, clerk, at):
    for group in ("26", "34"):
        subscribe(clerk, rhythm="daily", by="industry", group=group)
    at("2024-06-15")
    send_due()
    assert told() == ["在建项目数 26（2024年1—6月）：2 个", "在建项目数 34（2024年1—6月）：0 个"]
    assert Notice.objects.first().address.endswith("?period=2024-01..06&by=industry")


def test_what_is_sent_follows_the_rights_of_that_moment(zone, at, subscribe):
    reader = testing.employ(zone, "reader", "subscriptions.edit projects.figures suspensions.figures")
    subscribe(reader, rhythm="daily")
    subscribe(reader, rhythm="changed")
    at("2024-06-15")
    send_due()
    assert told(reader) == ["在建项目数（2024年1—6月）：2 个"]
    at("2024-06-16")
    [role] = [each.role for each in Membership.objects.filter(user=reader)]
    less = {"rights": "subscriptions.edit"}
    commit([actions.find("roles.correct").plan(role, by=SYSTEM, version=1, facts=less, reason="调岗")], by=SYSTEM)
    send_due()
    send_due()
    assert told(reader)[1:] == ["在建项目数（2024年1—6月）：没有送出：权限已变"] * 2
    refused = Notice.objects.latest("id")
    assert refused.level == "missing"
    assert "没有查看" in refused.text
    assert "2 个" not in refused.text.splitlines()[1]


def test_who_does_not_work_here_any_more_is_told_nothing(zone, at, subscribe):
    gone = testing.employ(zone, "gone")
    subscribe(gone, rhythm="daily")
    commit([actions.find("users.correct").plan(gone, by=SYSTEM, version=1, facts={"is_active": False}, reason="离职")], by=SYSTEM)
    at("2024-06-15")
    send_due()
    assert told() == []


def test_a_figure_or_party_that_is_gone_is_said_and_can_still_be_ended(at, subscribe, clerk, monkeypatch):
    wish = subscribe(clerk, rhythm="daily")
    monkeypatch.setattr(telling.indicators, "find", lambda code: (_ for _ in ()).throw(LookupError("没有指标。")))
    at("2024-06-15")
    send_due()
    assert (told(), Notice.objects.get().level) == (["在建项目数：无法送出"], "missing")
    commit([actions.find("subscriptions.end").plan(wish, by=clerk, version=1)], by=clerk)


def test_a_fault_in_one_stands_in_no_other_way(at, subscribe, clerk, monkeypatch):
    subscribe(clerk, rhythm="daily")
    subscribe(clerk, rhythm="daily", period="本月")
    look = telling.look
    monkeypatch.setattr(telling, "look", lambda wish, user: 1 / 0 if wish.period == "本月" else look(wish, user))
    at("2024-06-15")
    send_due()
    assert sorted(each.partition("：")[2] for each in told()) == ["2 个", "无法送出"]


def test_changed_terms_begin_anew(at, subscribe, clerk):
    wish = subscribe(clerk, rhythm="changed", period="2024")
    send_due()
    commit([actions.find("subscriptions.correct").plan(wish, by=clerk, version=1, facts={"period": "2023"}, reason="改")], by=clerk)
    send_due()
    assert told() == []


# Exactly once


def test_a_worker_killed_before_the_end_leaves_nothing_and_the_next_tells_it(at, subscribe, clerk, monkeypatch):
    subscribe(clerk, rhythm="daily", by_mail=True, address="a@example.cn")
    at("2024-06-15")
    store = telling.store

    def killed(notices):
        store(notices)
        raise SystemExit  # between the effect and "done"

    with monkeypatch.context() as patch:
        patch.setattr(telling, "store", killed)
        with pytest.raises(SystemExit), transaction.atomic():
            send_due()
    assert (told(), Mail.objects.count(), Standing.objects.count()) == ([], 0, 0)
    send_due()
    send_due()
    assert told() == ["在建项目数（2024年1—6月）：2 个"]


@pytest.mark.parametrize("facts", [{"rhythm": "daily"}, {"rhythm": "changed"}])
def test_of_two_workers_that_see_the_same_one_tells_it(at, subscribe, clerk, start, monkeypatch, facts):
    subscribe(clerk, **facts)
    send_due()
    at("2024-06-15")
    start("P3")
    look = looking._look

    def interleaved(wish, person):  # between the look of one and its writing, the other does everything
        seen = look(wish, person)
        monkeypatch.setattr(looking, "_look", look)
        start("P4")
        send_due()
        return seen

    monkeypatch.setattr(looking, "_look", interleaved)
    send_due()
    assert told() == ["在建项目数（2024年1—6月）：4 个"]
    send_due()
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_tell_each_occasion_once(at, subscribe, clerk, start):
    for period in ("2022", "2023", "2024", "本月", "累计"):
        subscribe(clerk, rhythm="daily", period=period)
        subscribe(clerk, rhythm="changed", period=period)
    send_due()
    moment = clock.now().replace(day=15)
    start("P3")
    meeting, problems = threading.Barrier(2), []

    def tried_through():
        try:
            return send_due()
        except Error:  # SQLite's memory lets one write: the worker, too, tries again
            return False

    def work():
        clock._set.set(moment)
        try:
            meeting.wait(20)
            while not tried_through():
                pass
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    at("2024-06-15")
    send_due()
    changed = 3  # of 2024, this month and this year to date
    assert (problems, len(told())) == ([], 5 + changed)


def test_a_round_that_takes_too_long_goes_on_in_the_next(zone, at, subscribe, clerk):
    people = [clerk, *(testing.employ(zone, f"reader{number}") for number in range(3))]
    for each in people:
        subscribe(each, rhythm="daily")
    at("2024-06-15")
    rounds = 0
    while not send_due(0.000001):
        rounds += 1
        assert rounds < 10
    assert sorted(Notice.objects.values_list("person_id", flat=True)) == sorted(each.pk for each in people)


def test_the_worker_looks_when_something_has_happened_and_not_all_the_time(subscribe, clerk, monkeypatch):
    looked = []
    monkeypatch.setattr(looking, "_rested", (0.0, None))
    monkeypatch.setattr(looking, "LOOK", 0)
    monkeypatch.setattr(looking, "send_due", lambda seconds: looked.append(1) or True)
    looking.watch()
    looking.watch()
    assert len(looked) == 1
    subscribe(clerk, rhythm="daily")
    looking.watch()
    assert len(looked) == 2


def test_a_round_asks_as_much_for_many_that_are_not_due_as_for_few(zone, subscribe, clerk, django_assert_num_queries):
    for number in range(20):
        subscribe(clerk, rhythm="daily", period=f"{2000 + number}")
    with django_assert_num_queries(2):
        send_due()


# Briefs, and what is kept


@pytest.fixture
def briefs(monkeypatch):
    """Let there be a right to read briefs before their register is there."""
    monkeypatch.setattr(telling, "READ_BRIEFS", "parties.view")


def test_a_brief_that_was_issued_is_told_to_whoever_wants_it_and_may_read_it(zone, other, subscribe, clerk, briefs):
    stranger = testing.employ(zone, "outside", "subscriptions.edit", at=other)
    for person, owner in ((clerk, zone), (stranger, other)):
        subscribe(person, brief="MB01", rhythm="changed", owner=owner)
    subscribe(testing.employ(zone, "another"), brief="MB02", rhythm="changed")
    told_to = [telling.brief_issued("MB01", "1—6月经济运行\n简报", "/r/briefs/7/", "正文一\n正文二", owner=zone.pk) for _again in range(2)]
    assert told_to[0] == 2
    mine, theirs = Notice.objects.get(person=clerk), Notice.objects.get(person=stranger)
    assert (mine.title, mine.level, mine.address) == ("1—6月经济运行 简报", "brief", "/r/briefs/7/")
    assert mine.text.splitlines()[-3:] == ["正文一", "正文二", "http://127.0.0.1:8000/r/briefs/7/"]
    assert (theirs.level, "正文" in theirs.text, "经济运行" in theirs.text) == ("missing", False, False)
    assert Notice.objects.count() == 2
    telling.brief_issued("MB01", "1—6月经济运行简报", "/r/briefs/7/", "正文一改")
    assert Notice.objects.filter(person=clerk).count() == 2


def test_old_messages_that_were_read_go_and_others_stay(at, subscribe, clerk, settings):
    settings.NOTICE_DAYS = 30
    subscribe(clerk, rhythm="daily")
    for day in ("2024-06-15", "2024-06-16", "2024-08-01"):
        at(day)
        send_due()
    Notice.objects.exclude(key="2024-06-16").update(read_at=clock.now())
    looking.tidy()
    assert ([*Notice.objects.order_by("id").values_list("key", flat=True)], unread(clerk)) == (["2024-06-16", "2024-08-01"], 1)
