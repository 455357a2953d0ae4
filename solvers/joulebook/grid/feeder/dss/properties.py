"""The classes of OpenDSS objects that a feeder can hold, and the order of their properties.

A bare value belongs to the property that follows the last one; a name may be cut short. Names and their order are
those of the OpenDSS manual and of its source (BSD 3-Clause, Electric Power Research Institute), DSS C-API 0.14.
"""

from __future__ import annotations

__all__ = ["CARRYING", "CLASSES", "IGNORED", "UNUSED", "class_named", "property_named"]

_PD = "normamps emergamps faultrate pctperm repair"
_WIRE = "rdc rac runits gmrac gmrunits radius radunits normamps emergamps diam seasons ratings capradius"
_CABLE = "epsr inslayer diains diacable"

CLASSES: dict[str, tuple[str, ...]] = {
    name: (*text.split(), "basefreq", "enabled", "like")
    for name, text in {
        "vsource": "bus1 basekv pu angle frequency phases mvasc3 mvasc1 x1r1 x0r0 isc3 isc1 r1 x1 r0 x0 scantype "
        "sequence bus2 z1 z0 z2 puz1 puz0 puz2 basemva yearly daily duty model puzideal spectrum",
        "line": "bus1 bus2 linecode length phases r1 x1 r0 x0 c1 c0 rmatrix xmatrix cmatrix switch rg xg rho geometry "
        f"units spacing wires earthmodel cncables tscables b1 b0 seasons ratings linetype {_PD}",
        "linecode": "nphases r1 x1 r0 x0 c1 c0 units rmatrix xmatrix cmatrix basefreq normamps emergamps faultrate "
        "pctperm repair kron rg xg rho neutral b1 b0 seasons ratings linetype",
        "linegeometry": "nconds nphases cond wire x h units normamps emergamps reduce spacing wires cncable tscable "
        "cncables tscables seasons ratings linetype",
        "wiredata": _WIRE,
        "cndata": f"k diastrand gmrstrand rstrand {_CABLE} {_WIRE}",
        "tsdata": f"diashield tapelayer tapelap {_CABLE} {_WIRE}",
        "xfmrcode": "phases windings wdg conn kv kva tap %r rneut xneut conns kvs kvas taps xhl xht xlt xscarray "
        "thermal n m flrise hsrise %loadloss %noloadloss normhkva emerghkva maxtap mintap numtaps %imag ppm_antifloat "
        "%rs x12 x13 x23 rdcohms seasons ratings",
        "transformer": "phases windings wdg bus conn kv kva tap %r rneut xneut buses conns kvs kvas taps xhl xht xlt "
        "xscarray thermal n m flrise hsrise %loadloss %noloadloss normhkva emerghkva sub maxtap mintap numtaps subname "
        "%imag ppm_antifloat %rs bank xfmrcode xrconst x12 x13 x23 leadlag wdgcurrents core rdcohms seasons ratings "
        + _PD,
        "regcontrol": "transformer winding vreg band ptratio ctprim r x bus delay reversible revvreg revband revr revx "
        "tapdelay debugtrace maxtapchange inversetime tapwinding vlimit ptphase revthreshold revdelay revneutral "
        "eventlog remoteptratio tapnum reset ldc_z rev_z cogen",
        "capacitor": f"bus1 bus2 phases kvar kv conn cmatrix cuf r xl harm numsteps states {_PD}",
        "capcontrol": "element terminal capacitor type ptratio ctratio onsetting offsetting delay voltoverride vmax "
        "vmin delayoff deadtime ctphase ptphase vbus eventlog usermodel userdata pctminkvar reset controlsignal",
        "load": "phases bus1 kv kw pf model yearly daily duty growth conn kvar rneut xneut status class vminpu vmaxpu "
        "vminnorm vminemerg xfkva allocationfactor kva %mean %stddev cvrwatts cvrvars kwh kwhdays cfactor cvrcurve "
        "numcust zipv %seriesrl relweight vlowpu puxharm xrharm spectrum",
        "generator": "phases bus1 kv kw pf kvar model vminpu vmaxpu yearly daily duty dispmode dispvalue conn status "
        "class vpu maxkvar minkvar pvfactor forceon kva mva xd xdp xdpp h d usermodel userdata shaftmodel shaftdata "
        "dutystart debugtrace balanced xrdp usefuel fuelkwh %fuel %reserve refuel dynamiceq dynout spectrum",
        "reactor": f"bus1 bus2 phases kvar kv conn rmatrix xmatrix parallel r x rp z1 z2 z0 z rcurve lcurve lmh {_PD}",
        "loadshape": "npts interval mult hour mean stddev csvfile sngfile dblfile action qmult useactual pmax qmax "
        "sinterval minterval pbase qbase pmult pqcsvfile memorymapping interpolation",
    }.items()
}
"""Properties of every class, in lower case."""

IGNORED = frozenset(
    {
        "energymeter",
        "fuse",
        "growthshape",
        "monitor",
        "recloser",
        "relay",
        "sensor",
        "spectrum",
        "swtcontrol",
        "tcc_curve",
    }
)
"""Classes that measure, protect or describe, and draw no current."""


CARRYING = frozenset(
    {
        "autotrans",
        "fault",
        "gictransformer",
        "gicline",
        "indmach012",
        "isource",
        "pvsystem",
        "storage",
        "upfc",
        "vccs",
        "vsconverter",
        "windgen",
    }
)
"""Classes that a feeder does not hold although they would carry current."""

UNUSED = {
    "vsource": frozenset({"bus2", "model", "puz2", "sequence", "z2"}),
    "load": frozenset({"cvrcurve", "growth", "rneut", "xneut"}),
    "generator": frozenset({"balanced", "dispmode", "dispvalue"}),
    "capacitor": frozenset({"r"}),
    "capcontrol": frozenset({"pctminkvar"}),
    "transformer": frozenset({"xrconst"}),
    "loadshape": frozenset({"interpolation", "pbase", "qbase"}),
}
"""Properties that a feeder has no place for although they can change the answer."""


def class_named(word: str) -> str:
    """Find the class that a script means.

    Parameters
    ----------
    word : str
        As written.

    Returns
    -------
    str
        Its name in lower case; ``"vsource"`` for a circuit.
    """
    word = word.lower()
    return "vsource" if word == "circuit" else word


def property_named(kind: str, word: str) -> int | None:
    """Find a property by its name or by the beginning of it.

    Parameters
    ----------
    kind : str
        Class.
    word : str
        In lower case.

    Returns
    -------
    int or None
        Its place in the order; None if there is none.
    """
    names = CLASSES[kind]
    if word in names:
        return names.index(word)
    return next((k for k, name in enumerate(names) if word and name.startswith(word)), None)
