"""Accounts of GPU time: what was charged to whom this month, what is left, and the lines that say so.

A person is an account, and so is a pool, which is an organisation's GPU time; a loan of a pool's member is charged to
both. A beat is charged up to what is left. What goes beyond is written into the same line, as ``metered`` where the
plan meters it and else as ``grace``, and counts for no balance.
"""

from __future__ import annotations

from collections.abc import Iterable

from joulebook_hub.lending.records import Charge, Loan, Terms, day_of, next_midnight

__all__ = ["CONTINUED", "LIFE", "Accounts"]

LIFE = 60.0
"""s; longest time that one beat is charged for, and silence after which a loan ends."""
MIDNIGHT, OTHER_ACCOUNT = "midnight", "other account"
CONTINUED = (MIDNIGHT, OTHER_ACCOUNT)
"""Reasons of lines after which the loan goes on."""

_Key = tuple[str, str]


class Accounts:
    """The part of a desk that charges.

    Attributes
    ----------
    loans : dict
        Loans by user and kernel.
    used : dict
        GPU time that was charged this month and is in the ledger already, s, by user and by pool.
    before : dict
        The same of the month before, for loans that run over the month's end.
    lent : dict
        All GPU time of the month that is in the ledger already, s, by user, for the fair share.
    charges : list of Charge
        Lines that are to be written.
    """

    loans: dict[_Key, Loan]
    used: dict[str, float]
    before: dict[str, float]
    lent: dict[str, float]
    charges: list[Charge]

    def spent(self, account: str, now: float) -> float:
        """GPU time that was charged this month, open loans included.

        Parameters
        ----------
        account : str
            A user or a pool.
        now : float
            The time, s since 1970.

        Returns
        -------
        float
            Seconds.
        """
        return self._charged(account, day_of(now)[:7], self.used)

    def _charged(self, account: str, month: str, written: dict[str, float]) -> float:
        running = (
            loan.charged
            for loan in self.loans.values()
            if account in {loan.user, loan.pool} and day_of(loan.beat)[:7] == month
        )
        return written.get(account, 0.0) + sum(running)

    def balance(self, user: str, terms: Terms, now: float) -> float:
        """GPU time that is left this month: the user's own, or the pool's if that is less.

        Parameters
        ----------
        user : str
            The user.
        terms : Terms
            Of the user's plan.
        now : float
            The time, s since 1970.

        Returns
        -------
        float
            Seconds; below 0 only after an allowance was made smaller.
        """
        return self._left(user, terms, day_of(now)[:7], self.used)

    def _left(self, user: str, terms: Terms, month: str, written: dict[str, float]) -> float:
        return min(most - self._charged(account, month, written) for account, most in self.accounts_of(user, terms))

    def all_lent(self, user: str, now: float) -> float:
        """GPU time that a user was lent this month, charged or not.

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
        return self.lent.get(user, 0.0) + sum(running)

    def _loans_of(self, user: str) -> Iterable[Loan]:
        return [loan for loan in self.loans.values() if loan.user == user]

    @staticmethod
    def accounts_of(user: str, terms: Terms) -> list[tuple[str, float]]:
        """Who is charged, and what each may use in a month.

        Parameters
        ----------
        user : str
            The user.
        terms : Terms
            Of the user's plan.

        Returns
        -------
        list of tuple of str and float
            The user and the pool, with their allowances, s.
        """
        return [(user, terms.allowed), *([(terms.pool, terms.pooled)] if terms.pool else [])]

    def _advance(self, loan: Loan, terms: Terms, now: float) -> None:
        """Charge the time since the last beat; a line ends at midnight, and where another pool is charged."""
        if loan.pool != terms.pool:
            if loan.seconds > 0.0:
                self._write(loan, OTHER_ACCOUNT, now)
            loan.pool = terms.pool
        credited = min(max(now - loan.beat, 0.0), LIFE)
        midnight = next_midnight(loan.beat)
        before = min(credited, midnight - loan.beat)
        this_month, month = day_of(now)[:7], day_of(loan.beat)[:7]
        self._credit(loan, terms, before, month, self.used if month == this_month else self.before)
        if now >= midnight:
            self._write(loan, MIDNIGHT, now)
            loan.beat = now
            self._credit(loan, terms, credited - before, this_month, self.used)
        loan.beat = max(loan.beat, now)

    def _credit(self, loan: Loan, terms: Terms, seconds: float, month: str, written: dict[str, float]) -> None:
        """Lend seconds; what goes beyond the balance is metered, or not charged."""
        beyond = seconds - min(max(self._left(loan.user, terms, month, written), 0.0), seconds)
        loan.seconds += seconds
        if terms.metered:
            loan.metered += beyond
        else:
            loan.grace += beyond

    def _write(self, loan: Loan, reason: str, now: float) -> None:
        day = day_of(loan.beat)
        charge = Charge(
            *(loan.number, loan.part, loan.user, loan.kernel, loan.card, loan.plan),
            *(day, loan.beat, loan.seconds, reason),
            project=loan.project,
            pool=loan.pool,
            grace=loan.grace,
            metered=loan.metered,
        )
        self.charges.append(charge)
        this_month = day[:7] == day_of(now)[:7]
        if this_month:
            self.lent[loan.user] = self.lent.get(loan.user, 0.0) + loan.seconds
        written = self.used if this_month else self.before
        for account in filter(None, (loan.user, loan.pool)):
            written[account] = written.get(account, 0.0) + loan.charged
        loan.part += 1
        loan.seconds = loan.grace = loan.metered = 0.0
