"""Swappable parts in Django's own shape: `SETTING = {"alias": {"BACKEND": "dotted.path", "OPTIONS": {...}}}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

T = TypeVar("T")
_known: list[Backends[Any]] = []


class Backends(Generic[T]):
    """Instances by alias, made on first use: `channels: Backends[Channel] = Backends("NOTICE_CHANNELS")`."""

    def __init__(self, setting: str) -> None:
        self.setting = setting
        self._made: dict[str, T] = {}
        _known.append(self)
        setting_changed.connect(self._forget)

    def __getitem__(self, alias: str) -> T:
        if alias not in self._made:
            entry = self._settings()[alias]
            self._made[alias] = import_string(entry["BACKEND"])(**entry.get("OPTIONS", {}))
        return self._made[alias]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings())

    def __contains__(self, alias: object) -> bool:
        return alias in self._settings()

    def all(self) -> Iterator[tuple[str, T]]:
        """(alias, instance) in the order of the settings."""
        return ((alias, self[alias]) for alias in self)

    def problems(self) -> Iterator[CheckMessage]:
        for alias, entry in self._settings().items():
            try:
                import_string(entry["BACKEND"])
            except (ImportError, KeyError) as error:
                yield Error(f"{self.setting}[{alias!r}]: {error}", id="madoguchi.E001")

    def _settings(self) -> dict[str, dict[str, Any]]:
        return getattr(settings, self.setting, {})

    def _forget(self, *, setting: str, **_: Any) -> None:
        if setting == self.setting:
            self._made.clear()


@register()
def check_backends(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Every dotted path in the settings of swappable parts can be imported."""
    return [problem for backends in _known for problem in backends.problems()]
