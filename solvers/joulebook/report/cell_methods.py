"""The equations behind a cell's discharge curves, in the words of a report."""

from __future__ import annotations

from joulebook.core.errors import InputError, Issue
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


def method_section(model: str) -> Section:
    """Write how the discharges were computed.

    Parameters
    ----------
    model : str
        ``"DFN"`` or ``"SPM"``.

    Returns
    -------
    Section
        Equations, solution and limits.

    Raises
    ------
    InputError
        If the model is neither.
    """
    blocks: tuple[Block, ...]
    if model == "DFN":
        blocks = (
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
    elif model == "SPM":
        blocks = (
            Paragraph(
                text="Each electrode is described by one representative particle, and the electrolyte by its state at "
                "rest (single-particle model, [@Marquis2019]). Lithium diffuses in the particle:"
            ),
            _PARTICLE,
            Paragraph(text="The cell voltage follows from the concentrations at the two surfaces:"),
            _SINGLE,
            _solution("tridiagonal systems"),
        )
    else:
        raise InputError(Issue("model", model, "must be DFN or SPM", "DFN is the more exact one"))
    return Section(title="Method", blocks=blocks)


def _solution(systems: str) -> Paragraph:
    return Paragraph(
        text="The equations are discretised by finite volumes and stepped in time by backward differentiation formulas "
        f"of variable step and order; Newton's method solves {systems}. The time of the cut-off is located between "
        "steps. The temperature is uniform and constant; ageing, pressure and differences along the electrode are not "
        "described."
    )
