"""When scheduled jobs are due: time zones, clocks that are put forward and back, runs that were missed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook_hub.errors import HubError
from joulebook_hub.jobs.schedules import LATEST, Schedule, check, due, next_run

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=BERLIN).timestamp()


def runs(cron: str, begin: float, count: int) -> list[str]:
    found = []
    for _ in range(count):
        begin = next_run(cron, "Europe/Berlin", begin)
        found.append(datetime.fromtimestamp(begin, UTC).astimezone(BERLIN).isoformat()[:25])
    return found


def test_the_hour_that_clocks_repeat_has_one_run():
    assert runs("30 2 * * *", at(2026, 10, 24, 12), 2) == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


def test_the_hour_that_is_left_out_runs_at_its_end():
    assert runs("30 2 * * *", at(2026, 3, 28, 12), 2) == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]


def test_missed_runs_are_made_good_once():
    schedule = Schedule("s", "ada", "0 6 * * *", "Europe/Berlin", at(2026, 5, 1, 6))
    assert due(schedule, at(2026, 5, 1, 5, 59)) is None
    assert due(schedule, at(2026, 5, 4, 7)) == at(2026, 5, 4, 6)
    assert schedule.following == at(2026, 5, 5, 6) and due(schedule, at(2026, 5, 4, 8)) is None


def test_what_was_missed_long_ago_is_not_made_good():
    schedule = Schedule("s", "ada", "0 6 1 1 *", "Europe/Berlin", at(2026, 1, 1, 6))
    assert due(schedule, at(2026, 3, 1)) is None and schedule.following == at(2027, 1, 1, 6)
    switched_off = Schedule("s", "ada", "0 6 * * *", "UTC", None)
    assert due(switched_off, at(2026, 3, 1)) is None


@pytest.mark.parametrize(
    ("cron", "zone", "said"),
    [
        ("* * * * *", "UTC", "less than 15 minutes"),
        ("0,10 * * * *", "UTC", "less than 15 minutes"),
        ("0 6 31 2 *", "UTC", "no day"),
        ("0 6 * *", "UTC", "five fields"),
        ("@hourly", "UTC", "five fields"),
        ("0 0 6 * * *", "UTC", "five fields"),
        ("61 6 * * *", "UTC", "cannot be read"),
        ("0 6 * * *", "Mars/Olympus", "no such time zone"),
        ("0 6 * * *", "../etc/passwd", "no such time zone"),
        ("0 6 * * *", "", "no such time zone"),
    ],
)
def test_bad_schedules_are_refused_with_a_way_out(cron, zone, said):
    with pytest.raises(HubError, match=said):
        check(cron, zone, at(2026, 5, 1))


def test_good_schedules_pass():
    for cron in ("0 20 * * sun", "*/15 * * * *", "0 6 1 * *", "30 2 * * mon-fri", "0 0 29 2 *"):
        check(cron, "Europe/Berlin", at(2026, 5, 1))


FIELD = st.text(alphabet="0123456789*/,-#L?abcSUN ", max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    cron=st.one_of(st.lists(FIELD, min_size=5, max_size=5).map(" ".join), st.text(max_size=40)),
    zone=st.text(max_size=9),
)
def test_anything_typed_gives_a_run_or_a_sentence(cron, zone):
    now = at(2026, 5, 1)
    for place in ("Europe/Berlin", zone):
        try:
            assert next_run(cron, place, now) > now
        except HubError as error:
            assert "for example" in error.user_message


@settings(max_examples=60, deadline=None)
@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    begin=st.floats(at(2026, 1, 1), at(2027, 1, 1)),
    away=st.lists(st.floats(0, 3 * 86400), min_size=1, max_size=6),
)
def test_every_day_has_at_most_one_run_and_no_run_is_early(minute, hour, begin, away):
    schedule = Schedule("s", "ada", f"{minute} {hour} * * *", "Europe/Berlin", None)
    schedule.following = next_run(schedule.cron, schedule.zone, begin)
    now, taken = begin, []
    for gap in away:
        now += gap
        before = schedule.following
        fired = due(schedule, now)
        assert (fired is None) == (now < before)
        if fired is not None:
            assert before <= fired <= now and now - fired <= LATEST
            taken.append(datetime.fromtimestamp(fired, UTC).astimezone(BERLIN).date())
        assert schedule.following > now
    assert len(set(taken)) == len(taken)
