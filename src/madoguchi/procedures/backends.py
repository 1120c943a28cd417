"""What this room shows elsewhere, and what others show on its pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.backends import MenuItem
from madoguchi.lib.addresses import address
from madoguchi.lib.backends import Backends
from madoguchi.procedures.models import Procedure


@dataclass(frozen=True)
class Panel:
    """A part of a procedure's page: `template` is included with `panel` = `context`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


class ProcedurePanel(Protocol):
    """What a higher room adds to a procedure's page, such as places left; None where it has nothing to say."""

    def panel(self, procedure: Procedure, request: HttpRequest) -> Panel | None: ...


panels: Backends[ProcedurePanel] = Backends("PROCEDURE_PANELS")


class ProceduresMenu:
    """The desk's way to the procedures."""

    def items(self, request: HttpRequest) -> list[MenuItem]:
        slug = request.municipality.slug  # type: ignore[attr-defined]
        return [MenuItem(_("手続き"), address("procedures_desk:list", slug=slug), "desk")]
