"""Profile files of a CGMES 2.4.15 set as text: objects and what other profiles add to them."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["UNLIMITED", "Choice", "ProfileText", "Reference", "Writer"]

_CIM = "http://iec.ch/TC57/2013/CIM-schema-cim16#"
_ENTSOE = "http://entsoe.eu/CIM/SchemaExtension/3/1#"
_PROFILES = {
    "EQ": (
        "http://entsoe.eu/CIM/EquipmentCore/3/1",
        "http://entsoe.eu/CIM/EquipmentShortCircuit/3/1",
    ),
    "SSH": ("http://entsoe.eu/CIM/SteadyStateHypothesis/1/1",),
    "TP": ("http://entsoe.eu/CIM/Topology/4/1",),
    "SV": ("http://entsoe.eu/CIM/StateVariables/4/1",),
}
_SPACE = uuid.UUID("5b6cf0a4-6a9e-5d1c-9a55-0b2b7d8f0c61")
_STAMP = (1980, 1, 1, 0, 0, 0)
UNLIMITED = 99_999.0
"""MW or Mvar: limits that the profiles require and nobody knows; as much or more is read as no limit."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Points to another object.

    Parameters
    ----------
    identifier : str
        Of the object.
    """

    identifier: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A word of an enumeration.

    Parameters
    ----------
    word : str
        Such as ``"UnitMultiplier.k"``.
    extension : bool
        Whether the enumeration is one of ENTSO-E's own.
    """

    word: str
    extension: bool = False


class ProfileText:
    """One profile file.

    Parameters
    ----------
    kind : str
        ``"EQ"``, ``"SSH"``, ``"TP"`` or ``"SV"``.
    model : str
        Identifier of this file.
    time : str
        Of the state, ISO 8601.
    depends : tuple of str
        Identifiers of the files it builds on.
    """

    def __init__(self, kind: str, model: str, time: str, depends: tuple[str, ...]) -> None:
        self.kind = kind
        profiles = "".join(f"    <md:Model.profile>{item}</md:Model.profile>\n" for item in _PROFILES[kind])
        depending = "".join(f'    <md:Model.DependentOn rdf:resource="urn:uuid:{item}"/>\n' for item in depends)
        self._parts = [
            '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            f'xmlns:cim="{_CIM}" xmlns:entsoe="{_ENTSOE}" '
            'xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">\n'
            f'  <md:FullModel rdf:about="urn:uuid:{model}">\n'
            f"    <md:Model.created>{time}</md:Model.created>\n"
            f"    <md:Model.scenarioTime>{time}</md:Model.scenarioTime>\n"
            "    <md:Model.version>1</md:Model.version>\n"
            f"{profiles}{depending}"
            "    <md:Model.modelingAuthoritySet>joulebook</md:Model.modelingAuthoritySet>\n"
            "  </md:FullModel>\n"
        ]

    def add(self, name: str, identifier: str, values: Mapping[str, Any], *, about: bool = False) -> None:
        """Add an object, or values of one that another profile describes.

        Parameters
        ----------
        name : str
            Class.
        identifier : str
            Of the object.
        values : mapping of str to object
            Properties with their class; those that are None are left out.
        about : bool
            Whether another profile describes it.
        """
        mark = f'rdf:about="#_{identifier}"' if about else f'rdf:ID="_{identifier}"'
        lines = [f"  <cim:{name} {mark}>\n"]
        for key, value in values.items():
            if value is None or value != value:
                continue
            tag = f"entsoe:{key}" if key == "OperationalLimitType.limitType" else f"cim:{key}"
            if isinstance(value, Reference):
                lines.append(f'    <{tag} rdf:resource="#_{value.identifier}"/>\n')
            elif isinstance(value, Choice):
                space = _ENTSOE if value.extension else _CIM
                lines.append(f'    <{tag} rdf:resource="{space}{value.word}"/>\n')
            else:
                lines.append(f"    <{tag}>{_text(value)}</{tag}>\n")
        lines.append(f"  </cim:{name}>\n")
        self._parts.append("".join(lines))

    def content(self) -> bytes:
        """Give the file.

        Returns
        -------
        bytes
            UTF-8.
        """
        return ("".join(self._parts) + "</rdf:RDF>\n").encode()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, int):
        return str(value)
    return repr(float(value))


class Writer:
    """The four profiles of a set under way.

    Parameters
    ----------
    name : str
        Of the network: names the files, and with it every identifier.
    time : str
        Of the state, ISO 8601.
    """

    def __init__(self, name: str, time: str) -> None:
        self.name = name
        models = {kind: self.identifier("model", kind) for kind in _PROFILES}
        depends = {
            "EQ": (),
            "SSH": (models["EQ"],),
            "TP": (models["EQ"],),
            "SV": (models["SSH"], models["TP"]),
        }
        texts = {kind: ProfileText(kind, models[kind], time, depends[kind]) for kind in _PROFILES}
        self.eq, self.ssh, self.tp, self.sv = texts.values()
        self.notes: dict[str, int] = {}
        self.busbars: set[str] = set()
        self.levels: dict[str, str] = {}

    def note(self, text: str) -> None:
        """Remember what could not be written.

        Parameters
        ----------
        text : str
            One line.
        """
        self.notes[text] = self.notes.get(text, 0) + 1

    def identifier(self, *parts: str) -> str:
        """Make the identifier of an object: the same again for the same network.

        Parameters
        ----------
        *parts : str
            Table, identifier in the network, and which part of it.

        Returns
        -------
        str
            A UUID; that of the network where its identifier is one.
        """
        if len(parts) == 2 and parts[0] != "busbar":
            try:
                return str(uuid.UUID(parts[1]))
            except ValueError:
                pass
        return str(uuid.uuid5(_SPACE, "\0".join((self.name, *parts))))

    def level(self, bus: str) -> Reference:
        """Point to the voltage level of a bus.

        Parameters
        ----------
        bus : str
            Of the network.

        Returns
        -------
        Reference
            To the level.
        """
        return Reference(self.identifier("level", self.levels.get(bus, bus), "VL"))

    def archive(self) -> bytes:
        """Pack the set.

        Returns
        -------
        bytes
            A zip of the four files; the same again for the same network.
        """
        stream = io.BytesIO()
        stem = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in self.name)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for text in (self.eq, self.ssh, self.tp, self.sv):
                archive.writestr(
                    zipfile.ZipInfo(f"{stem}_{text.kind}.xml", _STAMP), text.content(), zipfile.ZIP_DEFLATED
                )
        return stream.getvalue()
