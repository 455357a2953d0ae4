"""A systemd as small as a test needs: `systemd-run` and `systemctl` on PATH, a table of units, and real processes.

A unit is a file in the table with its arguments and its leader's process id; a process of its own waits for the leader,
ends what is left of the unit, and takes the file away, as systemd does with units that are collected. A folder that a
unit would see elsewhere is replaced in its command by its source; what else systemd would wall off is looked at in
`Systemd.made`.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

PROGRAM = """#!{python} -IS
import fnmatch, json, os, pathlib, signal, sys, time
table, made = pathlib.Path({table!r}), pathlib.Path({made!r})
if (table / "ill").exists():
    sys.exit("Failed to connect to bus: Connection refused")


def end(unit):
    "SIGKILL to whatever carries the unit's mark, until nothing does."
    while True:
        left = 0
        for one in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                dead = (one / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
                if not dead and b"UNIT=" + unit.encode() in (one / "environ").read_bytes().split(b"\\0"):
                    left += 1
                    os.kill(int(one.name), signal.SIGKILL)
            except OSError:
                continue
        if not left:
            return
        time.sleep(0.01)


def start(words):
    rest = words.index("--")
    options, command = words[:rest], words[rest + 1:]
    pairs = [word[2:].split("=", 1) for word in options]
    given = dict(pair for pair in pairs if len(pair) == 2)
    unit = given["unit"]
    name = table / (unit + ".json")
    try:
        file = name.open("x")
    except FileExistsError:
        sys.exit("Failed to start transient service unit: Unit " + unit + " was already loaded.")
    with made.open("a") as notes:
        notes.write(json.dumps(words) + "\\n")
    places = [pair[1].split("=", 1)[1] for pair in pairs if pair[0] == "property" and pair[1].startswith("Bind")]
    sources = dict(reversed(one.split(":")) for place in places for one in place.split())
    command = [sources.get(word, word) for word in command]
    own = dict(pair[1].split("=", 1) for pair in pairs if pair[0] == "setenv")
    if os.fork():
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    child = os.fork()
    if not child:
        os.execve(command[0], command, dict(own, UNIT=unit))
    os.waitpid(child, 0)
    end(unit)
    name.unlink(missing_ok=True)
    os._exit(0)


words = sys.argv[1:]
if pathlib.Path(sys.argv[0]).name == "systemd-run":
    start(words)
words = [word for word in words if not word.startswith("--")]
verb, patterns = words[0], words[1:]
units = [one.name[:-5] for one in table.glob("*.json") if any(fnmatch.fnmatch(one.name[:-5], p) for p in patterns)]
if verb == "list-units":
    print(json.dumps([dict(unit=unit, load="loaded", active="active", sub="running") for unit in units]))
elif verb in ("stop", "kill"):
    for unit in units:
        end(unit)
    while any((table / (unit + ".json")).exists() for unit in units):
        time.sleep(0.01)
    sys.exit(0 if units else 5)
"""


class Systemd:
    """The programs in a folder, and what they have done.

    Parameters
    ----------
    folder : Path
        An empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.programs, self.table, self._made = folder / "bin", folder / "units", folder / "made"
        for place in (self.programs, self.table):
            place.mkdir(parents=True)
        self._made.touch()
        text = PROGRAM.format(python=sys.executable, table=str(self.table), made=str(self._made))
        for name in ("systemd-run", "systemctl"):
            path = self.programs / name
            path.write_text(text, encoding="utf-8")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def units(self) -> list[str]:
        """Units that there are."""
        return sorted(path.stem for path in self.table.glob("*.json"))

    @property
    def made(self) -> list[list[str]]:
        """Arguments of every start that was not refused."""
        return [json.loads(line) for line in self._made.read_text(encoding="utf-8").splitlines()]

    def is_ill(self, ill: bool) -> None:
        """Answer nothing from now on, or answer again."""
        place = self.table / "ill"
        if ill:
            place.touch()
        else:
            place.unlink()

    def run(self, *words: str) -> int:
        """Run `systemctl`."""
        return os.spawnv(os.P_WAIT, str(self.programs / "systemctl"), ["systemctl", *words])

    def close(self) -> None:
        """End all units."""
        (self.table / "ill").unlink(missing_ok=True)
        self.run("stop", "*")
