"""Signing in: the authentication backend that knows people by code and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F

from kaifaqu.kernel.access import Credential, User


class Backend(BaseBackend):
    """Signs people in by code and password, and answers their rights from memberships and grants."""

    def authenticate(self, request, username: str = "", password: str = "", **credentials) -> User | None:
        """Return the active person of this code and password; take the same time for an unknown code."""
        try:
            user = User.objects.get_by_natural_key(username)
        except ObjectDoesNotExist:
            make_password(password)
            return None
        stored = Credential.of(user)
        if not stored:
            make_password(password)
            return None
        return user if check_password(password, stored) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the active person of a session, whose password, which the session must match, is read along."""
        return User.objects.current().filter(pk=user_id, is_active=True).annotate(read_along=F("credential__password")).first()

    def has_perm(self, user_obj, perm: str, obj: Any = None) -> bool:
        """Answer as the person does."""
        return user_obj.has_perm(perm, obj)
