"""Who is acting, for which municipality and division, and what did they do?"""

from madoguchi.accounts.models.audit import AuditEntry, AuditHead
from madoguchi.accounts.models.owned import Owned, OwnedQuerySet, current_municipality, scoped
from madoguchi.accounts.models.people import Division, EmailCode, EmailLink, Membership, Municipality, Role, User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Division",
    "EmailCode",
    "EmailLink",
    "Membership",
    "Municipality",
    "Owned",
    "OwnedQuerySet",
    "Role",
    "User",
    "current_municipality",
    "scoped",
]
