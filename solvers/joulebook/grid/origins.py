"""Results that note where they come from when that is first asked for: a document takes longer than a solve."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Origin", "OriginResult"]


class Origin(NamedTuple):
    """What a result was made from.

    Parameters
    ----------
    study : str
        The verb, with its domain.
    network : Network
        What was studied.
    options : dict
        Of the study.
    citations : tuple of str
        Keys of the bibliography.
    """

    study: str
    network: Network
    options: dict[str, Any]
    citations: tuple[str, ...]


class OriginResult(Result):
    """A result whose provenance is written when it is first asked for.

    Parameters
    ----------
    variables, status, stats, facts
        As of :class:`joulebook.core.results.Result`.
    provenance : Provenance, optional
        Where it was written before, as in files.
    origin : Origin, optional
        What it is written from.
    """

    def __init__(
        self,
        variables: Mapping[str, Variable],
        status: Status,
        stats: Stats,
        provenance: Provenance | None = None,
        facts: Mapping[str, Any] | None = None,
        *,
        origin: Origin | None = None,
    ) -> None:
        own = self.__dict__
        own.update(variables=variables, status=status, stats=stats, facts=dict(facts or {}), origin=origin)
        if provenance is not None:
            own["provenance"] = provenance

    @functools.cached_property
    def provenance(self) -> Provenance:  # type: ignore[override]
        """What it was made from."""
        origin: Origin = self.origin
        return Provenance.record(origin.study, origin.network, origin.options, origin.citations)

    def network(self) -> Network:
        """Give the network that was studied.

        Returns
        -------
        Network
            The same, or made from the document in the file.
        """
        from joulebook.grid.network import Network

        origin: Origin | None = self.origin
        return origin.network if origin is not None else Network.from_document(self.provenance.design)
