"""Cells from publications, each value with its source: one file for each set of parameters."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.ai2020 import AI_2020
from joulebook.battery.named.chayambuka2022 import CHAYAMBUKA_2022
from joulebook.battery.named.chen2020 import CHEN_2020
from joulebook.battery.named.chen2020_composite import CHEN_2020_COMPOSITE
from joulebook.battery.named.ecker2015 import ECKER_2015
from joulebook.battery.named.marquis2019 import MARQUIS_2019
from joulebook.battery.named.mohtat2020 import MOHTAT_2020
from joulebook.battery.named.nca_kim2011 import NCA_KIM_2011
from joulebook.battery.named.okane2022 import OKANE_2022
from joulebook.battery.named.oregan2022 import OREGAN_2022
from joulebook.battery.named.prada2013 import PRADA_2013
from joulebook.battery.named.xu2019 import XU_2019

__all__ = ["DOCUMENTS", "HALF_CELL_DOCUMENTS"]

DOCUMENTS: dict[str, dict[str, Any]] = {
    "Chen2020": CHEN_2020,
    "Chen2020_composite": CHEN_2020_COMPOSITE,
    "OKane2022": OKANE_2022,
    "ORegan2022": OREGAN_2022,
    "Marquis2019": MARQUIS_2019,
    "Ecker2015": ECKER_2015,
    "Ai2020": AI_2020,
    "Mohtat2020": MOHTAT_2020,
    "NCA_Kim2011": NCA_KIM_2011,
    "Prada2013": PRADA_2013,
    "Chayambuka2022": CHAYAMBUKA_2022,
}
"""Name to JSON document of a cell."""
HALF_CELL_DOCUMENTS: dict[str, dict[str, Any]] = {"Xu2019": XU_2019}
"""Name to JSON document of a half cell."""
