"""When things happen: residents in the evening and at weekends, offices on open days between nine and five."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from madoguchi.engines import japanese


@dataclass
class Times:
    """Moments before `now`, the moment at which the demo starts."""

    now: datetime
    rng: Random

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def home(self, days_ago: float) -> datetime:
        """A resident's moment so many days ago."""
        return self._past(self._at(self.today - timedelta(days=round(days_ago)), 7 * 60, 23 * 60))

    def desk(self, after: datetime, open_days: float) -> datetime:
        """An office's moment so many open days after another one."""
        day = timezone.localdate(after)
        wanted = japanese.add_open_days(day, round(open_days)) if round(open_days) else japanese.next_open_day(day)
        return self._between(after, self._at(wanted, 9 * 60, 17 * 60))

    def later(self, after: datetime, days: float) -> datetime:
        """A resident's moment so many days after another one."""
        return self._between(after, self._at(timezone.localdate(after) + timedelta(days=round(days)), 7 * 60, 23 * 60))

    def soon(self, after: datetime, minutes: int = 30) -> datetime:
        """A moment within the same sitting."""
        return self._between(after, after + timedelta(minutes=self.rng.randint(2, minutes)))

    def _at(self, day: date, first: int, last: int) -> datetime:
        minutes = self.rng.randint(first, last - 1)
        return timezone.make_aware(datetime.combine(day, time(minutes // 60, minutes % 60, self.rng.randint(0, 59))))

    def _past(self, moment: datetime) -> datetime:
        return moment if moment < self.now else self.now - timedelta(minutes=self.rng.randint(1, 240))

    def _between(self, after: datetime, moment: datetime) -> datetime:
        """Not before the act before it, and not in the future: what would be lies between that act and now."""
        moment = max(moment, after + timedelta(minutes=self.rng.randint(1, 9)))
        return moment if moment < self.now else after + (self.now - after) * (0.3 + self.rng.random() * 0.6)
