"""Conductivity of layers with a share of copper, by the bounds for mixtures of two materials.

Copper of area fraction f in a layer runs through the layer's whole thickness, so through the thickness both materials
carry heat side by side: ``k_through = f k_c + (1 - f) k_m``. In the plane the result depends on how the copper lies,
and every arrangement is between the bounds of Wiener (strips along and across the heat); every one without a
preferred direction is between the two-dimensional bounds of Hashin and Shtrikman, whose upper one belongs to copper
that surrounds all gaps and whose lower one to copper in islands.

References
----------
Wiener 1912, Abh. Sächs. Ges. Wiss. 32 (parallel, series). Hashin and Shtrikman 1962, doi:10.1063/1.1728579, and Hashin
1983, J. Appl. Mech. 50, 481 (the bounds in two dimensions).
"""

from __future__ import annotations

from joulebook.thermal.board import Layer

__all__ = ["layer_conductivities", "mixture_in_plane"]


def mixture_in_plane(fraction: float, copper: float, matrix: float, pattern: str) -> float:
    """Give the conductivity in the plane of a layer that is partly copper.

    Parameters
    ----------
    fraction : float
        Share of the area that is copper.
    copper, matrix : float, W/(m K)
        Conductivities.
    pattern : str
        ``"parallel"``, ``"connected"``, ``"islands"`` or ``"series"``, from the largest result to the smallest.

    Returns
    -------
    float
        W/(m K).

    References
    ----------
    Hashin and Shtrikman 1962, doi:10.1063/1.1728579, in two dimensions.

    Examples
    --------
    >>> [round(mixture_in_plane(0.2, 385.0, 0.8, p), 2) for p in ("parallel", "connected", "islands", "series")]
    [77.64, 43.57, 1.2, 1.0]
    """
    if fraction in {0.0, 1.0}:
        return copper if fraction else matrix
    other = 1.0 - fraction
    if pattern == "parallel":
        return fraction * copper + other * matrix
    if pattern == "series":
        return 1.0 / (fraction / copper + other / matrix)
    host, share, inclusion = (copper, other, matrix) if pattern == "connected" else (matrix, fraction, copper)
    # k = k_h [(k_h + k_i) - s (k_h - k_i)] / [(k_h + k_i) + s (k_h - k_i)], with the share s of the inclusions
    total, difference = host + inclusion, share * (host - inclusion)
    return host * (total - difference) / (total + difference)


def layer_conductivities(layer: Layer, copper: float) -> tuple[float, float, float]:
    """Give the conductivities of a layer.

    Parameters
    ----------
    layer : Layer
        The layer.
    copper : float, W/(m K)
        Conductivity of copper.

    Returns
    -------
    tuple of float, W/(m K)
        Along x, along y, and through the thickness.

    Examples
    --------
    >>> layer_conductivities(Layer(thickness=35e-6, conductivity=0.8, conductivity_through=0.3), 385.0)
    (0.8, 0.8, 0.3)
    """
    share = layer.copper_fraction
    along_y, through = (
        layer.conductivity if item is None else item
        for item in (layer.conductivity_along_y, layer.conductivity_through)
    )
    along = (mixture_in_plane(share, copper, item, layer.copper_pattern) for item in (layer.conductivity, along_y))
    return (*along, share * copper + (1.0 - share) * through)
