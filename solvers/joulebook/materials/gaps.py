"""What the library lacks: materials that people look for, and values that the published sets leave out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Gap", "gaps"]


@dataclass(frozen=True)
class Gap:
    """A material, or a part of one, that the library does not have.

    Parameters
    ----------
    material : str
        What people look for.
    missing : str
        What is not there, and why.
    nearest : str
        What the library has that comes closest; empty where nothing does.
    where : str
        Where one would look.
    """

    material: str
    missing: str
    nearest: str
    where: str


_GAPS = (
    Gap(
        "NMC622",
        "Everything: no set with potential, diffusivity and kinetics of one cell was found under a licence that lets "
        "it be passed on.",
        "NMC532 (Mohtat 2020) and NMC811 (Chen 2020); neither is NMC622",
        "LiionDB, doi:10.1088/2516-1083/ac692c, lists publications with single properties",
    ),
    Gap(
        "NMC111",
        "Everything: the set of About:Energy for a 12.5 A h pouch cell is under CC BY-SA 4.0, which does not go "
        "together with the licence of this library.",
        "NMC532 (Mohtat 2020); its entropic coefficient is one of NMC111",
        "About:Energy's BPX files, to be opened from a workspace under their own licence",
    ),
    Gap(
        "LFP",
        "Hysteresis, entropic coefficient, density of the coating; the diffusivity is one of a model that fits the "
        "material poorly.",
        "LFP (Prada 2013)",
        "About:Energy's BPX file of an 18650 cell, under CC BY-SA 4.0",
    ),
    Gap(
        "hard carbon with lithium",
        "Everything: the hard carbon of the library is measured against sodium.",
        "",
        "LiionDB, doi:10.1088/2516-1083/ac692c",
    ),
    Gap(
        "silicon",
        "How fast the potential moves from one branch to the other; particles are a size of the model.",
        "silicon (Ai 2022)",
        "Studies of hysteresis in composite electrodes",
    ),
    Gap(
        "LP30",
        "Density, and a check against the publication; whether a product sold as LP30 is mixed by weight or by volume.",
        "LiPF6 EC:DMC 1:1 (Landesfeind 2019), by weight, at 1000 mol/m³",
        "Landesfeind and Gasteiger 2019, doi:10.1149/2.0571912jes; the supplier's data sheet",
    ),
    Gap(
        "Celgard 2325",
        "A measured tortuosity or MacMullin number, and the density; the exponent 1.5 is Bruggeman's.",
        "Celgard 2325 (Xu 2019)",
        "The supplier's data sheet; impedance of cells with blocking electrodes",
    ),
    Gap(
        "densities of electrolytes",
        "The sets do not give them, but for LiPF6 in EC:EMC 3:7; a mass then leaves the electrolyte out and says so.",
        "LiPF6 EC:EMC 3:7 (Landesfeind 2019)",
        "Data sheets of the suppliers",
    ),
    Gap(
        "range of the measurements",
        "PyBaMM's sets do not record over which contents, concentrations and temperatures the laws were measured.",
        "",
        "The publications that each law names",
    ),
)


def gaps() -> tuple[Gap, ...]:
    """List what the library lacks.

    Returns
    -------
    tuple of Gap
        In the order of the kinds of material.

    Examples
    --------
    >>> [gap.material for gap in gaps()][:2]
    ['NMC622', 'NMC111']
    """
    return _GAPS
