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
- Notices come at 80 % and 95 % of the month's GPU time. When it is used up, ``GRACE`` seconds are left to save; then
  the kernel is interrupted, and ``INTERRUPTED`` seconds later the loan ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from joulebook_hub.lending.records import (
    Card,
    Charge,
    Claim,
    Gone,
    Loan,
    Queued,
    Refused,
    Standing,
    Terms,
    day_of,
    next_midnight,
)

__all__ = ["Desk"]

LIFE = 60.0
PATIENCE = 15.0
UNIT = 60.0
AGEING = 300.0
GRACE = 300.0
INTERRUPTED = 30.0


_Key = tuple[str, str]


@dataclass
class Desk:
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
        GPU time of the month that is in the ledger already, s, by user.
    number : int
        Number of the next loan.
    awake : float
        Since when beats could arrive, s since 1970: nothing expires for silence before that.
    """

    cards: tuple[Card, ...]
    loans: dict[_Key, Loan] = field(default_factory=dict)
    claims: dict[_Key, Claim] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    number: int = 1
    awake: float = 0.0
    charges: list[Charge] = field(default_factory=list)

    def spent(self, user: str, now: float) -> float:
        """GPU time that a user has used this month, open loans included.

        Parameters
        ----------
        user : str
            The user.
        now : float
            The time, s since 1970.

        Returns
        -------
        float
            Seconds.
        """
        month = day_of(now)[:7]
        running = (loan.seconds for loan in self._loans_of(user) if day_of(loan.beat)[:7] == month)
        return self.used.get(user, 0.0) + sum(running)

    def acquire(self, user: str, kernel: str, terms: Terms, now: float) -> Standing | Queued | Refused:
        """Ask for a card.

        Parameters
        ----------
        user, kernel : str
            Who asks.
        terms : Terms
            Of the user's plan.
        now : float
            The time, s since 1970.

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
            self.release(user, kernel, now, reason="card gone")
        refusal = self._refusal(user, terms, now)
        if refusal is not None:
            self.claims.pop(key, None)
            return refusal
        claim = self.claims.setdefault(key, Claim(user, kernel, terms.weight, now, now))
        claim.seen, claim.weight = now, terms.weight
        ahead = self.queue(now).index(key)
        free = self._free()
        if ahead >= len(free):
            return Queued(ahead - len(free) + 1, sum(card.places for card in self.cards))
        del self.claims[key]
        self.loans[key] = Loan(self.number, user, kernel, free[ahead], terms.plan, now, now)
        self.number += 1
        return self._standing(self.loans[key], terms, now)

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

    def release(self, user: str, kernel: str, now: float, *, reason: str = "given back") -> None:
        """Give a card back, or leave the queue.

        Parameters
        ----------
        user, kernel : str
            Whose loan or claim.
        now : float
            The time, s since 1970.
        reason : str
            What the ledger says.
        """
        self.expire(now)
        self.claims.pop((user, kernel), None)
        loan = self.loans.get((user, kernel))
        if loan is not None:
            self._advance(loan, now)
            self._close(loan, reason, now)

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
            share = claim.weight / (1.0 + self.spent(claim.user, now) / 3600.0)
            return -(share + (now - claim.asked) / AGEING), claim.asked, key

        return sorted(self.claims, key=rank)

    def _renewed(self, loan: Loan, terms: Terms, now: float) -> Standing:
        self._advance(loan, now)
        standing = self._standing(loan, terms, now)
        if standing.stage == "stop":
            self._close(loan, "used up", now)
        return standing

    def _loans_of(self, user: str) -> Iterable[Loan]:
        return [loan for loan in self.loans.values() if loan.user == user]

    def _refusal(self, user: str, terms: Terms, now: float) -> Refused | None:
        remaining = terms.allowed - self.spent(user, now)
        if terms.allowed <= 0:
            return Refused("no_gpu_time", terms.allowed, remaining)
        if remaining < UNIT:
            return Refused("used_up", terms.allowed, remaining)
        if remaining - UNIT * len(list(self._loans_of(user))) < UNIT:
            return Refused("set_aside", terms.allowed, remaining)
        return None

    def _free(self) -> list[str]:
        """Identities of free places, those on the least used cards first."""
        lent = [loan.card for loan in self.loans.values()]
        places = [
            (place, number, card.identity)
            for number, card in enumerate(self.cards)
            for place in range(lent.count(card.identity), card.places)
        ]
        return [identity for _, _, identity in sorted(places)]

    def _advance(self, loan: Loan, now: float) -> None:
        """Charge the time since the last beat; a line ends at midnight."""
        credited = min(max(now - loan.beat, 0.0), LIFE)
        midnight = next_midnight(loan.beat)
        before = min(credited, midnight - loan.beat)
        loan.seconds += before
        if now >= midnight:
            self._write(loan, "midnight", now)
            loan.seconds = credited - before
        loan.beat = max(loan.beat, now)

    def _write(self, loan: Loan, reason: str, now: float) -> None:
        day = day_of(loan.beat)
        charge = Charge(
            *(loan.number, loan.part, loan.user, loan.kernel, loan.card, loan.plan),
            *(day, loan.beat, loan.seconds, reason),
        )
        self.charges.append(charge)
        if day[:7] == day_of(now)[:7]:
            self.used[loan.user] = self.used.get(loan.user, 0.0) + loan.seconds
        loan.part += 1
        loan.seconds = 0.0

    def _close(self, loan: Loan, reason: str, now: float) -> None:
        self._write(loan, reason, now)
        del self.loans[(loan.user, loan.kernel)]

    def _standing(self, loan: Loan, terms: Terms, now: float) -> Standing:
        loan.plan = terms.plan
        remaining = terms.allowed - self.spent(loan.user, now)
        if remaining > 0:
            loan.ran_out = None
            share = 1.0 - remaining / terms.allowed if math.isfinite(terms.allowed) else 0.0
            stage = "95" if share >= 0.95 else "80" if share >= 0.80 else ""
            return Standing(loan.card, loan.since, stage, remaining)
        loan.ran_out = now if loan.ran_out is None else loan.ran_out
        over = now - loan.ran_out
        if over < GRACE:
            return Standing(loan.card, loan.since, "grace", remaining, GRACE - over)
        stage = "interrupt" if over < GRACE + INTERRUPTED else "stop"
        return Standing(loan.card, loan.since, stage, remaining)
