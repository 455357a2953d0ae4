"""What a result was made from and by: design, options, versions, works to cite."""

from __future__ import annotations

import functools
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self

from joulebook.core.citations import Citation, cite
from joulebook.core.design import Design

__all__ = ["Provenance", "Stats", "package_versions"]


@dataclass(frozen=True)
class Stats:
    """How much work a solve was.

    Parameters
    ----------
    steps, iterations, rejected : int
        Time steps taken, Newton iterations, steps thrown away.
    residual : float
        Of the last equation solve, in the solver's own norm.
    seconds : float
        Wall time in array code.
    device : str
        Where it ran.
    """

    steps: int = 0
    iterations: int = 0
    rejected: int = 0
    residual: float = 0.0
    seconds: float = 0.0
    device: str = "cpu"


@dataclass(frozen=True)
class Provenance:
    """Where a result comes from.

    Parameters
    ----------
    study : str
        The verb, with its domain: ``"battery.simulate"``.
    design : dict
        JSON document of the design.
    digest : str
        SHA-256 of that document.
    options : dict
        Every option of the study, defaults included.
    versions : dict of str to str
        Of Joulebook and what it computes with.
    created : str
        Time in UTC, ISO 8601.
    citations : tuple of str
        Keys of the bibliography: what this result rests on.
    """

    study: str
    design: dict[str, Any]
    digest: str
    options: dict[str, Any]
    versions: dict[str, str]
    created: str
    citations: tuple[str, ...] = field(default_factory=tuple)

    @classmethod
    def record(cls, study: str, design: Design, options: Mapping[str, Any], citations: Sequence[str] = ()) -> Self:
        """Note what a study starts from.

        Parameters
        ----------
        study : str
            The verb.
        design : Design
            What is studied.
        options : mapping
            JSON-able.
        citations : sequence of str
            Keys of the bibliography.

        Returns
        -------
        Provenance
            Stamped with the time and the versions.
        """
        return cls(
            study=study,
            design=design.to_document(),
            digest=design.digest(),
            options=dict(options),
            versions=dict(package_versions()),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            citations=tuple(dict.fromkeys(citations)),
        )

    def bibliography(self) -> tuple[Citation, ...]:
        """List the works to cite.

        Returns
        -------
        tuple of Citation
            In the order in which they were used.
        """
        return tuple(cite(key) for key in self.citations)

    def to_json(self) -> str:
        """Write as JSON text.

        Returns
        -------
        str
            For :meth:`from_json`.
        """
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        Provenance
            The same.
        """
        data = json.loads(text)
        return cls(**{**data, "citations": tuple(data["citations"])})


@functools.cache
def package_versions() -> dict[str, str]:
    """Versions of Joulebook and of what it computes with.

    Returns
    -------
    dict of str to str
        Name to version; packages that are missing are left out.
    """
    found = {"python": platform.python_version()}
    for name in ("joulebook", "numpy", "scipy", "numba"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
