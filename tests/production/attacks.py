"""What somebody with a server may try against the machine, the hub and the neighbours."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub_people import wait_for

__all__ = ["STEPS", "small_disk"]

HOME = "/var/lib/joulebook"
_TRY = """
import os, socket, subprocess, glob, json
def tried(what, action):
    try: seen[what] = repr(action())[:60]
    except Exception as error: seen[what] = type(error).__name__
seen = {}
"""


@contextmanager
def small_disk(root: Path) -> Iterator[None]:
    """People's files on a disk of their own, of 400 MB, as the runbook advises."""
    image, place = root.parent / "people.ext4", root / "var/lib/joulebook/workspaces"
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(400_000_000)
    place.mkdir(parents=True)
    place.parent.chmod(0o700)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    try:
        yield
    finally:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
        here = [where for _what, where, *_rest in mounts if where.startswith(str(root / "var/lib/joulebook"))]
        for where in here:  # a restore has put the earlier folder aside, with the disk in it
            subprocess.run(["umount", where], check=True)


def walls(run: Any) -> str:
    """Look where one has no business: other homes, processes, the hub's secrets, devices, the machine's services."""
    victim = run.property(run.unit("ada"), "MainPID")
    port = run.machine.run(
        "sh", "-c", f"tr '\\0' '\\n' </proc/{victim}/environ | sed -n 's/^JUPYTERHUB_SERVICE_URL=//p'"
    )
    code = (
        _TRY
        + f"""
for path in ('{HOME}', '{HOME}/cookie_secret', '{HOME}/jupyterhub.sqlite', '{HOME}/workspaces/users/ada',
             '/etc/joulebook/hub.env', '/etc/shadow', '/proc/{victim}/environ', '/proc/{victim}/cwd/',
             '/proc/1/environ', '/run/userdb/secret', '/var/backups', '/run/systemd/private',
             '/run/dbus/system_bus_socket', '/run/postgresql'):
    tried('read ' + path, lambda: os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read())
for path in ('/etc/x', '/usr/x', '/opt/joulebook/x', '/run/x', '/var/lib/x', '/home/x', '/srv/x', '/dev/x', '/sys/x'):
    tried('write ' + path, lambda: open(path, 'w').close())
tried('own processes only', lambda: [
    p for p in os.listdir('/proc') if p.isdigit() and os.stat('/proc/' + p).st_uid != os.getuid()])
tried('become root', lambda: os.setuid(0))
tried('mount', lambda: subprocess.run(['mount', '-t', 'tmpfs', 'x', '/tmp'], capture_output=True, check=True))
tried('namespace', lambda: subprocess.run(['unshare', '-Ur', 'true'], capture_output=True, check=True))
tried('set-user-id', lambda: (open('/tmp/s', 'w').close(), os.chmod('/tmp/s', 0o4755)))
tried('signal the neighbour', lambda: os.kill({victim}, 15))
tried('units', lambda: subprocess.run(['systemctl', 'stop', 'joulebook-hub'], capture_output=True, check=True))
tried('device nodes', lambda: os.mknod('/tmp/n', 0o60666, os.makedev(254, 0)))
import urllib.request, urllib.error
def status(url):
    try: return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as error: return error.code
tried('neighbour server', lambda: status({port.strip()!r} + 'api/contents'))
tried('proxy', lambda: status('http://127.0.0.1:8001/api/routes'))
tried('hub users', lambda: status('http://127.0.0.1:8081/hub/api/users'))
print(json.dumps(seen))
"""
    )
    import json

    seen = json.loads(run.kernels["cleo"].run(code).splitlines()[-1])
    refused = {"FileNotFoundError", "PermissionError", "ProcessLookupError", "NotADirectoryError", "CalledProcessError"}
    allowed = {"neighbour server": "403", "proxy": "403", "hub users": "403", "own processes only": "[]"}
    wrong = {
        what: found
        for what, found in seen.items()
        if found != allowed.get(what) and found not in refused and not (found == "OSError" and what.startswith("write"))
    }
    assert not wrong, wrong
    return f"{len(seen)} tries, none let through"


def metadata(run: Any) -> str:
    """Reach the address where clouds keep credentials; something listens there on this machine."""
    run.machine.run(
        "systemd-run", "--quiet", "--unit=metadata", "python3", "-m", "http.server", "80", "--bind", "169.254.169.254"
    )
    ask = "import urllib.request as u\ntry: print(u.urlopen('http://169.254.169.254/', timeout=3).status)\n"
    ask += "except Exception as e: print(e)"
    wait_for(lambda: "200" in run.machine.run("python3", "-c", ask), "the address answers the machine itself", 10)
    seen = run.kernels["cleo"].run(ask)
    run.machine.run("systemctl", "stop", "metadata")
    assert "200" not in seen, seen
    return f"answers root with 200, a person's kernel with {seen!r}"


def alive(run: Any, seconds: float) -> str:
    """The hub's answers and a neighbour's kernel during an attack."""
    times, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline or len(times) < 10:
        began = time.monotonic()
        assert run.hub.answers(), "the hub does not answer"
        assert run.people["ada"].api("GET", "/user").status_code == 200
        times.append(time.monotonic() - began)
    began = time.monotonic()
    assert run.kernels["ada"].run("print(sum(range(10)))") == "45"
    kernel = time.monotonic() - began
    return (
        f"hub's answers median {1000 * statistics.median(times):.0f} ms, worst {1000 * max(times):.0f} ms, "
        f"neighbour's kernel {1000 * kernel:.0f} ms"
    )


def _again(run: Any, name: str) -> None:
    """A fresh server for somebody whose server was attacked from within."""
    person = run.people[name]
    if person.servers():
        person.stop()
    person.start()
    run.kernels[name] = person.kernel()


def fork_bomb(run: Any) -> str:
    unit = run.unit("cleo")
    code = "import subprocess; p = subprocess.Popen(['bash', '-c', ':(){ :|:& };:'], stderr=subprocess.DEVNULL)"
    run.kernels["cleo"].begin(code).close()
    most = 0
    for _ in range(20):
        most = max(most, int(run.property(unit, "TasksCurrent").replace("[not set]", "0")))
        time.sleep(0.1)
    seen = alive(run, 5)
    _again(run, "cleo")
    assert 500 < most <= 1024, most
    return f"{most} tasks at most; {seen}; the person's server starts anew"


def memory_bomb(run: Any) -> str:
    unit = run.unit("cleo")
    before = run.property(unit, "MainPID")
    bomb = "x = []\nwhile True: x.append(bytearray(8 << 20))"
    run.kernels["cleo"].begin(bomb).close()
    seen = alive(run, 8)
    after = run.property(unit, "MainPID")
    limit, used = run.property(unit, "MemoryMax"), run.property(unit, "MemoryCurrent")
    state = run.property(unit, "ActiveState")
    assert int(limit) <= 768 << 20, limit
    _again(run, "cleo")
    kept = "its server lived" if before == after else "its server died with it"
    return f"limit {int(limit) >> 20} MB, then {int(used) >> 20} MB, {kept} ({state}); {seen}"


def full_disk(run: Any) -> str:
    fill = (
        "import os\ndef fill(place):\n  n = 0\n  try:\n    with open(place + '/full', 'wb') as f:\n"
        "      while n < 4 << 30: n += f.write(bytes(1 << 20)); f.flush()\n"
        "  except OSError as e: return n >> 20, e.strerror\n"
        "  return n >> 20, 'no end'\n"
    )
    scratch = run.kernels["cleo"].run(fill + "print({p: fill(p) for p in ('/tmp',)})\nos.unlink('/tmp/full')", 180)
    wait_for(lambda: run.people["cleo"].is_ready(), "cleo's server", 30)
    _again(run, "cleo")
    home = run.kernels["cleo"].run(fill + "print(fill(os.environ['HOME']))", 180)
    seen = alive(run, 3)
    saved = run.kernels["ada"].run(
        "try: print(open('new', 'w').write('x' * 8192))\nexcept OSError as e: print(e.strerror)"
    )
    admin = run.people["admin"]
    assert admin.submit("/hub/accounts", {"action": "add", "name": "dora"}).status_code == 200
    run.kernels["cleo"].run("import os; os.unlink(os.environ['HOME'] + '/full')")
    return f"/tmp: {scratch[-60:]!r}; home: {home}; {seen}; a new account is written; a neighbour's save: {saved!r}"


STEPS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("walls", walls),
    ("metadata address", metadata),
    ("fork bomb", fork_bomb),
    ("memory bomb", memory_bomb),
    ("full disk", full_disk),
)
