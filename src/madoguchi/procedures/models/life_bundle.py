"""What a municipality makes of a bundle of procedures that we ship: on or off, in which order, without what."""

from __future__ import annotations

from django.db import models

from madoguchi.accounts.models import Owned


class LifeEventBundle(Owned):
    """ライフイベントのまとまり: a municipality's choices for one bundle; without a row it is on, as shipped."""

    bundle = models.SlugField("識別名", max_length=40)
    is_on = models.BooleanField("住民に見せる", default=True)
    position = models.PositiveSmallIntegerField("並び順", default=100)
    order = models.JSONField("手続きの順", default=list)  # slugs; those not named follow in the order as shipped
    left_out = models.JSONField("入れない手続き", default=list)  # slugs

    class Meta:
        verbose_name = "ライフイベントのまとまり"
        ordering = ["position", "bundle"]
        constraints = [models.UniqueConstraint(fields=["municipality", "bundle"], name="life_event_bundle_once")]

    def __str__(self) -> str:
        return str(self.bundle)
