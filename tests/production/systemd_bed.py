"""A machine with a systemd of its own, in a folder: Debian by debootstrap, started by systemd-nspawn."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["ADDRESS", "Machine", "machine"]

ADDRESS = "10.77.0.2"
_OUTSIDE = "10.77.0.1"
_PACKAGES = (
    "systemd,systemd-sysv,dbus,libpam-systemd,libnss-systemd,ca-certificates,"
    "python3,python3-venv,openssl,iproute2,procps,curl,e2fsprogs,postgresql,tzdata"
)
_CONTROLLERS = ("memory", "pids", "cpu", "cpuacct", "devices", "blkio")
_INIT = """#!/bin/sh
# Where the outer machine has the older control groups, their controllers are writable here, as on a machine of its own.
for each in {controllers}; do
  [ -d /sys/fs/cgroup/$each ] && mount -o remount,rw,bind /sys/fs/cgroup/$each
done
exec /lib/systemd/systemd
"""
_LEFT_OUT = (".git", "__pycache__", "node_modules", ".venv", "labextension", "static", ".mypy_cache", ".ruff_cache")


class Machine:
    """A machine that commands can be run on as root.

    Parameters
    ----------
    enter : list of str
        What comes before a command; empty on the machine itself.
    """

    def __init__(self, enter: list[str], root: Path = Path("/"), address: str = "127.0.0.1") -> None:
        self.enter, self.root, self.address = enter, root, address

    def run(self, *command: str, check: bool = True, seconds: float = 300, typed: str | None = None) -> str:
        """Run a command; gives what it wrote."""
        done = subprocess.run(
            [*self.enter, *command], capture_output=True, text=True, timeout=seconds, check=False, input=typed
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def path(self, absolute: str) -> Path:
        """A file of the machine, as this program reaches it."""
        return self.root / absolute.lstrip("/")


def build(root: Path, checkout: Path) -> None:
    """Make the machine's files, once: Debian, and Joulebook in /opt/joulebook with this environment's packages."""
    if not (root / "usr").exists():
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm", str(root)], check=True
        )
    init = root / "sbin" / "bed-init"
    init.write_text(_INIT.format(controllers=" ".join(_CONTROLLERS)), encoding="utf-8")
    init.chmod(0o755)
    (root / "etc" / "hostname").write_text("bed\n", encoding="utf-8")
    target, here = root / "opt" / "joulebook", Path(sys.prefix)
    if not (target / ".venv").exists():
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["chroot", str(root), "python3", "-m", "venv", "/opt/joulebook/.venv"], check=True)
        packages = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
        if not (target / ".venv" / packages).is_dir():
            raise SystemExit(f"this Python is {sys.version_info[:2]}, the machine's another: use that version")
        for part in (packages, Path("share"), Path("etc")):
            shutil.copytree(here / part, target / ".venv" / part, symlinks=True, dirs_exist_ok=True)
        for program in (here / "bin").iterdir():
            there = target / ".venv" / "bin" / program.name
            if program.is_file() and not program.is_symlink() and not there.exists():
                text = program.read_bytes().replace(str(here).encode(), b"/opt/joulebook/.venv", 1)
                there.write_bytes(text)
                there.chmod(0o755)
        for path in (target / ".venv" / packages).glob("_editable_impl_joulebook.pth"):
            path.write_text(
                "".join(f"/opt/joulebook/{room}\n" for room in ("extension", "hub_config", "kernels", "solvers"))
            )
        _copy_built(checkout, target)
    bring(root, checkout)
    if not list((target / "solvers").rglob("*.nbi")):  # as tools/setup.sh does
        subprocess.run(["chroot", str(root), "/opt/joulebook/.venv/bin/joulebook", "warm"], check=True)
    node = shutil.which("node")
    if node and not (root / "usr/local/bin/node").exists():
        shutil.copy(Path(node).resolve(), root / "usr/local/bin/node")


def _copy_built(checkout: Path, target: Path) -> None:
    for part in (
        "hub_config/proxy/node_modules",
        "extension/joulebook_lab/labextension",
        "extension/joulebook_lab/static",
    ):
        if (checkout / part).exists():
            shutil.copytree(checkout / part, target / part, symlinks=True, dirs_exist_ok=True)


def bring(root: Path, checkout: Path) -> None:
    """Bring the checkout's sources and units to the machine."""
    target = root / "opt" / "joulebook"
    shutil.rmtree(target / "hub_config" / "joulebook_hub", ignore_errors=True)
    for room in ("hub_config", "kernels", "solvers", "extension", "notebooks"):
        shutil.copytree(
            checkout / room, target / room, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)
        )
        _open_to_all(target / room)
    for unit in (target / "hub_config" / "systemd").glob("joulebook*"):
        shutil.copy(unit, root / "etc/systemd/system")


def _open_to_all(room: Path) -> None:
    """Sources belong to root and may be read by everybody, whatever the checkout's owner and umask are."""
    for folder, _folders, files in os.walk(room):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            os.chown(path, 0, 0, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))


def _own_groups() -> None:
    """Go into control groups of one's own, where the machine has the older ones; the started machine begins there."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _number, controller, place = line.split(":", 2)
        if controller in _CONTROLLERS:
            folder = Path(f"/sys/fs/cgroup/{controller}{place.rstrip('/')}/joulebook-bed")
            folder.mkdir(exist_ok=True)
            (folder / "cgroup.procs").write_text(str(os.getpid()))


def _leader(nspawn: int) -> str:
    """Process id of the machine's init, seen from outside."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if lines["PPid"] == str(nspawn) and lines["NSpid"].split()[-1] == "1":
            return lines["Pid"]
    return ""


@contextmanager
def machine(root: Path) -> Iterator[Machine]:
    """Start the machine with a network of its own, in which 169.254.169.254 is an address of itself."""
    nspawn = (
        "systemd-nspawn --quiet --register=no --keep-unit --machine=bed --console=pipe --network-veth "
        f"--capability=all --system-call-filter='bpf perf_event_open @keyring' --directory={root} /sbin/bed-init"
    )
    command = ["unshare", "-m", "sh", "-c", f"mount -t tmpfs tmpfs /run && mkdir /run/systemd && exec {nspawn}"]
    with (root.parent / "console.log").open("wb") as console:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=_own_groups
        )
    try:
        deadline, leader = time.monotonic() + 30, ""
        while not (leader := _leader(process.pid)):
            assert process.poll() is None and time.monotonic() < deadline, (root.parent / "console.log").read_text()
            time.sleep(0.2)
        found = Machine(["nsenter", "-t", leader, "-a", "--"], root, ADDRESS)
        while "running" not in (state := found.run("systemctl", "is-system-running", check=False)):
            assert time.monotonic() < deadline and "degraded" not in state, state
            time.sleep(0.2)
        for line in (f"addr replace {_OUTSIDE}/24 dev ve-bed", "link set ve-bed up"):
            subprocess.run(["ip", *line.split()], check=True)
        for line in (f"addr add {ADDRESS}/24 dev host0", "link set host0 up", "addr add 169.254.169.254/32 dev lo"):
            found.run("ip", *line.split())
        yield found
    finally:
        os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
