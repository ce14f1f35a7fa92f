"""Where a record stands: the stages of its main path, drawn from the register's table of steps, and what the next one needs."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import events
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.lifecycle import Lifecycle, Step
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.pages.reading import kind

WORDS = {"done": _("已过"), "skipped": _("未经过"), "now": _("现在"), "next": _("下一步"), "later": ""}


class Stop(NamedTuple):
    """One stage on the way: its name, how it stands, since when, and where it is the next one, what it needs.

    `action` is what leads there, where the person may take it.
    """

    label: str
    state: str
    day: str = ""
    missing: Mapping[str, str] = {}
    action: Action | None = None

    @property
    def word(self) -> str:
        """Return in a word how the stage stands."""
        return str(WORDS[self.state])


def main_path(lifecycle: Lifecycle) -> list[str]:
    """Return the stages of the main path: from the first one, each time the first step that leads on."""
    path = [str(next(iter(lifecycle.states)).value)]
    while onward := [step.target for step in lifecycle.steps if step.source == path[-1] and step.target not in path]:
        path.append(str(onward[0]))
    return path


def leads_on(lifecycle: Lifecycle, step: Step) -> bool:
    """Tell whether a step goes along the main path, or back to it from beside."""
    path = main_path(lifecycle)
    return step.target in path[path.index(step.source) if step.source in path else 0:]


def missing(register: type[Record], row: Any, step: Step) -> dict[str, str]:
    """Return the facts that the step still needs, each with its name in words."""
    return {name: str(field_of(register, name).verbose_name) for name in step.requires if getattr(row, name) in EMPTY}


def stops(register: type[Record], row: Any, may: Mapping[str, Action]) -> Iterator[Stop]:
    """Yield the stages of a record, or of a version of it; `may` are the actions that the person may take, by the stage they lead to.

    A stage beside the path (停缓建, 终止) stands after the last one that was reached; where nothing leads out of it, it is the end.
    """
    lifecycle: Lifecycle = register.lifecycle
    path, now = main_path(lifecycle), getattr(row, lifecycle.field)
    needs = [_needs(register, lifecycle, path, place) for place in range(len(path))]
    days = [_day(register, row, names) for names in needs]
    beside = now not in path
    led = _led(register, row, now) if beside and not any(days) else None
    here = _reached(path, days, led) if beside else path.index(now)
    onward = {step.target: step for step in reversed(lifecycle.steps_from(row))}
    following = next((state for state in path[here + 1:] if state in onward), None) if not beside else None
    for place, state in enumerate(path[:here + 1]):
        passed = "skipped" if needs[place] and not days[place] else "done"
        yield Stop(lifecycle.label(state), "now" if state == now else passed, days[place])
    if beside:
        yield Stop(lifecycle.label(now), "now", _since(register, lifecycle, row, now, led))
    for state in path[here + 1:] if onward else ():
        if state == following:
            yield Stop(lifecycle.label(state), "next", "", missing(register, row, onward[state]), may.get(state))
        else:
            yield Stop(lifecycle.label(state), "later")


def _needs(register: type[Record], lifecycle: Lifecycle, path: list[str], place: int) -> tuple[str, ...]:
    """Return the facts that say that a stage was reached; of the first one the date that bears its name."""
    if place:
        steps = (step for step in lifecycle.steps if (step.source, step.target) == (path[place - 1], path[place]))
        return next(steps).requires
    own = f"{path[0]}_on"
    return (own,) if any(each.name == own for each in register._meta.concrete_fields) else ()


def _day(register: type[Record], row: Any, names: tuple[str, ...]) -> str:
    told = (getattr(row, name) for name in names if kind(field_of(register, name)) == "date")
    return next((str(day) for day in told if day not in EMPTY), "")


def _reached(path: list[str], days: list[str], led: events.Event | None) -> int:
    """Return how far a record beside its path has come: to the last stage with a date, else to the one that it left."""
    left = path.index(led.origin) if led and led.origin in path else 0
    return max((place for place, day in enumerate(days) if day), default=left)


def _led(register: type[Record], row: Any, now: str) -> events.Event | None:
    """Return the event that led the record to the stage."""
    about = events.Event.objects.filter(subject=register._meta.label_lower, subject_id=row.id, target=now)
    return about.filter(seq__lte=getattr(row, "seq", None) or events.last_seq()).order_by("-seq").first()


def _since(register: type[Record], lifecycle: Lifecycle, row: Any, now: str, led: events.Event | None) -> str:
    """Return since when a record stands beside its path: the date that the step needs, or the day on which it happened."""
    steps = [step for step in lifecycle.steps if step.target == now]
    if any(step.requires for step in steps):
        return next((day for step in steps if (day := _day(register, row, step.requires))), "")
    led = led or _led(register, row, now)
    return str(led.occurred_on or "") if led else ""
