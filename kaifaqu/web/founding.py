"""A new installation of one's own: its party, the roles it begins with, and the first person who signs in."""

import fnmatch
import json
from importlib import resources

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM, Credential, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.records import registers
from kaifaqu.pages import editions
from kaifaqu.web.actions import give_password

ADMINISTRATORS = ("system", "security", "audit")
ROLES = {
    role["code"]: role
    for role in json.loads(resources.files(__package__).joinpath("data/roles.json").read_text(encoding="utf-8"))["roles"]
}


def rights_of(role: str) -> str:
    """Return the rights of a shipped role, written out: projects.* is every right on projects, domain:party on all of that room."""
    named = actions.rights()
    patterns = [pattern for each in ROLES[role]["rights"] for pattern in _patterns(each)]
    return " ".join(dict.fromkeys(right for pattern in patterns for right in fnmatch.filter(named, pattern)))


def _patterns(right: str) -> list[str]:
    kind, _colon, room = right.rpartition(":")
    return [f"{name}.*" for name, each in registers().items() if each._meta.app_label == room] if kind else [right]


def found(code: str, name: str, administrator: str, password: str, edition: str = "") -> Party:
    """Found a productive installation; the first person holds the three administrator roles until they are separated.

    It is of the edition, with its roles and its lines of work; without one it has every role and no line of work that can be
    switched. Raise ValidationError when it is founded already, the password is too weak, or there is no such edition.
    """
    Credential.refuse_weak(password)
    wanted = editions.find(edition) if edition else None
    party = begin(code, name)
    enter = {register: actions.find(f"{register}.create").plan for register in ("roles", "users", "memberships")}
    roles = commit([
        enter["roles"](party, by=SYSTEM, facts={"code": role, "name": ROLES[role]["name"], "rights": rights_of(role)})
        for role in ROLES if wanted is None or role in (*ADMINISTRATORS, *wanted.roles) or editions.ALL in wanted.roles
    ], by=SYSTEM)
    [user] = commit([enter["users"](party, by=SYSTEM, facts={"code": administrator, "name": administrator})], by=SYSTEM)
    commit([
        enter["memberships"](party, by=SYSTEM, facts={"user": user, "party": party, "role": role, "since": clock.today()})
        for role in roles if role.code in ADMINISTRATORS
    ], by=SYSTEM)
    give_password(user, password, by=SYSTEM)
    if wanted:
        commit([actions.find("editions.choose").plan(party, by=SYSTEM, edition=edition)], by=SYSTEM)
    return party
