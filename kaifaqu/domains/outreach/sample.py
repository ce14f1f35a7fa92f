"""The demo recycler's promotion: one account, five questions of the page and 200 more on 103 days, venues, partners, leads, the guide."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from kaifaqu.domains.outreach.models import (
    DealerAgreement,
    GuidePage,
    OutreachActivity,
    PromotionAccount,
    PromotionLead,
    PromotionPost,
    PromotionQuestion,
    PromotionVenue,
)
from kaifaqu.domains.outreach.rules import ANSWERS
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, Scene, moment
from kaifaqu.registers.vehicles.models import Channel, Vehicle
from kaifaqu.registers.vehicles.sample import BY, DAY, FIRST, JULY, OWNER, Car, batch, cars

SEED = 60011
OPENED, ASKED = date(2024, 3, 4), date(2024, 4, 25)  # the account, and the first of the 103 days on each of which somebody asked
GENERATED, ACCOUNT = 200, "ZH0001"
LISTED = (  # the questions of the page, in our words: day, topic, text
    (date(2024, 7, 26), "earlier", "补贴提高以前买的车，还能按新标准领吗"),
    (date(2024, 7, 26), "order", "先报废旧车，还是先买新车"),
    (date(2024, 7, 29), "place", "报废的地方和买车的地方一定要相同吗"),
    (date(2024, 7, 30), "electric", "报废的是电车，买燃油车能领补贴吗"),
    (date(2024, 8, 1), "review", "材料都齐了，上传的时候怎样更快通过"),
)  # fmt: skip
ASKING = {  # of the generated ones: topic, and what is asked
    "earlier": ("四月买的车可以申请吗", "已经领了的能不能补差额"),
    "order": ("没有买新车可以先报废吗", "新车已经上牌，旧车还没有报废行不行"),
    "place": ("车在外地能在你们这里报废吗", "外地买的新车在哪里申请"), "electric": ("旧电车怎么报废", "电车换油车有没有补贴"),
    "review": ("注销日期填哪一个", "登记证书要拍哪几页"), "other": ("上门收车要钱吗", "报废要带哪些证件", "多久能拿到回收证明"),
}  # fmt: skip
VENUES = (  # kind, name, city
    ("dealership", "演示 4S 店一", "太原市"), ("dealership", "演示 4S 店二", "太原市"), ("dealership", "演示 4S 店三", "晋中市"),
    ("auto_park", "演示汽贸园东区", "太原市"), ("auto_park", "演示汽贸园西区", "晋中市"), ("used_cars", "演示二手车交易市场", "太原市"),
    ("used_cars", "演示旧机动车市场", "忻州市"),
)  # fmt: skip
WITH_ACCOUNT = "Q7001"  # the partner that has an account where its party is on the installation
PARTNERS = (  # kind, name
    ("dealer", "演示汽车销售服务有限公司"), ("dealer", "演示汽车销售服务三店"),
    ("dealer", "演示汽车销售服务四店"), ("maker", "演示汽车制造有限公司"),
    ("maker", "演示新能源汽车有限公司"),
)  # fmt: skip
AGREEMENTS = (  # place of the partner, signed, until, title
    (0, date(2024, 3, 15), None, "报废车推介合作协议"), (0, date(2024, 6, 3), None, "新能源车推介补充协议"),
    (1, date(2024, 4, 10), None, "报废车推介合作协议"), (2, date(2024, 1, 8), date(2024, 7, 8), "报废车推介合作协议"),
    (3, date(2024, 5, 6), date(2025, 5, 6), "以旧换新推介合作协议"), (4, date(2024, 6, 18), date(2025, 6, 18), "以旧换新推介合作协议"),
)  # fmt: skip
STEPS = (  # of applying, the same at all times but for the last
    "一、旧车报废，取得回收证明和注销证明；购买新车，取得发票和登记证书；先后不限，日期都要在 2024 年 4 月 24 日以后。\n"
    "二、在汽车以旧换新小程序填写并上传四份材料。\n三、在新车开票地申请，收到退回通知的尽快补正。\n四、标准：")
GUIDES = (  # topic, from when on, text, what it follows
    ("scrapping", FIRST, (
        "一、打电话或在线预约，说明车型、所在地和证件情况。\n二、交车：带上身份证、机动车登记证书、行驶证和号牌；缺少的写书面说明。\n"
        "三、核对车辆，当面验收，签订协议。\n四、领取《报废机动车回收证明》，核对车辆识别代号和交车日期。\n"
        "五、由本企业代办注销登记，领取注销证明。"), "《报废机动车回收管理办法》（国务院令第715号）"),
    ("subsidy", date(2024, 4, 28), f"{STEPS}新能源乘用车 1 万元，2.0 升及以下燃油乘用车 7 千元。由商务部门审核决定。",
     "商消费函〔2024〕75号"),
    ("subsidy", date(2024, 7, 26), (
        f"{STEPS}目前按新能源乘用车 1 万元、2.0 升及以下燃油乘用车 7 千元发放；国家已宣布提高到 2 万元和 1.5 万元，"
        "实施通知还没有公布。由商务部门审核决定。"), "商消费函〔2024〕75号；发改环资〔2024〕1104号"),
)
ACTIVITIES = (  # day, theme, title, place, how many came
    (date(2024, 3, 15), "channels", "消费者权益日现场咨询", "演示广场", 130),
    (date(2024, 4, 22), "awareness", "地球日宣传", "演示社区", 85),
    (date(2024, 5, 18), "channels", "以旧换新进汽贸园", "演示汽贸园东区", 210),
    (date(2024, 6, 5), "importance", "环境日开放参观", "演示产业基地", 64),
    (date(2024, 7, 12), "batteries", "电池回收讲解", "演示 4S 店一", 45),
    (date(2024, 7, 27), "channels", "补贴政策咨询日", "演示二手车交易市场", 160),
)  # fmt: skip
LEADS = (  # what a lead comes by, how many there are and how many of them brought a car, by which channel that is told
    ("question", 40, 18, Channel.PLATFORM), ("venue", 36, 20, Channel.OWN), ("agreement", 24, 15, Channel.OWN),
    ("activity", 10, 3, Channel.OWN),
)  # fmt: skip


def scenes() -> Iterator[Scene | Batch]:
    """Yield everything on its day."""
    random = Random(SEED)
    yield batch(OPENED, -80, PromotionAccount, [{
        "code": ACCOUNT, "platform": "演示短视频平台", "name": "演示再生资源", "verified": True, "since": OPENED}])
    posts = [*_posts()]
    for day in _thirds():
        rows = [row for row in posts if _third(row["published_on"]) == day]
        if rows:
            yield batch(day, -79, PromotionPost, rows)
    yield from questions(random)
    yield from offline()
    for topic, since, text, cites in GUIDES:
        yield batch(since, -75, GuidePage, [{
            "code": guide(topic, since), "topic": topic, "since": since, "text": text, "cites": cites}])
    for number, (day, theme, title, place, attendance) in enumerate(ACTIVITIES, 1):
        used = [guide(topic, since) for topic, since, _text, _cites in GUIDES if since <= day]
        yield batch(day, 300, OutreachActivity, [{
            "code": f"XC{number:04d}", "held_on": day, "theme": theme, "title": title, "place": place, "attendance": attendance,
            "guide": Ref(GuidePage, used[-1])}])
    yield batch(DAY, -30, PromotionLead, [*leads(random)])


def guide(topic: str, since: date) -> str:
    """Return the code of a text of the guide."""
    return f"SM-{topic}-{since:%m%d}"


def _third(day: date) -> date:
    return min(DAY, (day.replace(day=1) + timedelta(days=32)).replace(day=3))


def _thirds() -> list[date]:
    return [date(2024, month, 3) for month in range(4, 9)] + [DAY]


def _posts() -> Iterator[dict[str, Any]]:
    """Yield a video each Tuesday and a live session every other Friday."""
    day, number = OPENED + timedelta(days=1), 0
    while day <= DAY:
        number += 1
        yield {"code": f"NR{number:04d}", "account": Ref(PromotionAccount, ACCOUNT), "form": "video", "title": f"演示小视频 {number}",
               "published_on": day}
        if number % 2 == 0 and day + timedelta(days=3) <= DAY:
            number += 1
            yield {"code": f"NR{number:04d}", "account": Ref(PromotionAccount, ACCOUNT), "form": "live", "title": f"演示直播 {number}",
                   "published_on": day + timedelta(days=3)}
        day += timedelta(days=7)


def questions(random: Random) -> Iterator[Scene | Batch]:
    """Yield the questions month by month, at least one of each day, and the answers that were released."""
    days = [ASKED + timedelta(days=number) for number in range((DAY - ASKED).days + 1)]
    days = sorted(days + [random.choice(days) for _number in range(GENERATED - len(days))])
    rows: list[dict[str, Any]] = [{"asked_on": day, "topic": topic, "text": text, "frequent": True} for day, topic, text in LISTED]
    for day in days:
        topic = random.choice([*ASKING])
        rows.append({"asked_on": day, "topic": topic, "text": random.choice(ASKING[topic])})
    for number, row in enumerate(rows, 1):
        row |= {"code": f"WD{number:04d}", "account": Ref(PromotionAccount, ACCOUNT)}
    for day in _thirds():
        entered = [row for row in rows if max(_third(row["asked_on"]), _thirds()[0]) == day]
        if entered:
            yield batch(day, -78, PromotionQuestion, entered)
    for place, row in enumerate(rows[:len(LISTED)] + rows[len(LISTED):len(LISTED) + 60:6]):
        if row["topic"] != "other":
            day = _third(row["asked_on"])
            yield Scene(moment(day, -60 + place), BY, "promotion_questions.release", row["code"], _answer(row["topic"], day), OWNER)


def _answer(topic: str, day: date) -> dict[str, str]:
    """Return what the shipped rule suggests on the day."""
    fitting = [row for row in ANSWERS.shipped().content["answers"] if row["topic"] == topic and row["published_on"] <= str(day)]
    latest = max(fitting, key=lambda row: row["published_on"])
    return {name: latest[name] for name in ("answer", "cites")}


def offline() -> Iterator[Batch]:
    """Yield venues, partners and what was agreed with them."""
    yield batch(OPENED, -77, PromotionVenue, [{
        "code": f"CS{number:04d}", "kind": kind, "name": name, "city": city, "since": OPENED, "contact": f"演示人员 {7100 + number}",
        "phone": f"000-{7100 + number:08d}", "keeper": f"演示人员 {7200 + number % 3}",
    } for number, (kind, name, city) in enumerate(VENUES, 1)])
    yield batch(FIRST, -76, Enterprise, [{
        "code": f"Q{7001 + place}", "name": name, "credit_code": wrong_credit_code(7001 + place), "synthetic": True,
    } for place, (_kind, name) in enumerate(PARTNERS)])
    for number, (place, signed, until, title) in enumerate(AGREEMENTS, 1):
        yield batch(signed, -70, DealerAgreement, [{
            "code": f"TH{number:04d}", "partner": Ref(Enterprise, f"Q{7001 + place}"), "kind": PARTNERS[place][0], "title": title,
            "signed_on": signed, "since": signed, "document": f"演示推介协议 {number:03d}", **({"until": until} if until else {})}])


def leads(random: Random) -> Iterator[dict[str, Any]]:
    """Yield leads of each source, some with the car that they brought; a lead is there some days before its car."""
    late: list[Car] = [car for car in cars() if car.received_on >= JULY - timedelta(days=20) and car.number not in range(2013, 2233)]
    waiting = {channel: [car for car in late if car.facts["channel"] == channel] for channel in (Channel.PLATFORM, Channel.OWN)}
    number = 0
    for source, count, brought, channel in LEADS:
        for place in range(count):
            number += 1
            row: dict[str, Any] = {"code": f"TX{number:04d}", "contact": f"演示人员 {7300 + number}", "phone": f"000-{7300 + number:08d}"}
            if place < brought:
                car = waiting[channel].pop(random.randrange(len(waiting[channel])))
                row |= {"vehicle": Ref(Vehicle, car.code), "received_on": car.received_on - timedelta(days=random.randrange(1, 9))}
            else:
                row["received_on"] = DAY - timedelta(days=random.randrange(30))
            yield row | {"consented_on": row["received_on"], source: _source(source, place)}


def _source(source: str, place: int) -> Ref:
    if source == "question":
        return Ref(PromotionQuestion, f"WD{6 + place * 3:04d}")
    if source == "venue":
        return Ref(PromotionVenue, f"CS{place % len(VENUES) + 1:04d}")
    if source == "agreement":
        return Ref(DealerAgreement, f"TH{(1, 2, 3, 5, 6)[place % 5]:04d}")
    return Ref(OutreachActivity, f"XC{place % len(ACTIVITIES) + 1:04d}")
