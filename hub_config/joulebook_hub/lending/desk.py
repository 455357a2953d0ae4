"""The rules of lending, with no input or output: who gets a card, what a loan costs, and when it ends.

A desk is made from what the ledger holds, takes one event, and is stored again. Time is an argument of every event.

- A loan belongs to a user's kernel. Asking again while it is held gives the same loan.
- Waiting claims are ordered by ``weight / (1 + GPU-hours used in the month) + waited / AGEING``. The first term is at
  most the largest weight, so after ``AGEING`` times that weight a claim stands before everybody who comes later:
  nobody starves.
- A loan is charged from beat to beat, at most ``LIFE`` for each, and ends without a beat for ``LIFE``: charged to the
  last beat. What a restart of the service took longer than that is not charged.
- A loan needs one ``UNIT`` of GPU time that no other loan of its user has set aside: two kernels cannot both take the
  last one.
- Lent time is written into the ledger under its day (UTC): a line ends at midnight, so a month is a sum of lines.
- A claim may be for one kind of card only, and may stand back by a low priority; a user can lower a weight, not raise
  it. Claims for one kind are not held up by claims for another.
- A loan may have a longest time. The last ``GRACE`` seconds of it are the grace; then as when GPU time is used up.
- Notices come at 80 % and 95 % of the month's GPU time. When it is used up, ``GRACE`` seconds are left to save; then
  the kernel is interrupted, and ``INTERRUPTED`` seconds later the loan ends. This time is lent by the hub: it is
  written down as ``grace`` and not charged, so that a month's balance never goes below zero.
- Where the plan meters what goes beyond, nothing ends: the time beyond is written down as ``metered``.
- A pool (an organisation's GPU time) is an account like a person's; its members' loans are charged to both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from joulebook_hub.lending.accounts import LIFE, Accounts
from joulebook_hub.lending.records import (
    PRIORITIES,
    Card,
    Charge,
    Claim,
    Gone,
    Loan,
    Queued,
    Refused,
    Standing,
    Terms,
    Wish,
)
from joulebook_hub.lending.waits import expected_wait

__all__ = ["Desk"]

PATIENCE = 15.0
UNIT = 60.0
AGEING = 300.0
GRACE = 300.0
INTERRUPTED = 30.0
_NOTHING = 1e-6
"""s; less is rounding."""

_Key = tuple[str, str]


@dataclass
class Desk(Accounts):
    """Loans, claims and what was used this month.

    Parameters
    ----------
    cards : tuple of Card
        What there is to lend.
    loans : dict
        Loans by user and kernel.
    claims : dict
        Claims by user and kernel.
    used : dict
        GPU time that was charged this month and is in the ledger already, s, by user and by pool.
    before : dict
        The same of the month before, for loans that run over the month's end.
    lent : dict
        All GPU time of the month that is in the ledger already, s, by user, for the fair share.
    number : int
        Number of the next loan.
    awake : float
        Since when beats could arrive, s since 1970: nothing expires for silence before that.
    """

    cards: tuple[Card, ...]
    loans: dict[_Key, Loan] = field(default_factory=dict)
    claims: dict[_Key, Claim] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    lent: dict[str, float] = field(default_factory=dict)
    number: int = 1
    awake: float = 0.0
    charges: list[Charge] = field(default_factory=list)

    def acquire(
        self, user: str, kernel: str, terms: Terms, now: float, wish: Wish | None = None
    ) -> Standing | Queued | Refused:
        """Ask for a card.

        Parameters
        ----------
        user, kernel : str
            Who asks.
        terms : Terms
            Of the user's plan.
        now : float
            The time, s since 1970.
        wish : Wish, optional
            What for; any card for as long as it takes when left out.

        Returns
        -------
        Standing, Queued or Refused
            The loan, the place in the queue, or why there is none.
        """
        self.expire(now)
        key = (user, kernel)
        held = self.loans.get(key)
        if held is not None:
            if any(card.identity == held.card for card in self.cards):
                return self._renewed(held, terms, now)
            self.release(user, kernel, terms, now, reason="card gone")
        refusal = self._refusal(user, terms, now)
        if refusal is not None:
            self.claims.pop(key, None)
            return refusal
        wish = wish or Wish()
        if not self._places(wish.kind):
            return Refused("no_such_card", terms.allowed, max(self.balance(user, terms, now), 0.0))
        claim = self.claims.setdefault(key, Claim(user, kernel, terms.weight, now, now))
        claim.seen, claim.weight, claim.kind = now, terms.weight * PRIORITIES[wish.priority], wish.kind
        offered = self._offers(now)
        if key not in offered:
            return Queued(self.position(key, now), self._places(wish.kind))
        del self.claims[key]
        ends = now + wish.most if math.isfinite(wish.most) else None
        loan = Loan(self.number, user, kernel, offered[key], terms.plan, now, now, ends=ends)
        loan.project, loan.pool, loan.server = wish.project, terms.pool, wish.server
        self.loans[key] = loan
        self.number += 1
        return self._standing(loan, terms, now)

    def position(self, key: _Key, now: float) -> int:
        """Place of a claim among those that wait for a card which it could have.

        Parameters
        ----------
        key : tuple of str
            User and kernel of the claim.
        now : float
            The time, s since 1970.

        Returns
        -------
        int
            1 is next.
        """
        offered, kind = self._offers(now), self.claims[key].kind
        order = self.queue(now)
        ahead = order[: order.index(key)]
        return 1 + sum(other not in offered and _meet(self.claims[other].kind, kind) for other in ahead)

    def expected_wait(self, key: _Key, recent: Sequence[float], now: float) -> float | None:
        """Estimate how long a claim still waits; see `joulebook_hub.lending.waits`.

        Parameters
        ----------
        key : tuple of str
            User and kernel of the claim.
        recent : sequence of float
            Lengths of recent loans that have ended, s.
        now : float
            The time, s since 1970.

        Returns
        -------
        float or None
            Time, s; None where too little is known.
        """
        kind = self.claims[key].kind
        cards = {card.identity for card in self.cards if _meet(card.kind, kind)}
        running = [
            (now - loan.since, math.inf if loan.ends is None else max(loan.ends - now, 0.0))
            for loan in self.loans.values()
            if loan.card in cards
        ]
        return expected_wait(self.position(key, now), running, recent)

    def renew(self, user: str, kernel: str, terms: Terms, now: float) -> Standing | Gone:
        """Say that a kernel still has its card, and learn how the month stands.

        Parameters
        ----------
        user, kernel : str
            Whose loan.
        terms : Terms
            Of the user's plan.
        now : float
            The time, s since 1970.

        Returns
        -------
        Standing or Gone
            The loan, or that it has ended.
        """
        self.expire(now)
        loan = self.loans.get((user, kernel))
        return Gone() if loan is None else self._renewed(loan, terms, now)

    def release(self, user: str, kernel: str, terms: Terms, now: float, *, reason: str = "given back") -> None:
        """Give a card back, or leave the queue.

        Parameters
        ----------
        user, kernel : str
            Whose loan or claim.
        terms : Terms
            Of the user's plan.
        now : float
            The time, s since 1970.
        reason : str
            What the ledger says.
        """
        self.expire(now)
        self.claims.pop((user, kernel), None)
        loan = self.loans.get((user, kernel))
        if loan is not None:
            self._advance(loan, terms, now)
            self._close(loan, reason, now)

    def end_server(self, user: str, server: str, now: float) -> None:
        """End the loans of a server that is gone, and its kernels with it, charged to their last beats.

        Parameters
        ----------
        user, server : str
            Whose server, and its name.
        now : float
            The time, s since 1970.
        """
        for loan in list(self.loans.values()):
            if loan.user == user and loan.server == server:
                self._close(loan, "server ended", now)

    def expire(self, now: float) -> None:
        """End loans that were silent for too long, charged to their last beat, and claims that nobody asks for.

        Parameters
        ----------
        now : float
            The time, s since 1970.
        """
        for loan in list(self.loans.values()):
            if now - max(loan.beat, self.awake) > LIFE:
                self._close(loan, "no heartbeat", now)
        for key, claim in list(self.claims.items()):
            if now - max(claim.seen, self.awake) > PATIENCE:
                del self.claims[key]

    def queue(self, now: float) -> list[_Key]:
        """Order of the claims.

        Parameters
        ----------
        now : float
            The time, s since 1970.

        Returns
        -------
        list of tuple
            User and kernel, the next one first.
        """

        def rank(key: _Key) -> tuple[float, float, _Key]:
            claim = self.claims[key]
            share = claim.weight / (1.0 + self.all_lent(claim.user, now) / 3600.0)
            return -(share + (now - claim.asked) / AGEING), claim.asked, key

        return sorted(self.claims, key=rank)

    def _renewed(self, loan: Loan, terms: Terms, now: float) -> Standing:
        self._advance(loan, terms, now)
        standing = self._standing(loan, terms, now)
        if standing.stage == "stop":
            self._close(loan, standing.why, now)
        return standing

    def _refusal(self, user: str, terms: Terms, now: float) -> Refused | None:
        remaining = max(self.balance(user, terms, now), 0.0)
        if terms.metered:
            return None
        allowed = min(terms.allowed, terms.pooled)
        if allowed <= 0:
            return Refused("no_gpu_time", allowed, remaining)
        if remaining < UNIT:
            return Refused("used_up", allowed, remaining)
        for account, most in self.accounts_of(user, terms):
            loans = sum(account in {loan.user, loan.pool} for loan in self.loans.values())
            if most - self.spent(account, now) - UNIT * loans < UNIT:
                return Refused("set_aside", allowed, remaining)
        return None

    def _places(self, kind: str) -> int:
        return sum(card.places for card in self.cards if _meet(card.kind, kind))

    def _offers(self, now: float) -> dict[_Key, str]:
        """What each claim could have now, the first in the queue first."""
        free = self._free()
        kinds = {card.identity: card.kind for card in self.cards}
        offered = {}
        for key in self.queue(now):
            card = next((card for card in free if _meet(kinds[card], self.claims[key].kind)), None)
            if card is not None:
                free.remove(card)
                offered[key] = card
        return offered

    def _free(self) -> list[str]:
        """Identities of free places, those on the least used cards first."""
        lent = [loan.card for loan in self.loans.values()]
        places = [
            (place, number, card.identity)
            for number, card in enumerate(self.cards)
            for place in range(lent.count(card.identity), card.places)
        ]
        return [identity for _, _, identity in sorted(places)]

    def _close(self, loan: Loan, reason: str, now: float) -> None:
        self._write(loan, reason, now)
        del self.loans[(loan.user, loan.kernel)]

    def _standing(self, loan: Loan, terms: Terms, now: float) -> Standing:
        loan.plan = terms.plan
        remaining = self.balance(loan.user, terms, now)
        ends = [(loan.ends - now, "longest time")] if loan.ends is not None else []
        if remaining > _NOTHING or terms.metered:
            loan.ran_out = None
        else:
            loan.ran_out = now if loan.ran_out is None else loan.ran_out
            ends.append((loan.ran_out + GRACE - now, "used up"))
        left, why = min(ends, default=(math.inf, ""))
        stage = _stage(left)
        if not stage:
            stage, why = self._notice(loan, terms, remaining, now), ""
        places = next((card.places for card in self.cards if card.identity == loan.card), 1)
        grace = left if stage == "grace" else 0.0
        return Standing(loan.card, loan.since, stage, max(remaining, 0.0), grace, why, 1.0 / places)

    def _notice(self, loan: Loan, terms: Terms, remaining: float, now: float) -> str:
        """Stage of a month that is not used up: by the account of which the larger share is used."""
        if remaining <= _NOTHING:
            return "metered"
        share = max(
            self.spent(account, now) / most if 0 < most < math.inf else 0.0
            for account, most in self.accounts_of(loan.user, terms)
        )
        return "95" if share >= 0.95 else "80" if share >= 0.80 else ""


def _meet(one: str, other: str) -> bool:
    return not one or not other or one == other


def _stage(left: float) -> str:
    """Stage of a loan with some time left until the interrupt."""
    if left > GRACE:
        return ""
    if left > 0:
        return "grace"
    return "interrupt" if left > -INTERRUPTED else "stop"
