"""Who answers for which projects today: by a person's own name, or by that of a unit in which he works."""

from collections import defaultdict
from typing import Any

from django.db.models import Q

from kaifaqu.kernel import clock
from kaifaqu.registers.projects.models import ProjectAssignment


def roles_of(user: Any) -> dict[int, list[str]]:
    """Return by project the roles in which the person, or a unit that he works in, answers for it today."""
    held = ProjectAssignment.objects.visible_to(user).filter(ProjectAssignment.on(clock.today()))
    roles: dict[int, list[str]] = defaultdict(list)
    for each in held.filter(Q(person_id=user.pk) | Q(person=None, office_id__in=user.units())).order_by("id"):
        roles[each.subject_id].append(str(each.get_role_display()))
    return dict(roles)
