"""Rows that belong to one municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django_scopes import ScopedManager, get_scope
from django_scopes.exceptions import ScopeError

if TYPE_CHECKING:
    from madoguchi.accounts.models.people import Municipality


def current_municipality() -> Municipality:
    """The municipality of the open scope; raises ScopeError outside one."""
    municipality = get_scope().get("municipality")
    if municipality is None:
        raise ScopeError("A municipality's scope needs to be open here.")
    return municipality


class OwnedQuerySet(models.QuerySet):
    """Base of the rooms' QuerySets; bulk_create fills in the municipality as save does."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        for row in objs:
            row.take_municipality()
        return super().bulk_create(objs, *args, **kwargs)


def scoped(queryset: type[models.QuerySet] = OwnedQuerySet) -> Any:
    """The manager of an owned model: every query outside a scope raises."""
    return ScopedManager(_manager_class=models.Manager.from_queryset(queryset), municipality="municipality")


class Owned(models.Model):
    """A row of one municipality: set from the scope, refused if different, fixed for ever (the database guards both)."""

    is_owned = True

    municipality = models.ForeignKey(
        "accounts.Municipality", on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="自治体"
    )

    objects = scoped()

    class Meta:
        abstract = True

    def take_municipality(self) -> None:
        current = current_municipality()
        if self.municipality_id is None:
            self.municipality = current
        elif self.municipality_id != current.pk:
            raise PermissionDenied("row of another municipality")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.take_municipality()
        super().save(*args, **kwargs)
