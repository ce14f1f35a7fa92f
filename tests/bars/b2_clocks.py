"""B2: working days are counted as two calendars of others count them, neither of which the product uses.

For every start day of 2018 to 2026 and 1 to 30 working days the due date is that of `holidays`. For those of 2018 to 2023
it is that of `workalendar`, which lacks one notice: the prolongation of the Spring Festival of 2020 (国办发明电〔2020〕1号);
it is compared with our calendar without that notice, and with it only where a clock runs over those days. A third hand, plain
counting from Monday to Friday, must differ. The planted fault: one make-up working day is missing from the calendar.
"""

import os
import warnings
from dataclasses import replace
from datetime import date, timedelta

from bar import Bar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaifaqu.settings")

import django
import holidays
from workalendar.asia import China

django.setup()

from kaifaqu.clocks.calendar import Calendar, shipped  # noqa: E402
from kaifaqu.clocks.clocks import Due, Rule, due  # noqa: E402

AMOUNTS = range(1, 31)
LAST = date(2026, 12, 31)
PROLONGED = "国办发明电〔2020〕1号"
LOST = date(2024, 9, 14)  # a Saturday on which people worked before the Mid-Autumn Festival


def days(first: int, last: int) -> list[date]:
    """Return every day from the one year to the other."""
    return [date(first, 1, 1) + timedelta(n) for n in range((date(last, 12, 31) - date(first, 1, 1)).days + 1)]


def counted(calendar: Calendar, starts: list[date]) -> dict[tuple[date, int], Due]:
    """Return what is due when, of every start and amount."""
    return {(start, amount): due(Rule(amount), start, calendar) for start in starts for amount in AMOUNTS}


def unlike(ours: dict[tuple[date, int], date], theirs) -> dict[tuple[date, int], tuple[date, date]]:
    """Return where the other counts to another day."""
    pairs = {asked: (mine, theirs(*asked)) for asked, mine in ours.items()}
    return {asked: pair for asked, pair in pairs.items() if pair[0] != pair[1]}


def told(differ: dict) -> str:
    """Return the first differences in words."""
    return "; ".join(f"{start} + {n}: {one}, not {other}" for (start, n), (one, other) in [*differ.items()][:3]) or "none differs"


bar = Bar("B2", __doc__)
notices = shipped()
if bar.fault:
    notices = tuple(replace(each, days={day: laid for day, laid in each.days.items() if day != LOST}) for each in notices)
calendar = Calendar.from_notices(notices, LAST)
warnings.simplefilter("ignore")  # the second warns that it knows only 2018 to 2023, which we know

found = counted(calendar, days(2018, 2026))
ours = {asked: each.at for asked, each in found.items() if each.at <= LAST}
first = holidays.country_holidays("CN", years=range(2018, 2028))
differ = unlike(ours, first.get_nth_working_day)
bar.check("every due date of 2018 to 2026 is that of holidays", not differ, f"{len(ours)} due dates; {told(differ)}")
open_ended = [each for asked, each in found.items() if asked not in ours]
bar.check("those that fall into 2027, which is not laid down, say that they are provisional", all(each.provisional for each in open_ended),
          f"{len(open_ended)} due dates")

second = China()
early = {asked: each for asked, each in ours.items() if each.year <= 2023}
before = Calendar.from_notices((each for each in notices if PROLONGED not in each.document), LAST)
known = {asked: due(Rule(asked[1]), asked[0], before).at for asked in early}
differ = unlike({asked: each for asked, each in known.items() if each.year <= 2023}, second.add_working_days)
bar.check("every due date of 2018 to 2023 is that of workalendar, without the notice that it lacks", not differ,
          f"{len(known)} due dates; {told(differ)}")
moved = {asked for asked in early if early[asked] != known[asked]}
over = {asked for asked in early if asked[0] < date(2020, 2, 1) and known[asked] >= date(2020, 1, 31)}
bar.check("that notice moves exactly the clocks that run over its days", moved == over, f"{len(moved)} due dates")

week = unlike(ours, lambda start, amount: due(Rule(amount), start, Calendar(frozenset(), {})).at)
bar.check("counting from Monday to Friday would be wrong", len(week) > len(ours) // 10,
          f"{len(week) * 100 // len(ours)} % of all due dates")
bar.close()
