"""Instants, and the window of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Iterator, Optional

from . import Failed, Unreadable

SCHEDULE = "schedule:"
# why a run was started: `RUN_VARIABLES` of the platform
CAUSE = "MLOPS_CAUSE"
# what Python reads itself differs by its version, e.g. the digits of a second's part
PRINTED = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE)
EPOCH = re.compile(r"(\d{9,19})(?:\.\d*)?")
# seconds, milliseconds, microseconds, else nanoseconds since 1970, by their digits
EPOCHS = {11: 0, 14: 3, 17: 6}


def instant(text: str) -> datetime:
    """An instant of ISO 8601 or as databases print it, or the seconds since 1970 or a thousandth, in UTC. One without a zone is in UTC."""
    word = text.strip()
    epoch = EPOCH.fullmatch(word)
    if epoch:
        digits = len(epoch.group(1))
        power = next((power for most, power in EPOCHS.items() if digits <= most), 9)
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=int(float(word) * 10 ** (6 - power)))
    printed = PRINTED.fullmatch(word)
    if printed:
        day, time, part, zone = printed.groups()
        zone = "" if not zone else "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
        word = f"{day}T{time or '00:00'}{f'.{part:0<6.6}' if part else ''}{zone}"
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        raise Unreadable(f"{text!r} is no instant of ISO 8601, such as 2026-01-31T03:00:00Z")
    return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)


def text_of(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Window:
    """From the first instant on, until before the last."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def days(self) -> Iterator[str]:
        """The folders of its days, `2026/01/31`; a file is named after the hour in which the service began it."""
        day = (self.since - timedelta(hours=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < self.until:
            yield day.strftime("%Y/%m/%d")
            day += timedelta(days=1)

    def has_hour(self, hour: datetime) -> bool:
        """Whether a file of an hour may hold records of the window; one that was begun before it may."""
        return self.since - timedelta(hours=2) < hour < self.until

    def __str__(self) -> str:
        return f"{text_of(self.since)} to {text_of(self.until)}"


def time_of_run(until: Optional[str], cause: Optional[str], now: Optional[datetime] = None) -> datetime:
    """When a run is about: what it is told, else the time of its schedule, so that a late run reads the same data; else now."""
    try:
        if until:
            return instant(until)
        if cause and cause.startswith(SCHEDULE):
            return instant(cause[len(SCHEDULE) :])
    except Unreadable as fault:
        raise Failed(f"the time of the run cannot be read: {fault}")
    return now or datetime.now(timezone.utc)
