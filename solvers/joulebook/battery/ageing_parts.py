"""Parameters of ageing as parts of an electrode: surface film (SEI), lithium plating, particle mechanics.

A value that only one law needs may be left out; :meth:`SEI.missing`, :meth:`Plating.missing` and
:meth:`Mechanics.missing` name what a chosen law still lacks. The laws themselves are in
:mod:`joulebook.battery.ageing`. All values hold at the part's ``reference_temperature``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from joulebook.core.design import Part
from joulebook.core.quantities import Quantity, Temperature

__all__ = ["SEI", "Mechanics", "Plating"]

ActivationEnergy = Annotated[float, Quantity("J/mol", ge=-2e5, le=3e5, display=("kJ/mol", 1e-3))]
Between = Annotated[float, Quantity("1", gt=0, lt=1)]
FilmThickness = Annotated[float, Quantity("m", gt=0, le=1e-5, display=("nm", 1e9))]
FilmConcentration = Annotated[float, Quantity("mol/m³", gt=0, le=1e5)]
FilmDiffusivity = Annotated[float, Quantity("m²/s", gt=0, le=1e-8)]
MolarVolume = Annotated[float, Quantity("m³/mol", gt=0, le=1e-2)]
MolarVolumeChange = Annotated[float, Quantity("m³/mol", ge=-1e-4, le=1e-4)]
RateConstant = Annotated[float, Quantity("m/s", gt=0, le=1)]
Pressure = Annotated[float, Quantity("Pa", gt=0, le=1e13, display=("MPa", 1e-6))]
CrackSize = Annotated[float, Quantity("m", gt=0, le=1e-4, display=("nm", 1e9))]
LossRate = Annotated[float, Quantity("1/s", ge=0, le=1)]


def _absent(part: Part, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(part, name) is None)


class SEI(Part):
    """The film that grows on the particles: solid electrolyte interphase."""

    molar_volume: MolarVolume
    """Volume of one mole of film."""
    lithium_per_molecule: Annotated[float, Quantity("1", gt=0, le=10)]
    """Moles of lithium bound in one mole of film."""
    resistivity: Annotated[float, Quantity("ohm m", ge=0, le=1e12)]
    """Resistivity of the film for lithium ions."""
    initial_thickness: FilmThickness
    """Thickness at the start of a study."""
    activation_energy: ActivationEnergy = 0.0
    """Of the growth, whatever its law."""
    reference_temperature: Temperature = 298.15
    """At which the values of this part hold."""
    transfer_coefficient: Between = 0.5
    """Of the growth reaction, in the laws limited by the reaction and by the reaction of EC."""
    open_circuit_potential: Annotated[float, Quantity("V", ge=-5, le=5)] | None = None
    """Of the growth reaction; needed by the laws limited by the reaction and by the reaction of EC."""
    exchange_current_density: Annotated[float, Quantity("A/m²", gt=0, le=1e3)] | None = None
    """Of the growth reaction; needed where the reaction limits."""
    solvent_diffusivity: FilmDiffusivity | None = None
    """Of the solvent through the film; needed where its diffusion limits."""
    solvent_concentration: FilmConcentration | None = None
    """Of the solvent in the electrolyte; needed where its diffusion limits."""
    interstitial_diffusivity: FilmDiffusivity | None = None
    """Of lithium interstitials through the film; needed where their diffusion limits."""
    interstitial_concentration: FilmConcentration | None = None
    """Of lithium interstitials at 0 V against lithium; needed where their diffusion limits."""
    ec_concentration: FilmConcentration | None = None
    """Of ethylene carbonate in the electrolyte; needed where its reaction limits."""
    ec_diffusivity: FilmDiffusivity | None = None
    """Of ethylene carbonate through the film; needed where its reaction limits."""
    ec_rate_constant: RateConstant | None = None
    """Of the reaction of ethylene carbonate; needed where that reaction limits."""
    initial_thickness_on_cracks: FilmThickness | None = None
    """Thickness on the walls of the cracks at the start of a study; needed where the film grows on cracks."""

    def missing(self, law: str, *, on_cracks: bool = False) -> tuple[str, ...]:
        """Name the values that a growth law needs and this part lacks.

        Parameters
        ----------
        law : str
            A growth law of :class:`joulebook.battery.models.Model`, or ``"none"``.
        on_cracks : bool
            Whether the film also grows on cracks.

        Returns
        -------
        tuple of str
            Field names; empty where nothing is missing.

        Examples
        --------
        >>> film = SEI(molar_volume=9.585e-5, lithium_per_molecule=2.0, resistivity=2e5, initial_thickness=5e-9)
        >>> film.missing("solvent-diffusion limited")
        ('solvent_diffusivity', 'solvent_concentration')
        """
        names = _GROWTH_NEEDS.get(law, ()) + (("initial_thickness_on_cracks",) if on_cracks else ())
        return _absent(self, names)


class Plating(Part):
    """Metallic lithium that plates onto the particles."""

    rate_constant: RateConstant
    """k in the exchange-current densities F k c_e of plating and F k c_plated of stripping."""
    transfer_coefficient: Between = 0.5
    """Of plating; stripping has the rest to 1."""
    molar_volume: MolarVolume
    """Volume of one mole of metallic lithium."""
    initial_concentration: Annotated[float, Quantity("mol/m³", ge=0, le=1e5)] = 0.0
    """Plated lithium per volume of electrode at the start of a study."""
    dead_lithium_rate: LossRate | None = None
    """Rate at which plated lithium loses contact while the film has its initial thickness; it falls as 1/thickness.
    Needed by partially reversible plating."""
    activation_energy: ActivationEnergy = 0.0
    """Of the rate constant."""
    reference_temperature: Temperature = 298.15
    """At which the values of this part hold."""

    def missing(self, law: str) -> tuple[str, ...]:
        """Name the values that a plating law needs and this part lacks.

        Parameters
        ----------
        law : str
            ``"irreversible"``, ``"reversible"``, ``"partially reversible"`` or ``"none"``.

        Returns
        -------
        tuple of str
            Field names; empty where nothing is missing.
        """
        return _absent(self, _PLATING_NEEDS.get(law, ()))


class Mechanics(Part):
    """Stress in the particles, cracks in their surface, and loss of active material."""

    young_modulus: Pressure | None = None
    """Young's modulus of the active material; needed for stress, hence for cracks and stress-driven loss."""
    poisson_ratio: Annotated[float, Quantity("1", gt=-1, lt=0.5)] | None = None
    """Poisson's ratio; needed with Young's modulus."""
    partial_molar_volume: MolarVolumeChange | None = None
    """Of lithium in the active material; negative where it shrinks as it fills. Needed for stress."""
    reference_concentration: Annotated[float, Quantity("mol/m³", ge=0, le=2e5)] = 0.0
    """Lithium concentration at which the particle is taken as not deformed; enters the displacement only."""
    cracking_rate: Annotated[float, Quantity("m/s (Pa m^0.5)^-m", ge=0, le=1)] | None = None
    """Factor of Paris' law, per second of cycling; needed for cracks."""
    cracking_exponent: Annotated[float, Quantity("1", gt=0, le=20)] | None = None
    """Exponent m of Paris' law; needed for cracks."""
    stress_intensity_factor: Annotated[float, Quantity("1", gt=0, le=10)] | None = None
    """Geometry factor b in the stress intensity b σ √(π l); needed for cracks."""
    cracking_activation_energy: ActivationEnergy = 0.0
    """Of the cracking rate; a positive one makes cracks grow faster when warm."""
    initial_crack_length: CrackSize | None = None
    """Depth of the cracks at the start of a study; needed for cracks."""
    crack_width: CrackSize | None = None
    """Extent of a crack along the surface; needed for cracks."""
    cracks_per_area: Annotated[float, Quantity("1/m²", ge=0, le=1e20)] | None = None
    """Cracks per area of particle surface; needed for cracks."""
    stress_loss_rate: LossRate | None = None
    """Loss of active fraction per second at the critical stress; needed for stress-driven loss."""
    stress_loss_exponent: Annotated[float, Quantity("1", gt=0, le=20)] | None = None
    """Exponent of the stress in that loss; needed for stress-driven loss."""
    critical_stress: Pressure | None = None
    """Stress to which that loss is referred; needed for stress-driven loss."""
    loss_activation_energy: ActivationEnergy = 0.0
    """Of the stress-driven and the current-driven loss."""
    reaction_loss_factor: Annotated[float, Quantity("m³/mol", ge=0, le=1)] | None = None
    """Volume of active material lost per mole of electrons spent on the film; needed for reaction-driven loss."""
    current_loss_factor: Annotated[float, Quantity("m²/C", ge=0, le=1)] | None = None
    """Loss of active fraction per charge and area of the cell's cross-section; needed for current-driven loss."""
    reference_temperature: Temperature = 298.15
    """At which the values of this part hold."""

    def missing(self, losses: Iterable[str] = (), *, cracks: bool = False) -> tuple[str, ...]:
        """Name the values that the chosen laws need and this part lacks.

        Parameters
        ----------
        losses : iterable of str
            Of ``"stress"``, ``"reaction"``, ``"current"``.
        cracks : bool
            Whether cracks grow.

        Returns
        -------
        tuple of str
            Field names; empty where nothing is missing.

        Examples
        --------
        >>> Mechanics().missing(("current",))
        ('current_loss_factor',)
        """
        wanted = [name for loss in losses for name in _LOSS_NEEDS.get(loss, ())]
        return _absent(self, dict.fromkeys([*wanted, *(_CRACK_NEEDS if cracks else ())]))


_GROWTH_NEEDS: Mapping[str, tuple[str, ...]] = {
    "reaction limited": ("open_circuit_potential", "exchange_current_density"),
    "solvent-diffusion limited": ("solvent_diffusivity", "solvent_concentration"),
    "interstitial-diffusion limited": ("interstitial_diffusivity", "interstitial_concentration"),
    "EC reaction limited": ("open_circuit_potential", "ec_concentration", "ec_diffusivity", "ec_rate_constant"),
}
_PLATING_NEEDS: Mapping[str, tuple[str, ...]] = {"partially reversible": ("dead_lithium_rate",)}
_STRESS_NEEDS = ("young_modulus", "poisson_ratio", "partial_molar_volume")
_CRACK_NEEDS = (
    *_STRESS_NEEDS,
    "cracking_rate",
    "cracking_exponent",
    "stress_intensity_factor",
    "initial_crack_length",
    "crack_width",
    "cracks_per_area",
)
_LOSS_NEEDS: Mapping[str, tuple[str, ...]] = {
    "stress": (*_STRESS_NEEDS, "stress_loss_rate", "stress_loss_exponent", "critical_stress"),
    "reaction": ("reaction_loss_factor",),
    "current": ("current_loss_factor",),
}
