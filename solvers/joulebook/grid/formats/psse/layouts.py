"""Fields of the records of PSS/E RAW files, by version 33, 34 and 35.

References
----------
Siemens PTI, *PSS/E Program Operation Manual*, chapter "Power Flow Raw Data File Contents", versions 33, 34 and 35.
"""

from __future__ import annotations

__all__ = ["fields_of", "section_order"]

_SECTIONS = (
    "BUS", "LOAD", "FIXED SHUNT", "GENERATOR", "BRANCH", "SYSTEM SWITCHING DEVICE", "TRANSFORMER", "AREA",
    "TWO-TERMINAL DC", "VOLTAGE SOURCE CONVERTER", "IMPEDANCE CORRECTION", "MULTI-TERMINAL DC", "MULTI-SECTION LINE",
    "ZONE", "INTER-AREA TRANSFER", "OWNER", "FACTS CONTROL DEVICE", "SWITCHED SHUNT", "GNE DEVICE",
    "INDUCTION MACHINE", "SUBSTATION",
)  # fmt: skip
_OWNERS = ("O1", "F1", "O2", "F2", "O3", "F3", "O4", "F4")
_TWELVE = tuple(f"RATE{number}" for number in range(1, 13))
_THREE = ("RATE1", "RATE2", "RATE3")

_BUS = ("I", "NAME", "BASKV", "IDE", "AREA", "ZONE", "OWNER", "VM", "VA", "NVHI", "NVLO", "EVHI", "EVLO")
_LOAD = ("I", "ID", "STATUS", "AREA", "ZONE", "PL", "QL", "IP", "IQ", "YP", "YQ", "OWNER", "SCALE", "INTRPT", "DGENP",
         "DGENQ", "DGENM", "LOADTYPE")  # fmt: skip
_SHUNT = ("I", "ID", "STATUS", "GL", "BL")
_GENERATOR = ("I", "ID", "PG", "QG", "QT", "QB", "VS", "IREG", "MBASE", "ZR", "ZX", "RT", "XT", "GTAP", "STAT", "RMPCT",
              "PT", "PB", *_OWNERS, "WMOD", "WPF")  # fmt: skip
_DC = ("NAME", "MDC", "RDC", "SETVL", "VSCHD", "VCMOD", "RCOMP", "DELTI", "METER", "DCVMIN", "CCCITMX", "CCCACC")
_DC_END = ("IP", "NB", "ANMX", "ANMN", "RC", "XC", "EBAS", "TR", "TAP", "TMX", "TMN", "STP", "IC", "IF", "IT", "ID",
           "XCAP")  # fmt: skip
_VSC = ("NAME", "MDC", "RDC", *_OWNERS)
_VSC_END = ("IBUS", "TYPE", "MODE", "DCSET", "ACSET", "ALOSS", "BLOSS", "MINLOSS", "SMAX", "IMAX", "PWF", "MAXQ",
            "MINQ", "REMOT", "RMPCT")  # fmt: skip
_FACTS = ("NAME", "I", "J", "MODE", "PDES", "QDES", "VSET", "SHMX", "TRMX", "VTMN", "VTMX", "VSMX", "IMX", "LINX",
          "RMPCT", "OWNER", "SET1", "SET2", "VSREF", "REMOT", "MNAME")  # fmt: skip
_BLOCKS = tuple(f"{kind}{number}" for number in range(1, 9) for kind in "NB")
_BLOCKS_35 = tuple(f"{kind}{number}" for number in range(1, 9) for kind in "SNB")
_INDUCTION = ("I", "ID", "STAT", "SCODE", "DCODE", "AREA", "ZONE", "OWNER", "TCODE", "BCODE", "MBASE", "RATEKV",
              "PCODE", "PSET")  # fmt: skip


def section_order(version: int) -> tuple[str, ...]:
    """Give the sections of a RAW file in order.

    Parameters
    ----------
    version : int
        33, 34 or 35.

    Returns
    -------
    tuple of str
        Names, as the ends of sections write them.
    """
    if version >= 34:
        return ("SYSTEM-WIDE", *_SECTIONS)
    return tuple(name for name in _SECTIONS if name not in {"SYSTEM SWITCHING DEVICE", "SUBSTATION"})


def _inserted(names: tuple[str, ...], after: str, *more: str) -> tuple[str, ...]:
    at = names.index(after) + 1
    return (*names[:at], *more, *names[at:])


def fields_of(kind: str, version: int) -> tuple[str, ...]:
    """Name the fields of a kind of record.

    Parameters
    ----------
    kind : str
        Section, or part of a record of several lines: ``"TRANSFORMER 1"``, ``"WINDING"``, ``"DC END"``, ``"VSC END"``.
    version : int
        33, 34 or 35.

    Returns
    -------
    tuple of str
        In the order of the record.
    """
    rates = _TWELVE if version >= 34 else _THREE
    name = ("NAME",) if version >= 34 else ()
    node = ("NODE",) if version >= 35 else ()
    tables = {
        "BUS": _BUS,
        "LOAD": _LOAD,
        "FIXED SHUNT": _SHUNT,
        "BRANCH": ("I", "J", "CKT", "R", "X", "B", *name, *rates, "GI", "BI", "GJ", "BJ", "ST", "MET", "LEN", *_OWNERS),
        "SYSTEM SWITCHING DEVICE": ("I", "J", "CKT", "X", *_TWELVE, "STAT", "NSTAT", "MET", "STYPE", "NAME"),
        "TRANSFORMER 1": ("I", "J", "K", "CKT", "CW", "CZ", "CM", "MAG1", "MAG2", "NMETR", "NAME", "STAT", *_OWNERS,
                          "VECGRP", "ZCOD"),
        "TRANSFORMER 2": ("R12", "X12", "SBASE12", "R23", "X23", "SBASE23", "R31", "X31", "SBASE31", "VMSTAR",
                          "ANSTAR"),
        "WINDING": ("WINDV", "NOMV", "ANG", *rates, "COD", "CONT", *node, "RMA", "RMI", "VMA", "VMI", "NTP", "TAB",
                    "CR", "CX", "CNXA"),
        "AREA": ("I", "ISW", "PDES", "PTOL", "ARNAME"),
        "ZONE": ("I", "ZONAME"),
        "TWO-TERMINAL DC": _DC,
        "DC END": _inserted(_DC_END, "IC", "ND") if version >= 35 else _DC_END,
        "VOLTAGE SOURCE CONVERTER": _VSC,
        "VSC END": _inserted(_VSC_END, "REMOT", "NREG") if version >= 35 else _VSC_END,
        "FACTS CONTROL DEVICE": _FACTS,
        "INDUCTION MACHINE": _INDUCTION,
        "GENERATOR": _GENERATOR,
        "SWITCHED SHUNT": ("I", "MODSW", "ADJM", "STAT", "VSWHI", "VSWLO", "SWREM", "RMPCT", "RMIDNT", "BINIT",
                           *_BLOCKS),
    }  # fmt: skip
    if version >= 35:
        tables["GENERATOR"] = _inserted(_inserted(_GENERATOR, "IREG", "NREG"), "PB", "BASLOD")
        tables["SWITCHED SHUNT"] = ("I", "ID", "MODSW", "ADJM", "STAT", "VSWHI", "VSWLO", "SWREM", "NREG", "RMPCT",
                                    "RMIDNT", "BINIT", *_BLOCKS_35)  # fmt: skip
    return tables[kind]
