"""A cryostat as a document: stages, coolers, and what carries heat between them."""

from __future__ import annotations

import html
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from joulebook.core.citations import Source
from joulebook.core.design import Design, Part
from joulebook.core.display import value_rows
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.cryo.components import AnyComponent, Load, Wires
from joulebook.cryo.coolers import AnyCooler, StageTemperature

__all__ = ["Cryostat", "Stage"]

Name = Annotated[str, Field(min_length=1, max_length=100)]


class Stage(Part):
    """A part of one temperature: a vessel, a shield, a plate."""

    temperature: StageTemperature | None = None
    """At which it is held, such as a vessel in a room or a bath; left out where it is to be found."""
    limit: Annotated[float, Quantity("K", ge=0.005, le=400)] | None = None
    """Temperature that it should not exceed; the result says whether it does."""


class Cryostat(Design):
    """A cryostat in steady state.

    Parameters
    ----------
    name : str
        What people call it.
    stages : dict of str to Stage
        Parts of one temperature each, by custom warm ones first.
    coolers : dict of str to cooler
        See :mod:`joulebook.cryo.coolers`.
    components : dict of str to component
        See :mod:`joulebook.cryo.components`.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.

    Examples
    --------
    >>> cryostat = Cryostat.named("Pulse tube with wiring")
    >>> list(cryostat.stages)
    ['vessel', 'shield', 'plate']
    """

    kind: ClassVar[str] = "cryostat"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".cryo.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """What it is."""
    stages: Annotated[dict[Name, Stage], Field(max_length=200)]
    """Parts of one temperature each."""
    coolers: Annotated[dict[Name, AnyCooler], Field(max_length=200)] = Field(default_factory=dict)
    """What takes heat from stages."""
    components: Annotated[dict[Name, AnyComponent], Field(max_length=10_000)] = Field(default_factory=dict)
    """What carries heat between stages, or gives it off on one."""
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)
    """Where values come from."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the cryostats that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        from joulebook.cryo import named

        return named.names()

    @classmethod
    def _make_named(cls, name: str) -> Self:
        from joulebook.cryo import named

        return cls.from_document(named.document(name))

    def _repr_html_(self) -> str:
        """A table of the stages, coolers and components with their values."""
        left = " style='text-align:left'"
        rows = []
        for group in ("stages", "coolers", "components"):
            for key, part in getattr(self, group).items():
                values = "; ".join(f"{path} {text}" for path, text, _ in value_rows(part) if path != "kind")
                words = (group[:-1], key, getattr(part, "title", "Stage"), values)
                rows.append("<tr>" + "".join(f"<td{left}>{html.escape(str(word))}</td>" for word in words) + "</tr>")
        return f"<table><caption{left}><b>{html.escape(self.name)}</b></caption>{''.join(rows)}</table>"

    @model_validator(mode="after")
    def _references(self) -> Self:
        issues = _issues(self)
        if issues:
            raise InputError(issues, self.name)
        return self


def _issues(cryostat: Cryostat) -> list[Issue]:
    """Every fault between stages, coolers and components."""
    stages = cryostat.stages
    known = f"It has {', '.join(stages) or 'no stages'}"
    issues = [] if stages else [Issue("stages", None, "the cryostat has no stages", "Give at least one")]
    for key, component in cryostat.components.items():
        ends = ("stage",) if isinstance(component, Load) else ("from_stage", "to_stage")
        issues += [
            Issue(f"components.{key}.{end}", getattr(component, end), "no such stage", known)
            for end in ends
            if getattr(component, end) not in stages
        ]
        if not isinstance(component, Load) and component.from_stage == component.to_stage:
            hint = "Name the stage at the other end"
            issues.append(Issue(f"components.{key}.to_stage", component.to_stage, "both ends are the same stage", hint))
        if isinstance(component, Wires) and component.current and _insulates(component.material):
            issues.append(Issue(f"components.{key}.material", component.material, "is no metal: it carries no current"))
    for key, cooler in cryostat.coolers.items():
        for stage in cooler.stages:
            path = f"coolers.{key}"
            if stage not in stages:
                issues.append(Issue(path, stage, "no such stage", known))
            elif stages[stage].temperature is not None:
                hint = "Leave out the stage's temperature, or the cooler"
                issues.append(Issue(path, stage, "cools a stage that is held at a temperature", hint))
    return issues


def _insulates(material: str) -> bool:
    from joulebook.cryo.components import COPPER
    from joulebook.materials.cryogenic import conductivity

    return material != COPPER and "T^1.9" in conductivity(material).below
