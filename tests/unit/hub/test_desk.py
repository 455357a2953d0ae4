"""The rules of lending: order, quota, notices, and what is charged."""

from __future__ import annotations

import math

import pytest

from joulebook_hub.lending.desk import AGEING, GRACE, INTERRUPTED, LIFE, PATIENCE, UNIT, Desk
from joulebook_hub.lending.records import Card, Gone, Terms

NOON = 1_767_268_800.0  # 2026-01-01 12:00 UTC
FREE = Terms("enterprise", 20, math.inf)


def hours(allowed: float, weight: float = 1) -> Terms:
    return Terms("academic", weight, allowed * 3600)


@pytest.fixture
def desk():
    return Desk((Card("GPU-a"), Card("GPU-b")))


def used(desk):
    return sum(charge.seconds for charge in desk.charges) + sum(loan.seconds for loan in desk.loans.values())


def beat(desk, user, kernel, terms, begin, seconds):
    """Beat every 10 s for a while; gives the last answer."""
    answer = None
    for step in range(1, int(seconds / 10) + 1):
        answer = desk.renew(user, kernel, terms, begin + 10 * step)
    return answer


def test_a_kernel_keeps_its_card_however_often_it_asks(desk):
    first = desk.acquire("ada", "k", FREE, NOON)
    again = desk.acquire("ada", "k", FREE, NOON + 20)
    assert (first.card, first.since) == (again.card, again.since) and len(desk.loans) == 1
    desk.release("ada", "k", NOON + 30)
    desk.release("ada", "k", NOON + 40)
    assert [charge.seconds for charge in desk.charges] == [30] and desk.renew("ada", "k", FREE, NOON + 41) == Gone()


def test_cards_are_whole_or_have_places():
    desk = Desk((Card("GPU-a", places=2), Card("GPU-b")))
    cards = [desk.acquire("ada", kernel, FREE, NOON).card for kernel in "klm"]
    assert cards == ["GPU-a", "GPU-b", "GPU-a"], "the emptiest card first"
    assert desk.acquire("ada", "n", FREE, NOON).position == 1


def test_weight_and_fair_share_order_the_queue_and_waiting_beats_both(desk):
    for kernel in "kl":
        desk.acquire("eve", kernel, FREE, NOON)
    desk.used = {"heavy": 9 * 3600}
    for user, weight in (("heavy", 10), ("light", 3), ("small", 1)):
        desk.acquire(user, "k", Terms("p", weight, math.inf), NOON)
    assert [user for user, _ in desk.queue(NOON)] == ["light", "heavy", "small"]
    assert desk.acquire("small", "k", Terms("p", 1, math.inf), NOON).position == 3
    desk.awake = NOON + AGEING * 20 + 1
    desk.acquire("newcomer", "k", FREE, NOON + AGEING * 20 + 1)
    assert desk.queue(NOON + AGEING * 20 + 1)[-1][0] == "newcomer", "who waited long enough is before everybody new"


def test_who_stops_asking_leaves_the_queue(desk):
    for kernel in "klm":
        desk.acquire("ada", kernel, FREE, NOON)
    desk.expire(NOON + PATIENCE + 1)
    assert not desk.claims and len(desk.loans) == 2


def test_a_silent_loan_ends_charged_to_its_last_beat(desk):
    desk.acquire("ada", "k", FREE, NOON)
    desk.renew("ada", "k", FREE, NOON + 10)
    desk.expire(NOON + 10 + LIFE)
    assert desk.loans
    desk.expire(NOON + 11 + LIFE)
    assert not desk.loans and desk.charges[0].seconds == 10 and desk.charges[0].reason == "no heartbeat"


def test_a_service_that_was_away_ends_nothing_and_charges_one_life_at_most(desk):
    desk.acquire("ada", "k", FREE, NOON)
    desk.awake = NOON + 3600
    assert desk.renew("ada", "k", FREE, NOON + 3605).card == "GPU-a"
    assert used(desk) == LIFE


def test_a_card_that_was_taken_out_is_not_lent_on(desk):
    lent = desk.acquire("ada", "k", FREE, NOON).card
    desk.cards = tuple(card for card in desk.cards if card.identity != lent)
    assert desk.acquire("ada", "k", FREE, NOON + 5).card != lent
    assert desk.charges[0].reason == "card gone"


def test_no_gpu_time_and_a_month_that_is_used_up_are_refused(desk):
    assert desk.acquire("ada", "k", hours(0), NOON).reason == "no_gpu_time"
    desk.used = {"ada": 3600 - UNIT + 1}
    assert desk.acquire("ada", "k", hours(1), NOON).reason == "used_up"


def test_two_kernels_cannot_both_take_the_last_unit(desk):
    desk.used = {"ada": 3600 - 1.5 * UNIT}
    assert desk.acquire("ada", "k", hours(1), NOON).card
    assert desk.acquire("ada", "l", hours(1), NOON).reason == "set_aside"


def test_notices_grace_interrupt_and_stop(desk):
    terms = hours(1)
    desk.acquire("ada", "k", terms, NOON)
    assert beat(desk, "ada", "k", terms, NOON, 2870).stage == ""
    assert desk.renew("ada", "k", terms, NOON + 2880).stage == "80"
    assert beat(desk, "ada", "k", terms, NOON + 2880, 540).stage == "95"
    assert beat(desk, "ada", "k", terms, NOON + 3420, 170).stage == "95"
    end = NOON + 3600
    at_the_end = desk.renew("ada", "k", terms, end)
    assert (at_the_end.stage, at_the_end.grace) == ("grace", GRACE)
    assert beat(desk, "ada", "k", terms, end, GRACE - 10).stage == "grace"
    assert desk.renew("ada", "k", terms, end + GRACE).stage == "interrupt"
    assert beat(desk, "ada", "k", terms, end + GRACE, INTERRUPTED).stage == "stop"
    assert not desk.loans and used(desk) == 3600 + GRACE + INTERRUPTED
    assert desk.acquire("ada", "k", terms, end + 400).reason == "used_up"


def test_more_hours_end_the_grace(desk):
    desk.used = {"ada": 3600 - 61}
    desk.acquire("ada", "k", hours(1), NOON)
    desk.renew("ada", "k", hours(1), NOON + 55)
    assert desk.renew("ada", "k", hours(1), NOON + 65).stage == "grace"
    assert desk.renew("ada", "k", hours(10), NOON + 75).stage == ""
    assert desk.loans["ada", "k"].ran_out is None


def test_a_line_ends_at_midnight_and_a_month_begins_with_nothing_used():
    desk = Desk((Card("GPU-a"),))
    eve = NOON + 30 * 86400 + 12 * 3600 - 30  # 30 s before February
    terms = hours(1)
    desk.used = {"ada": 3000}
    desk.acquire("ada", "k", terms, eve)
    desk.renew("ada", "k", terms, eve + 20)
    desk.renew("ada", "k", terms, eve + 50)
    assert [(charge.day, charge.seconds) for charge in desk.charges] == [("2026-01-31", 30)]
    assert desk.loans["ada", "k"].seconds == 20
    desk.used = {}  # what the ledger says in February
    assert desk.spent("ada", eve + 50) == 20
