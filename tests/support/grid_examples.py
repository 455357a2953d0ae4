"""Networks of our own with one of everything, for tests of file formats."""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid import Network
from joulebook.grid.elements import TapChanger


def everything(**without: Any) -> Network:
    """A network of three voltages with one of every kind of element; tables given as None are left out."""
    tables: dict[str, Any] = {
        "buses": {
            "HV1": {"nominal_voltage": 220e3, "name": "Nord 220", "area": "north", "start_voltage": 1.02},
            "HV2": {"nominal_voltage": 220e3, "area": "north", "minimum_voltage": 0.9, "maximum_voltage": 1.1},
            "HV3": {"nominal_voltage": 220e3, "area": "south", "start_angle": -0.05},
            "MV1": {"nominal_voltage": 110e3, "area": "south"},
            "MV2": {"nominal_voltage": 110e3},
            "MV2b": {"nominal_voltage": 110e3},
            "LV1": {"nominal_voltage": 20e3},
            "LV2": {"nominal_voltage": 10e3},
            "X": {"nominal_voltage": 110e3, "in_service": False},
        },
        "lines": {
            "L1": {
                "from_bus": "HV1", "to_bus": "HV2", "resistance": 2.4, "reactance": 19.0, "susceptance": 1.2e-4,
                "conductance": 1e-7, "zero_resistance": 6.0, "zero_reactance": 55.0, "zero_susceptance": 7e-5,
                "length": 48e3, "current_rating": 900.0, "short_time_rating": 1000.0, "emergency_rating": 1200.0,
                "end_temperature": 353.15, "name": "Nord < Süd & \"Ost\"",
            },
            "L2": {"from_bus": "HV2", "to_bus": "HV3", "resistance": 1.2, "reactance": 11.0, "susceptance": 6e-5},
            "L3": {"from_bus": "HV1", "to_bus": "HV3", "resistance": 3.1, "reactance": 24.0, "susceptance": 1.4e-4},
            "L4": {"from_bus": "MV1", "to_bus": "MV2", "resistance": 1.0, "reactance": 4.0, "susceptance": 2e-5},
            "L5": {"from_bus": "MV1", "to_bus": "MV2", "resistance": 1.0, "reactance": 4.0, "susceptance": 2e-5},
            "L6": {"from_bus": "MV2", "to_bus": "MV1", "resistance": 1.0, "reactance": 4.0, "in_service": False},
        },
        "transformers": {
            "T1": {
                "from_bus": "HV2", "to_bus": "MV1", "rated_power": 200e6, "from_rated_voltage": 225e3,
                "to_rated_voltage": 115e3, "resistance": 0.004, "reactance": 0.12, "from_susceptance": -0.001,
                "from_conductance": 2e-4, "vector_group": "YNyn0", "zero_resistance": 0.004, "zero_reactance": 0.11,
                "zero_magnetising_reactance": 9.0, "from_neutral_resistance": 0.0, "from_neutral_reactance": 12.0,
                "rating": 210e6, "tap_ratio": 1.01,
                "tap_changer": TapChanger(position=-3, minimum=-12, maximum=12, voltage_step=0.0125,
                                          controls="voltage", controlled_bus="MV1", target=1.02, deadband=0.02),
            },
            "T2": {
                "from_bus": "HV3", "to_bus": "MV2", "rated_power": 150e6, "resistance": 0.003, "reactance": 0.1,
                "phase_shift": math.radians(-4.0), "tap_ratio": 0.98, "to_susceptance": -0.0005,
            },
            "T3": {
                "from_bus": "MV2b", "to_bus": "LV1", "rated_power": 40e6, "from_rated_voltage": 110e3,
                "to_rated_voltage": 21e3, "resistance": 0.005, "reactance": 0.1, "vector_group": "YNd11",
                "tap_changer": TapChanger(position=2, minimum=-4, maximum=4, voltage_step=0.0,
                                          angle_step=math.radians(1.5)),
            },
        },
        "three_winding_transformers": {
            "W1": {
                "bus_1": "HV2", "bus_2": "MV2", "bus_3": "LV2", "rated_power_1": 100e6, "rated_power_2": 90e6,
                "rated_power_3": 30e6, "rated_voltage_1": 220e3, "rated_voltage_2": 112e3, "rated_voltage_3": 10.5e3,
                "resistance_1": 0.002, "reactance_1": 0.09, "resistance_2": 0.001, "reactance_2": -0.01,
                "resistance_3": 0.004, "reactance_3": 0.2, "conductance": 1e-4, "susceptance": -1e-3,
                "tap_ratio_2": 1.02, "vector_group": "YNyn0d5", "zero_resistance_1": 0.002, "zero_reactance_1": 0.08,
                "tap_changer": TapChanger(position=1, minimum=-8, maximum=8, voltage_step=0.01),
            },
        },
        "generators": {
            "G1": {
                "bus": "HV3", "active_power": 80e6, "voltage": 1.01, "minimum_power": 10e6, "maximum_power": 120e6,
                "minimum_reactive": -60e6, "maximum_reactive": 70e6, "rated_power": 130e6, "rated_voltage": 220e3,
                "rated_power_factor": 0.85, "subtransient_reactance": 0.18, "synchronous_reactance": 1.9,
                "negative_reactance": 0.19, "zero_reactance": 0.1, "resistance": 0.002,
                "capability": ((0.0, -60e6, 70e6), (120e6, -30e6, 40e6)),
            },
            "G2": {"bus": "LV1", "active_power": 5e6, "reactive_power": -1e6, "holds_voltage": False},
            "G3": {"bus": "LV2", "active_power": 4e6, "voltage": 1.0, "controlled_bus": "MV2"},
        },
        "external_grids": {
            "N": {
                "bus": "HV1", "voltage": 1.02, "maximum_fault_power": 8e9, "minimum_fault_power": 5e9,
                "maximum_rx": 0.1, "minimum_rx": 0.12, "zero_over_positive": 2.5, "zero_rx": 0.2,
            },
        },
        "loads": {
            "D1": {"bus": "MV1", "active_power": 60e6, "reactive_power": 15e6},
            "D2": {"bus": "MV2", "active_power": 30e6, "reactive_power": 8e6, "current_share": 0.3,
                   "impedance_share": 0.5},
            "D3": {"bus": "LV1", "active_power": 9e6, "reactive_power": 2e6, "in_service": False},
            "D4": {"bus": "LV1", "active_power": 8e6, "reactive_power": 1e6},
        },
        "shunts": {
            "C1": {"bus": "MV1", "susceptance": 4e-4, "steps": 2, "maximum_steps": 3, "controls_voltage": True,
                   "minimum_target": 0.99, "maximum_target": 1.03},
            "C2": {"bus": "HV3", "susceptance": -2e-4, "conductance": 1e-6},
        },
        "switches": {
            "S1": {"bus": "MV2", "other_bus": "MV2b", "rated_current": 1250.0},
            "S2": {"bus": "MV1", "branch_kind": "lines", "branch": "L5", "closed": False},
            "S3": {"bus": "MV1", "other_bus": "MV2b", "closed": False, "kind": "disconnector"},
        },
        "hvdc_lines": {
            "DC": {"from_bus": "HV1", "to_bus": "MV2", "active_power": 20e6, "constant_loss": 0.3e6,
                   "loss_share": 0.01, "from_holds_voltage": False, "from_reactive_power": -4e6,
                   "to_holds_voltage": False, "to_reactive_power": 2e6},
        },
        "converters": {
            "V1": {"bus": "MV1", "kind": "svc", "holds_voltage": False, "reactive_power": 3e6,
                   "minimum_reactive": -20e6, "maximum_reactive": 30e6},
            "P1": {"bus": "LV2", "kind": "photovoltaic", "active_power": 2e6, "reactive_power": 0.1e6,
                   "rated_power": 2.5e6},
        },
        "motors": {
            "M1": {"bus": "LV2", "rated_power": 3e6, "efficiency": 0.96, "power_factor": 0.89, "loading": 0.8,
                   "locked_rotor_ratio": 5.0, "rx": 0.1, "pole_pairs": 2, "rated_voltage": 10e3},
        },
    }
    tables |= without
    kept = {name: rows for name, rows in tables.items() if rows is not None}
    return Network(name="one of everything", **kept)
