"""Materials of the half cell in the set of Xu et al. (2019): NMC against lithium metal, Celgard 2325."""

from __future__ import annotations

from joulebook.materials.mohtat2020 import NMC532_OCP, nmc532_ocp
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, FilmMaterial

__all__ = ["CELGARD_2325", "NMC"]

_SET = PublishedSet("Xu2019")
_FARADAY = 6.02214076e23 * 1.602176634e-19

NMC = ActiveMaterial(
    name="NMC (Xu 2019)",
    chemistry="NMC",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        NMC532_OCP.name,
        nmc532_ocp,
        "V",
        NMC532_OCP.formula,
        "PyBaMM's set takes the values of Mohtat et al., for NMC532",
        ref="Mohtat2020",
    ),
    maximum_concentration=_SET.value(48230.0, "mol/m³"),
    diffusivity=_SET.value(1e-14, "m²/s"),
    rate_constant=_SET.computed(
        5.76e-11 * _FARADAY,
        "A/m² (m³/mol)^1.5",
        "Faraday's constant times the 5.76e-11 of PyBaMM's set, which takes the unit in the paper as a slip",
    ),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.0960, 0.9780),
    suggested=_SET.suggested(porosity=0.331, active_fraction=0.518, particle_radius=5.3e-6, conductivity=100.0),
    note="The shares of nickel, manganese and cobalt are not stated in PyBaMM's set.",
)

CELGARD_2325 = FilmMaterial(
    name="Celgard 2325 (Xu 2019)",
    chemistry="Celgard 2325",
    suggested=_SET.suggested(thickness=25e-6, porosity=0.39, bruggeman_electrolyte=1.5),
    note="The exponent 1.5 is that of Bruggeman; a measured tortuosity of this film is a gap, and so is its density.",
)
