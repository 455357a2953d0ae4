"""The rules of lending: order, quota, notices, and what is charged."""

from __future__ import annotations

import math

import pytest

from joulebook_hub.lending.accounts import LIFE
from joulebook_hub.lending.desk import AGEING, GRACE, INTERRUPTED, PATIENCE, UNIT, Desk
from joulebook_hub.lending.records import Card, Gone, Queued, Refused, Terms, Wish

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
    desk.release("ada", "k", FREE, NOON + 30)
    desk.release("ada", "k", FREE, NOON + 40)
    assert [charge.seconds for charge in desk.charges] == [30] and desk.renew("ada", "k", FREE, NOON + 41) == Gone()


def test_a_server_that_has_ended_has_no_card_and_pays_to_the_last_beat(desk):
    desk.acquire("ada", "k", FREE, NOON, Wish(server=""))
    desk.acquire("ada", "l", FREE, NOON, Wish(server="second"))
    desk.renew("ada", "k", FREE, NOON + 10)
    desk.acquire("bob", "k", FREE, NOON + 12)
    desk.end_server("ada", "", NOON + 14)
    desk.end_server("bob", "", NOON + 14)
    assert [(charge.kernel, charge.seconds, charge.reason) for charge in desk.charges] == [("k", 10, "server ended")]
    assert desk.acquire("bob", "k", FREE, NOON + 15).card == "GPU-a" and ("ada", "l") in desk.loans
    desk.end_server("bob", "", NOON + 16)
    assert ("bob", "k") in desk.loans, "asked for without a server: ends by itself only"


def test_cards_are_whole_or_have_places():
    desk = Desk((Card("GPU-a", places=2), Card("GPU-b")))
    cards = [desk.acquire("ada", kernel, FREE, NOON).card for kernel in "klm"]
    assert cards == ["GPU-a", "GPU-b", "GPU-a"], "the emptiest card first"
    assert desk.acquire("ada", "n", FREE, NOON).position == 1


def test_weight_and_fair_share_order_the_queue_and_waiting_beats_both(desk):
    for kernel in "kl":
        desk.acquire("eve", kernel, FREE, NOON)
    desk.lent = {"heavy": 9 * 3600}
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
    assert sum(charge.grace for charge in desk.charges) == GRACE + INTERRUPTED, "the hub lends the time to save"
    assert desk.spent("ada", end + 400) == 3600
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


KINDS = (Card("GPU-a"), Card("MIG-b"), Card("GPU-c", places=2))


def test_a_kernel_gets_the_kind_that_it_asks_for_and_its_share_of_the_memory():
    desk = Desk(KINDS)
    for kind, card, share in (("slice", "MIG-b", 1.0), ("share", "GPU-c", 0.5), ("card", "GPU-a", 1.0)):
        found = desk.acquire("ada", kind, FREE, NOON, Wish(kind))
        assert (found.card, found.share) == (card, share)
    assert desk.acquire("ada", "any", FREE, NOON).card == "GPU-c", "any place that is left"
    assert desk.acquire("ada", "more", FREE, NOON, Wish("slice")) == Queued(1, 1)
    assert desk.acquire("ada", "most", FREE, NOON, Wish("share")) == Queued(1, 2), "who waits for others is not ahead"
    assert desk.acquire("ada", "last", FREE, NOON + 1) == Queued(3, 4), "but ahead of who would take any"
    none = Desk(KINDS[:1]).acquire("ada", "k", FREE, NOON, Wish("slice"))
    assert isinstance(none, Refused) and none.reason == "no_such_card"


def test_claims_for_one_kind_do_not_hold_up_others():
    desk = Desk(KINDS[:2])
    desk.acquire("ada", "k", FREE, NOON, Wish("slice"))
    assert isinstance(desk.acquire("ada", "l", FREE, NOON, Wish("slice")), Queued)
    assert desk.acquire("bob", "k", Terms("p", 1, math.inf), NOON + 1, Wish("card")).card == "GPU-a"


def test_a_low_priority_stands_back_but_not_for_ever(desk):
    for kernel in "kl":
        desk.acquire("eve", kernel, FREE, NOON)
    desk.acquire("ada", "low", FREE, NOON, Wish(priority="low"))
    desk.acquire("bob", "normal", FREE, NOON + 1)
    assert [user for user, _ in desk.queue(NOON + 1)] == ["bob", "ada"]
    desk.claims["ada", "low"].asked -= AGEING * FREE.weight
    assert [user for user, _ in desk.queue(NOON + 1)] == ["ada", "bob"]


def test_a_lease_ends_politely_at_its_longest_time(desk):
    desk.acquire("ada", "k", FREE, NOON, Wish(most=1000.0))
    assert beat(desk, "ada", "k", FREE, NOON, 690).stage == ""
    grace = desk.renew("ada", "k", FREE, NOON + 710)
    assert (grace.stage, grace.grace, grace.why) == ("grace", 290.0, "longest time")
    beat(desk, "ada", "k", FREE, NOON + 710, 280)
    assert desk.renew("ada", "k", FREE, NOON + 1000).stage == "interrupt"
    assert desk.acquire("ada", "k", FREE, NOON + 1010).stage == "interrupt", "a restart does not begin anew"
    assert desk.renew("ada", "k", FREE, NOON + 1000 + INTERRUPTED).stage == "stop"
    assert used(desk) == 1030 and desk.charges[-1].reason == "longest time" and not desk.loans


def test_the_nearer_end_counts(desk):
    terms = hours(0.25)
    desk.acquire("ada", "k", terms, NOON, Wish(most=1100.0))
    beat(desk, "ada", "k", terms, NOON, 900)
    found = desk.renew("ada", "k", terms, NOON + 910)
    assert (found.stage, found.why, found.grace) == ("grace", "longest time", 190.0)
    found = desk.renew("ada", "k", hours(1), NOON + 920)
    assert (found.why, found.grace) == ("longest time", 180.0)


def test_the_expected_wait_looks_at_cards_that_the_claim_could_have():
    desk = Desk(KINDS[:2])
    desk.acquire("eve", "k", FREE, NOON, Wish("card", most=200.0))
    desk.acquire("eve", "l", FREE, NOON, Wish("slice"))
    desk.acquire("ada", "k", FREE, NOON, Wish("slice"))
    desk.acquire("ada", "l", FREE, NOON + 1)
    recent = [600.0, 600.0, 600.0]
    assert desk.expected_wait(("ada", "k"), recent, NOON + 50) == 550.0
    assert desk.expected_wait(("ada", "l"), recent, NOON + 50) == 550.0, "the first in the queue may take the other"
    assert desk.expected_wait(("ada", "k"), recent[:2], NOON + 50) is None


def test_a_month_never_costs_more_than_is_allowed_however_late_the_beat(desk):
    desk.used = {"ada": 3600 - 70}
    desk.acquire("ada", "k", hours(1), NOON)
    assert desk.renew("ada", "k", hours(1), NOON + 50).stage == "95"
    assert desk.renew("ada", "k", hours(1), NOON + 90).stage == "grace"
    assert desk.balance("ada", hours(1), NOON + 90) == 0.0
    desk.release("ada", "k", hours(1), NOON + 100)
    assert [(charge.seconds, charge.grace) for charge in desk.charges] == [(100, 30)]


def test_metered_time_goes_on_and_is_written_apart(desk):
    terms = Terms("researcher", 2, 3600.0, metered=True)
    desk.used = {"ada": 3600 - 5}
    assert desk.acquire("ada", "k", terms, NOON).stage == "95"
    assert beat(desk, "ada", "k", terms, NOON, 600).stage == "metered"
    assert desk.acquire("ada", "l", terms, NOON + 600).card
    desk.release("ada", "k", terms, NOON + 610)
    assert [(charge.seconds, charge.metered, charge.grace) for charge in desk.charges] == [(610, 605, 0)]
    assert desk.spent("ada", NOON + 610) == 3600


def test_a_pool_is_shared_and_a_cap_keeps_one_member_from_all_of_it(desk):
    def member(cap: float) -> Terms:
        return Terms("team", 10, cap, pool="organisation/acme", pooled=3600.0)

    desk.used = {"organisation/acme": 3600 - 170}
    desk.acquire("ada", "k", member(math.inf), NOON)
    assert desk.acquire("bob", "k", member(90.0), NOON).remaining == 90.0
    assert desk.acquire("eve", "k", member(math.inf), NOON).reason == "set_aside"
    desk.renew("ada", "k", member(math.inf), NOON + 60)
    assert desk.renew("bob", "k", member(90.0), NOON + 60).remaining == pytest.approx(30.0)
    assert desk.renew("bob", "k", member(90.0), NOON + 100).stage == "grace"
    assert desk.renew("ada", "k", member(math.inf), NOON + 75).remaining == pytest.approx(5.0)
    assert desk.renew("ada", "k", member(math.inf), NOON + 120).stage == "grace"
    assert desk.spent("organisation/acme", NOON + 120) == 3600.0


def test_who_leaves_a_pool_is_charged_alone_from_then_on(desk):
    desk.acquire("ada", "k", Terms("team", 10, math.inf, pool="organisation/acme", pooled=3600.0), NOON)
    desk.renew("ada", "k", Terms("team", 10, math.inf, pool="organisation/acme", pooled=3600.0), NOON + 30)
    desk.renew("ada", "k", hours(1), NOON + 50)
    desk.release("ada", "k", hours(1), NOON + 60)
    assert [(charge.pool, charge.seconds) for charge in desk.charges] == [("organisation/acme", 30), ("", 30)]
    assert desk.spent("organisation/acme", NOON + 60) == 30 and desk.spent("ada", NOON + 60) == 60
