"""The rota: who is on duty, who is next, and what counts as staffed time. Pure; shifts come from config.

A shift belongs to the local day it begins on: a night shift of Friday runs into Saturday, and a closed day
drops the shifts that begin on it. Wall-clock times become instants in `scheduling.calendar` only, so a shift
over a change of the clocks is as long as it is for the person who works it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Self

from bot.config import StaffSettings
from bot.scheduling.calendar import instant, local_day

DAY = timedelta(days=1)
AHEAD_DAYS = 62
"""How far the rota is searched; a clinic closed for longer has no next shift to speak of."""

DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Shift:
    """A colleague's weekly hours: Monday is 0; an end at or before the start is the next day's."""

    handle: str
    days: frozenset[int]
    start: time
    end: time
    backup: bool = False


@dataclass(frozen=True)
class StaffedHours:
    """Weekdays (Monday is 0) with the same staffed hours; an end at or before its start is the next day's."""

    days: tuple[int, ...]
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class _Duty:
    """A shift on one day, as instants."""

    start: datetime
    end: datetime
    shift: Shift


@dataclass(frozen=True)
class Rota:
    """The program's shifts, its closed days and its zone."""

    shifts: tuple[Shift, ...] = ()
    closed_days: frozenset[date] = frozenset()
    zone: str = "UTC"

    @classmethod
    def of(cls, staff: StaffSettings, zone: str) -> Self:
        """The rota that the configuration describes."""
        shifts = tuple(
            Shift(shift.handle, frozenset(shift.weekdays), shift.start, shift.end, shift.backup)
            for shift in staff.shifts
        )
        return cls(shifts, frozenset(closed.date for closed in staff.closed_days), zone)

    @property
    def handles(self) -> list[str]:
        """Everybody who has a shift, once each."""
        return _distinct(shift.handle for shift in self.shifts)

    def only(self, handles: Collection[str]) -> Self:
        """The same without the shifts of anybody else: hours that nobody works are not staffed."""
        known = {handle.casefold() for handle in handles}
        return replace(self, shifts=tuple(one for one in self.shifts if one.handle.casefold() in known))

    def on_duty(self, now: datetime) -> list[str]:
        """The handles on shift now, without those who are only backup, in the order of the configuration."""
        return self._at_work(now, backup=False)

    def backups(self, now: datetime) -> list[str]:
        """The handles that are backup now."""
        return self._at_work(now, backup=True)

    def is_staffed(self, now: datetime) -> bool:
        """Whether somebody is on shift now; a backup alone does not make staffed hours."""
        return bool(self.on_duty(now))

    def next_on(self, now: datetime, besides: Collection[str] = ()) -> tuple[datetime, list[str]] | None:
        """When the next shift of somebody not in `besides` begins, and all who begin then."""
        for day in self._days_from(now, AHEAD_DAYS):
            coming = [
                duty for duty in self._duties(day) if duty.start > now and duty.shift.handle not in besides
            ]
            if coming:
                first = min(duty.start for duty in coming)
                return first, _distinct(duty.shift.handle for duty in coming if duty.start == first)
        return None

    def staffed_from(self, now: datetime) -> datetime | None:
        """When staff read: `now` in staffed hours, else the next start; None when the rota knows of none."""
        if self.is_staffed(now):
            return now
        coming = self.next_on(now)
        return coming[0] if coming else None

    def staffed_deadline(self, now: datetime, minutes: int) -> datetime:
        """The instant when that many staffed minutes have passed.

        Without shifts, or when the rota has too few staffed hours to come, they are plain minutes: a deadline
        that never comes would leave an alert with nobody.
        """
        left = timedelta(minutes=minutes)
        since = now
        for day in self._days_from(now, AHEAD_DAYS):
            for duty in self._duties(day):
                begins = max(duty.start, since)
                if duty.end <= begins:
                    continue
                if duty.end - begins >= left:
                    return begins + left
                left -= duty.end - begins
                since = duty.end
        return now + timedelta(minutes=minutes)

    def staffed_hours(self) -> tuple[StaffedHours, ...]:
        """The weekly staffed hours, to be phrased: weekdays of equal hours together, in the week's order."""
        grouped: dict[tuple[tuple[time, time], ...], list[int]] = {}
        for weekday in range(7):
            if spans := self._spans_of(weekday):
                grouped.setdefault(spans, []).append(weekday)
        return tuple(StaffedHours(tuple(days), spans) for spans, days in grouped.items())

    def _at_work(self, now: datetime, *, backup: bool) -> list[str]:
        working = [
            duty.shift
            for day in self._days_from(now, 1)
            for duty in self._duties(day, backup=backup)
            if duty.start <= now < duty.end
        ]
        return _distinct(shift.handle for shift in sorted(working, key=self.shifts.index))

    def _days_from(self, now: datetime, ahead: int) -> Iterator[date]:
        """From yesterday, whose night shift may still run."""
        today = local_day(now, self.zone)
        return (today + DAY * offset for offset in range(-1, ahead))

    def _duties(self, day: date, *, backup: bool = False) -> list[_Duty]:
        """That day's shifts as instants, by their start."""
        if day in self.closed_days:
            return []
        duties = [
            duty
            for shift in self.shifts
            if shift.backup is backup and day.weekday() in shift.days
            if (duty := self._duty(shift, day))
        ]
        return sorted(duties, key=lambda duty: duty.start)

    def _duty(self, shift: Shift, day: date) -> _Duty | None:
        start = instant(day, shift.start, self.zone)
        if start is None:
            return None
        end_day = day if shift.end > shift.start else day + DAY
        while (end := instant(end_day, shift.end, self.zone)) is None:
            end_day += DAY
        return _Duty(start, end, shift) if start < end else None

    def _spans_of(self, weekday: int) -> tuple[tuple[time, time], ...]:
        """The shifts that begin on that weekday, run together where they touch."""
        merged: list[list[int]] = []
        for start, end in sorted(
            _minutes(shift) for shift in self.shifts if not shift.backup and weekday in shift.days
        ):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        return tuple((_time_of(start), _time_of(min(end, start + DAY_MINUTES))) for start, end in merged)


def _minutes(shift: Shift) -> tuple[int, int]:
    start = shift.start.hour * 60 + shift.start.minute
    end = shift.end.hour * 60 + shift.end.minute
    return start, end if end > start else end + DAY_MINUTES


def _time_of(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _distinct(handles: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(handles))
