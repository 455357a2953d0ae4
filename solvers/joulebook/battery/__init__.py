"""Battery cells: designs, figures, discharge models."""

from joulebook.battery.balance import Balance, balance
from joulebook.battery.designs import Cell
from joulebook.battery.figures import CellFigures, figures

__all__ = ["Balance", "Cell", "CellFigures", "balance", "figures"]
