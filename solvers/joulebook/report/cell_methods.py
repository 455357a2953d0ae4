"""The equations behind a cell's curves, in the words of a report."""

from __future__ import annotations

from joulebook.battery.models import Model, as_model
from joulebook.report.model import Block, Equation, Paragraph, Section

__all__ = ["method_section"]

_PARTICLE = Equation(
    latex=r"\frac{\partial c_s}{\partial t} = \frac{1}{r^2} \frac{\partial}{\partial r}"
    r" \left( r^2 D_s \frac{\partial c_s}{\partial r} \right),"
    r" \quad -D_s \left. \frac{\partial c_s}{\partial r} \right|_{r=R} = \frac{j}{F}",
    where="with the lithium concentration $c_s$ in a particle of radius $R$ and the reaction current density $j$.",
)
_REACTION = Equation(
    latex=r"j = 2 j_0 \sinh\left(\frac{F \eta}{2 R_g T}\right),"
    r" \quad j_0 = k \sqrt{c_e c_s \left(c_{\mathrm{max}} - c_s\right)}",
    where=r"with the rate constant $k$, the overpotential $\eta = \phi_s - \phi_e - U(c_s / c_{\mathrm{max}})$ and the "
    r"salt concentration $c_e$; transfer coefficients are one half.",
)
_SALT = Equation(
    latex=r"\varepsilon \frac{\partial c_e}{\partial t} = \frac{\partial}{\partial x}"
    r" \left( \varepsilon^{b} D_e \frac{\partial c_e}{\partial x} \right) + \frac{(1 - t_+)\, a j}{F}",
    where=r"with the porosity $\varepsilon$, the Bruggeman exponent $b$, the transference number $t_+$ and the surface "
    "$a$ of the particles per volume.",
)
_IONS = Equation(
    latex=r"\frac{\partial}{\partial x} \left[ \varepsilon^{b} \kappa \left( - \frac{\partial \phi_e}{\partial x}"
    r" + \frac{2 R_g T (1 - t_+) \chi}{F c_e} \frac{\partial c_e}{\partial x} \right) \right] = a j",
    where=r"with the ionic conductivity $\kappa$ and the thermodynamic factor $\chi$.",
)
_ELECTRONS = Equation(
    latex=r"\frac{\partial}{\partial x} \left( \sigma \frac{\partial \phi_s}{\partial x} \right) = a j",
    where=r"with the electronic conductivity $\sigma$ of the coating.",
)
_SINGLE = Equation(
    latex=r"V = U_p(x_p) - U_n(x_n) - \frac{2 R_g T}{F} \left[ \mathrm{arsinh}\left(\frac{i_p}{2 j_{0,p}}\right)"
    r" + \mathrm{arsinh}\left(\frac{i_n}{2 j_{0,n}}\right) \right]",
    where="with the same current density $i$ at every particle of an electrode.",
)


_ELECTROLYTE = Equation(
    latex=r"V = V_{\mathrm{SPM}} + \frac{2 R_g T}{F} (1 - t_+)\, \chi \left( \overline{\ln c_e}^p"
    r" - \overline{\ln c_e}^n \right) - \frac{I}{A} \left( \frac{L_n}{3 \kappa_n}"
    r" + \frac{L_s}{\kappa_s} + \frac{L_p}{3 \kappa_p}"
    r" + \frac{L_n}{3 \sigma_n} + \frac{L_p}{3 \sigma_p} \right)",
    where="with the thicknesses $L$, conductivities at the mean salt concentration, and means of the logarithm over "
    "the electrodes; overpotentials are those at the mean salt of the electrode.",
)
_HEAT = Equation(
    latex=r"C \frac{d T}{d t} = Q_{\mathrm{ohmic}} + Q_{\mathrm{reaction}} + Q_{\mathrm{entropic}}"
    r" + Q_{\mathrm{mixing}} - K (T - T_{\mathrm{amb}})",
    where="with the heat capacity $C$ of the cell, its cooling conductance $K$ and the temperature of the "
    "surroundings.",
)
_FILM = Equation(
    latex=r"j_f = -\frac{G e}{d + b L + g L e}, \quad"
    r" e = \exp\left(-s \frac{F}{R_g T} (\varphi - w \Delta - U)\right)",
    where=r"with the thickness $L$ of the film, the potential $\varphi$ of the particle against the electrolyte and "
    r"the drop $\Delta$ in the film; the law gives the other letters.",
)
_PLATING = Equation(
    latex=r"j_p = F k \left( c_p e^{(1 - \alpha) F \eta / (R_g T)} - c_e e^{-\alpha F \eta / (R_g T)} \right),"
    r" \quad \eta = \varphi - \Delta",
    where="with the plated lithium $c_p$ per volume of electrode; without the first term where it is irreversible.",
)
_STRESS = Equation(
    latex=r"\sigma_t = \frac{\Omega E}{3 (1 - \nu)} \left( \bar{c} - c_{\mathrm{surf}} \right)",
    where="with the partial molar volume $\\Omega$, Young's modulus $E$ and Poisson's ratio $\\nu$: stress in tension "
    "opens cracks and breaks contacts of active material.",
)


def method_section(model: str | Model) -> Section:
    """Write how the curves were computed.

    Parameters
    ----------
    model : str or Model
        The physics.

    Returns
    -------
    Section
        Equations, solution and limits.
    """
    physics = as_model(model)
    base = _porous() if physics.name == "DFN" else _particles(physics.name)
    return Section(title="Method", blocks=(*base, *_heat(physics), *_ageing(physics), _limits(physics)))


def _porous() -> tuple[Block, ...]:
    return (
        Paragraph(
            text="The cell is described by the porous-electrode model of Doyle, Fuller and Newman [@Doyle1993]: "
            "at every place $x$ across the electrodes, lithium diffuses in spherical particles:"
        ),
        _PARTICLE,
        Paragraph(text="The reaction at their surface transfers charge:"),
        _REACTION,
        Paragraph(text="Salt and ions are transported in the electrolyte:"),
        _SALT,
        _IONS,
        Paragraph(text="Electrons are conducted in the coatings:"),
        _ELECTRONS,
        _solution("block-tridiagonal systems, from which the particles are eliminated"),
    )


def _particles(name: str) -> tuple[Block, ...]:
    with_salt = name == "SPMe"
    electrolyte = "its salt follows an even reaction in each electrode" if with_salt else "is as it is at rest"
    blocks: tuple[Block, ...] = (
        Paragraph(
            text="Each active material of an electrode is described by one representative particle; the electrolyte "
            f"{'is solved for: ' if with_salt else ''}{electrolyte} (single-particle model"
            f"{' with electrolyte' if with_salt else ''}, [@Marquis2019]). Lithium diffuses in the particle:"
        ),
        _PARTICLE,
        Paragraph(text="The cell voltage follows from the concentrations at the two surfaces:"),
        _SINGLE,
    )
    if with_salt:
        blocks += (Paragraph(text="The salt, and what the electrolyte and the coatings add to that voltage:"),)
        blocks += (_SALT, _ELECTROLYTE)
    return (*blocks, _solution("tridiagonal systems"))


def _heat(physics: Model) -> tuple[Block, ...]:
    if physics.thermal == "isothermal":
        return ()
    return (Paragraph(text="One temperature for the whole cell follows its heat:"), _HEAT)


def _ageing(physics: Model) -> tuple[Block, ...]:
    blocks: tuple[Block, ...] = ()
    if physics.sei != "none":
        places = " and on the walls of cracks" if physics.sei_on_cracks else ""
        blocks += (Paragraph(text=f"A film grows on the particles{places} ({physics.sei}, [@OKane2022]):"), _FILM)
    if physics.plating != "none":
        blocks += (Paragraph(text=f"Lithium plates ({physics.plating}, [@OKane2020]):"), _PLATING)
    if physics.loss_of_active_material or physics.sei_on_cracks:
        ways = ", ".join(physics.loss_of_active_material) or "none"
        blocks += (
            Paragraph(text=f"Particles come under stress (active material is lost by: {ways}; [@Reniers2019]):"),
            _STRESS,
        )
    if blocks:
        text = (
            "What side reactions take from the electrolyte, film, metal and lost material hold: lithium is conserved."
        )
        blocks += (Paragraph(text=text),)
    return blocks


def _limits(physics: Model) -> Paragraph:
    missing = [
        *(["ageing"] if not physics.ages else []),
        "pressure",
        "differences along the electrode",
    ]
    warm = (
        "The temperature is uniform and constant" if physics.thermal == "isothermal" else "The temperature is uniform"
    )
    text = f"{warm}; {', '.join(missing[:-1])} and {missing[-1]} are not described."
    return Paragraph(text=text)


def _solution(systems: str) -> Paragraph:
    return Paragraph(
        text="The equations are discretised by finite volumes and stepped in time by backward differentiation formulas "
        f"of variable step and order; Newton's method solves {systems}. The ends of steps are located between "
        "time steps."
    )
