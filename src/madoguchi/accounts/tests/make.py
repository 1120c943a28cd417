"""Builders: invented people of invented towns."""

from __future__ import annotations

from madoguchi.accounts.actions import add_member, open_municipality
from madoguchi.accounts.models import Division, Membership, Municipality, User

PASSWORD = "correct-horse-battery-staple"


def make_municipality(slug: str = "koto", name: str = "江東区", name_en: str = "Koto City", **facts: object) -> Municipality:
    return open_municipality(slug=slug, name=name, name_en=name_en, is_invented=True, **facts)


def make_division(code: str = "kosodate", name: str = "こども家庭支援課", name_en: str = "Child and Family Support Section") -> Division:
    return Division.objects.create(code=code, name=name, name_en=name_en, phone="03-5555-0100", place="区役所3階")


def make_member(role: str, division: Division | None = None, *, username: str = "") -> Membership:
    """A signed-in person's membership; its user has the password PASSWORD."""
    user = User.objects.create_user(username or f"{role}-{division.code if division else 'all'}", PASSWORD, name=f"架空 {role}")
    return add_member(user=user, role=role, division=division)
