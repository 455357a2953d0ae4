"""Try the systemd profile for real: people, shared folders, GPU leases, jobs, walls, attacks, a drain, a backup.

By hand, as root, on a machine with debootstrap and systemd-nspawn (package systemd-container)::

    python tests/production/try_systemd.py /var/tmp/bed

The first run makes a Debian in /var/tmp/bed with the packages of the environment that runs this program; each run
starts it anew with an empty hub. Its kernel is the outer machine's. Every check prints a line with what was seen; the
exit status is the number of those that failed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attacks
from hub_people import Hub, Kernel, Person, wait_for
from systemd_bed import Machine, build, machine

NAME = "lab.example.org"
HOME = "/var/lib/joulebook"
CARD = "GPU-11111111-2222-3333-4444-555555555555"
JOULEBOOK = "/opt/joulebook/.venv/bin/joulebook"
SETTINGS = f"""JOULEBOOK_PROFILE=systemd
JOULEBOOK_HOME={HOME}
JOULEBOOK_PUBLIC_URL=https://{NAME}
JOULEBOOK_TLS_KEY=/etc/joulebook/tls.key
JOULEBOOK_TLS_CERT=/etc/joulebook/tls.crt
JOULEBOOK_HOST=0.0.0.0
JOULEBOOK_PORT=443
JOULEBOOK_BACKUPS=/var/backups/joulebook
JOULEBOOK_SERVER_MEMORY=768M
JOULEBOOK_SERVER_CORES=1
JOULEBOOK_ATTEMPTS_PER_MINUTE=1000
"""
WITH_CARD = "JOULEBOOK_GPU=1\nPYTHONPATH=/opt/card\n"


class Try:
    """One run: the machine, the hub on it, its people, and what was seen."""

    def __init__(self, there: Machine) -> None:
        self.machine = there
        self.hub = Hub(NAME, there.address, str(there.path("/etc/joulebook/tls.crt")))
        self.people: dict[str, Person] = {}
        self.kernels: dict[str, Kernel] = {}
        self.failed = 0

    def check(self, name: str, step: Callable[[Try], str]) -> None:
        """Run one step and print what was seen."""
        began = time.monotonic()
        try:
            seen = step(self)
        except Exception as error:
            self.failed += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            seen = f"FAILED {type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:400]}"
        print(f"{name:<34} {seen}   ({time.monotonic() - began:.1f} s)", flush=True)

    def command(self, *arguments: str) -> str:
        """Run `joulebook hub …` with the hub's settings, as the runbook says."""
        prefix = ("systemd-run", "--pipe", "--wait", "--quiet", "--property=EnvironmentFile=/etc/joulebook/hub.env")
        return self.machine.run(*prefix, JOULEBOOK, "hub", *arguments)

    def unit(self, name: str) -> str:
        uid = self.kernels[name].run("import os; print(os.getuid())")
        return f"joulebook-server-{uid}.service"

    def property(self, unit: str, name: str) -> str:
        return self.machine.run("systemctl", "show", "--value", f"--property={name}", unit).strip()


def configure(there: Machine) -> None:
    """An empty hub: settings, a certificate of its own, a card that NVML's stand-in tells of."""
    etc = there.path("/etc/joulebook")
    etc.mkdir(exist_ok=True)
    etc.chmod(0o700)
    names = f"subjectAltName=DNS:{NAME},DNS:*.{NAME}"
    there.run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
        *("-subj", f"/CN={NAME}", "-addext", names),
        *("-keyout", "/etc/joulebook/tls.key", "-out", "/etc/joulebook/tls.crt"),
    )
    (etc / "hub.env").write_text(SETTINGS + WITH_CARD, encoding="utf-8")
    (etc / "hub.env").chmod(0o600)
    there.run("systemctl", "daemon-reload")


def put_card(root: Path) -> None:
    """A card for hub and kernels: NVML's stand-in, and a file that stands for its device."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
    import fake_card

    folder = root / "opt" / "card"
    folder.mkdir(exist_ok=True)
    (folder / "pynvml.py").write_text(fake_card.NVML.format(cards=[CARD]), encoding="utf-8")
    command = ["chroot", str(root), "env", "PYTHONPATH=/opt/card", JOULEBOOK, "kernels", "install"]
    subprocess.run([*command, "--prefix", "/opt/joulebook/.venv"], check=True, capture_output=True)


def starts(run: Try) -> str:
    run.machine.run("mknod", "-m", "666", "/dev/nvidia0", "c", "1", "3")
    files = [f"/etc/systemd/system/{path.name}" for path in run.machine.path("/etc/systemd/system").glob("joulebook*")]
    told = run.machine.run("systemd-analyze", "verify", *files)
    run.machine.run("systemctl", "enable", "--now", "joulebook-hub.service", "joulebook-backup.timer")
    began = time.monotonic()
    wait_for(run.hub.answers, "the hub answers", 60)
    return f"answers {time.monotonic() - began:.1f} s after its start; verify says {told.strip() or 'nothing'}"


def people(run: Try) -> str:
    admin = Person(run.hub, "admin")
    admin.come_in(run.command("admin").split()[-1])
    run.people["admin"] = admin
    for name in ("ada", "bob", "cleo"):
        page = admin.submit("/hub/accounts", {"action": "add", "name": name})
        once = re.search(r"<code>(\S+)</code>", page.text)
        assert once, page.text[:300]
        run.people[name] = Person(run.hub, name)
        run.people[name].come_in(once.group(1))
    return "administrator by `joulebook hub admin`, three people with passwords of their own"


def servers(run: Try) -> str:
    took = {}
    for name in ("ada", "bob", "cleo"):
        person = run.people[name]
        took[name] = person.start()
        assert person.look() == 200, "the Lab, at the person's subdomain"
        run.kernels[name] = person.kernel()
        assert run.kernels[name].run("import joulebook.battery; print(6 * 7)") == "42"
    return "start " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())


def first_solve(run: Try) -> str:
    code = (
        "import time, joulebook as jb; began = time.monotonic(); cell = jb.battery.Cell.named('Chen2020');"
        "jb.battery.simulate(cell, 'Discharge at 1C until 4.0 V', progress=False); print(time.monotonic() - began)"
    )
    seconds = float(run.kernels["bob"].run(code, 600).split()[-1])
    return f"{seconds:.1f} s in a kernel, with the machine code that `joulebook warm` left in /opt/joulebook"


def identities(run: Try) -> str:
    code = "import os; print(os.getuid(), os.getcwd(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    seen = [run.kernels[name].run(code).split() for name in ("ada", "bob", "cleo")]
    assert len({uid for uid, _, _ in seen}) == 3
    assert all(rest == ["/home/joulebook", "0000000000000000"] for _, *rest in seen)
    second = run.people["ada"].start("second")
    kernel = run.people["ada"].kernel(server="second")
    assert kernel.run(code).split() == seen[0]
    run.people["ada"].stop("second")
    return f"users {', '.join(uid for uid, _, _ in seen)}, no capabilities; a second server in {second:.1f} s"


def sharing(run: Try) -> str:
    admin, bob = run.people["admin"], run.people["bob"]
    founded = admin.submit("/hub/organisations", {"action": "found", "title": "Coil group"})
    assert founded.url.endswith("/hub/organisations/coil-group"), founded.url
    page = "/hub/organisations/coil-group"
    assert admin.submit(page, {"action": "make project", "title": "Coil tests"}).status_code == 200
    for name in ("ada", "bob"):
        admin.submit(page, {"action": "invite", "invited": name, "role": "member"})
        person = run.people[name]
        asked = person.get("/hub/organisations")
        number = re.search(r'name="number" value="(\d+)"', asked.text)
        assert number, asked.text[:300]
        person.submit("/hub/organisations", {"action": "accept", "number": number.group(1)})
        person.stop()
        person.start()
        run.kernels[name] = person.kernel()
    place = "projects/coil-group.coil-tests"
    run.kernels["ada"].run(f"import os; os.mkdir('{place}/library'); open('{place}/turns.txt', 'w').write('12')")
    seen = run.kernels["bob"].run(
        f"import os; f = open('{place}/turns.txt', 'a'); f.write(' turns'); f.close(); print(open(f.name).read());"
        "print(os.listdir(os.environ['JOULEBOOK_LIBRARIES']),"
        " os.path.isdir(os.environ['JOULEBOOK_LIBRARIES'] + '/coil-group.coil-tests'),"
        f" oct(os.stat('{place}').st_mode))"
    )
    assert seen.splitlines() == ["12 turns", "['coil-group.coil-tests'] True 0o42770"], seen
    real = run.kernels["bob"].run(f"import os; print(os.path.realpath('{place}'))")
    code = f"import os\ntry: print(os.listdir('{real}'))\nexcept OSError as e: print(e.strerror)"
    stranger = run.kernels["cleo"].run(code)
    assert stranger == "No such file or directory", stranger
    began = time.monotonic()
    admin.submit(page, {"action": "remove", "user": "bob"})
    wait_for(lambda: "" not in bob.servers(), "bob's server is stopped when bob loses the folder", 30)
    lost = time.monotonic() - began
    bob.start()
    run.kernels["bob"] = bob.kernel()
    assert run.kernels["bob"].run(code) == "No such file or directory"
    return f"what one wrote the other changed; a stranger sees {stranger!r}; who leaves loses it within {lost:.1f} s"


def storage(run: Try) -> str:
    admin = run.people["admin"]
    where = f"{run.hub.url}/services/joulebook/people/ada/quota"

    def used() -> Any:
        answer = admin.session.get(where, headers={"Authorization": f"token {admin.token}"}, timeout=30)
        return next(each["used"] for each in answer.json()["meters"] if each["row"] == "storage")

    size = used()
    assert size > 0, "measured when the service started"
    return f"ada's home: {size} GB"


def leases(run: Try) -> str:
    code = "import os; print(os.environ.get('CUDA_VISIBLE_DEVICES'), os.path.exists('/dev/nvidia0'))"
    ada = run.people["ada"].kernel("joulebook-gpu")
    assert ada.run(code) == f"{CARD} True", ada.run(code)
    assert _states(run, "ada") == ["lent"], _states(run, "ada")
    bob = run.people["bob"].kernel("joulebook-gpu")
    waiting = bob.begin(code)  # a cell of a GPU kernel waits for its card
    wait_for(lambda: _states(run, "bob") == ["waiting"], "bob waits", 30)
    began = time.monotonic()
    ada.end()
    assert f"{CARD} True" in bob.read(waiting)  # after lines about waiting
    passed = time.monotonic() - began
    bob.end()
    run.kernels["lent"] = run.people["ada"].kernel("joulebook-gpu")
    assert f"{CARD} True" in run.kernels["lent"].run(code)
    return f"one card: ada has it, bob waits, and has it {passed:.1f} s after ada's kernel ends"


def _states(run: Try, name: str) -> list[str]:
    person = run.people[name]
    where = f"{run.hub.url}/services/joulebook/leases"
    answer = person.session.get(where, headers={"Authorization": f"token {person.token}"}, timeout=30)
    assert answer.status_code in {200, 503}, (answer.status_code, answer.text[:200])
    return [each["state"] for each in answer.json()["leases"]] if answer.status_code == 200 else []


def restart(run: Try) -> str:
    run.kernels["ada"].run("x = 41")
    before = run.property(run.unit("ada"), "MainPID")
    lent = run.kernels["lent"].run("import os; print(os.environ['CUDA_VISIBLE_DEVICES'], os.getpid())")
    began = time.monotonic()
    run.machine.run("systemctl", "restart", "joulebook-hub")
    wait_for(run.hub.answers, "the hub is back", 60)
    back = time.monotonic() - began
    for name in ("ada", "bob", "cleo"):
        wait_for(run.people[name].is_ready, f"{name}'s server is known again", 60)
    assert run.kernels["ada"].run("print(x + 1)") == "42"
    assert run.property(run.unit("ada"), "MainPID") == before
    wait_for(lambda: _states(run, "ada") == ["lent"], "ada's lease", 30)
    time.sleep(70)  # longer than a lease lives without heartbeats
    assert (
        _states(run, "ada") == ["lent"]
        and run.kernels["lent"].run("import os; print(os.environ['CUDA_VISIBLE_DEVICES'], os.getpid())") == lent
    )
    run.machine.run("systemctl", "kill", "--signal=KILL", "joulebook-hub")
    began = time.monotonic()
    wait_for(lambda: not run.hub.answers(), "the hub is gone", 30)
    wait_for(run.hub.answers, "systemd has started it again", 60)
    again = time.monotonic() - began
    wait_for(run.people["ada"].is_ready, "ada's server is known again", 60)
    assert run.kernels["ada"].run("print(x + 1)") == "42"
    run.kernels.pop("lent").end()
    return f"back after {back:.1f} s, killed: after {again:.1f} s; servers, variables and the lease were kept"


def drain(run: Try) -> str:
    run.people["cleo"].stop()
    run.command("drain", "--reason", "a try")
    answer = run.people["cleo"].api("POST", "/users/cleo/server")
    assert answer.status_code == 503, (answer.status_code, answer.text)
    assert run.kernels["ada"].run("print(6 * 7)") == "42"
    run.command("drain", "--undo")
    run.people["cleo"].start()
    return f"a start answers 503 ({answer.json()['message'][:44]}…), running kernels go on; undone"


def backup(run: Try) -> str:
    run.machine.run("systemctl", "start", "joulebook-backup.service")
    made = run.machine.run("sh", "-c", "ls -l /var/backups/joulebook").split("\n")[1]
    due = run.machine.run("systemctl", "list-timers", "--no-pager", "joulebook-backup.timer").splitlines()[1]
    mark = run.kernels["ada"].run("print(open('kept', 'w').write('mine'))")
    run.machine.run("systemctl", "start", "joulebook-backup.service")
    run.kernels["ada"].run("import os; os.unlink('kept')")
    run.machine.run("systemctl", "stop", "joulebook-server-*", "joulebook-job-*", "joulebook-hub")
    run.command("restore", "/var/backups/joulebook", "--replace")
    run.machine.run("systemctl", "start", "joulebook-hub")
    wait_for(run.hub.answers, "the restored hub answers", 60)
    ada = Person(run.hub, "ada", token=run.people["ada"].token)
    ada.submit("/hub/login", {"username": "ada", "password": ada.password, "next": "/hub/home"})
    assert ada.get("/hub/home").url.endswith("/hub/home"), "the password is the one of before"
    ada.start()
    again = ada.kernel().run("import os; print(open('kept').read(), os.stat('kept').st_uid == os.getuid())")
    assert (mark, again) == ("4", "mine True"), again
    return f"{made}; next {' '.join(due.split()[:3])}; restored: ada signs in and has the file of before"


_SWEEP = """
import json, os, pathlib, time, distributed
if __name__ == "__main__":
    def tried(action):
        try: return repr(action())[:60]
        except Exception as error: return type(error).__name__
    client = distributed.Client()
    told = {
        "answer": client.submit(lambda x: x + 1, 41).result(), "scheduler": client.scheduler.address,
        "who": [os.getuid(), os.getcwd()], "groups": len(os.getgroups()), "mark": os.environ["JOULEBOOK_JOB"],
        "hub": tried(lambda: os.listdir("HOME")), "card": tried(lambda: os.stat("/dev/nvidia0")),
        "order": tried(lambda: open("/run/joulebook/attempt/order.json", "a")),
        "secrets": [name for name in os.environ if "TOKEN" in name or "STORE" in name],
    }
    client.close()
    results = pathlib.Path(os.environ["JOULEBOOK_RESULTS"])
    (results / "told.json").write_text(json.dumps(told))
    place = pathlib.Path("starts")
    place.write_text((place.read_text() if place.exists() else "") + "x")
    print("started", flush=True)
    while not pathlib.Path("stop").exists():
        time.sleep(0.2)
""".replace("HOME", HOME)


def _job(run: Try, method: str = "GET", key: str = "", order: dict[str, Any] | None = None) -> Any:
    ada = run.people["ada"]
    where = f"{run.hub.url}/services/joulebook/jobs{'/' + key if key else ''}"
    headers = {"Authorization": f"token {ada.token}"}
    answer = ada.session.request(method, where, headers=headers, json=order, timeout=30)
    assert answer.status_code in {200, 201, 429, 503}, (answer.status_code, answer.text)
    if answer.status_code in {429, 503}:  # too many questions, or not back yet
        time.sleep(2)
    return answer.json() if answer.ok else {"state": "unknown"}


def jobs(run: Try) -> str:
    kernel = run.kernels["ada"]
    kernel.run(f"open('study.py', 'w').write({_SWEEP!r})")
    began = time.monotonic()
    key = _job(run, "POST", order={"order": {"kind": "sweep", "file": "study.py", "workers": 1}})["key"]

    def starts() -> str:
        return kernel.run("import os; print(open('starts').read() if os.path.exists('starts') else '')")

    wait_for(lambda: starts() == "x", "the sweep has its cluster", 90)
    begun = time.monotonic() - began
    unit = run.machine.run("systemctl", "list-units", "--plain", "--no-legend", "joulebook-job-*").split()[0]
    memory, quota, group = (run.property(unit, name) for name in ("MemoryMax", "CPUQuotaPerSecUSec", "ControlGroup"))
    assert "/joulebook-servers.slice/" in group, group
    before = run.property(unit, "MainPID")
    run.machine.run("systemctl", "restart", "joulebook-hub")
    wait_for(run.hub.answers, "the hub is back", 60)
    assert run.property(unit, "MainPID") == before, "the attempt lives on"
    kernel.run("open('stop', 'w').close()")
    done = wait_for(lambda: (job := _job(run, key=key))["state"] in {"done", "failed"} and job, "its end", 60)
    assert (done["state"], done["attempt"], starts()) == ("done", 1, "x"), done
    told = json.loads(kernel.run("import glob; print(open(glob.glob('jobs/*/told.json')[0]).read())"))
    refused = {"PermissionError", "FileNotFoundError", "OSError"}
    assert told["answer"] == 42 and not told["secrets"] and {told["hub"], told["order"], told["card"]} <= refused, told
    assert told["who"] == json.loads(kernel.run("import os; print([os.getuid(), os.getcwd()])").replace("'", '"')), told
    kernel.run("import os; os.unlink('stop')")
    key = _job(run, "POST", order={"order": {"kind": "sweep", "file": "study.py", "workers": 1}})["key"]
    wait_for(lambda: starts() == "xx", "another sweep", 90)
    run.machine.run("systemctl", "kill", "--signal=KILL", "joulebook-job-*")
    began = time.monotonic()
    wait_for(lambda: starts() == "xxx", "it is started again", 90)
    again = time.monotonic() - began
    _job(run, "POST", f"{key}/cancel")
    began = time.monotonic()
    wait_for(lambda: _job(run, key=key)["state"] == "cancelled", "it is cancelled", 60)
    ended = time.monotonic() - began
    units = ("systemctl", "list-units", "--plain", "--no-legend", "--all", "joulebook-job-*")
    wait_for(lambda: not run.machine.run(*units).strip(), "no unit is left", 10)
    return (
        f"a sweep with a cluster of its own in {begun:.1f} s, {memory} bytes, {quota} of a processor, in the slice of "
        f"servers; it lived on over a restart of the hub; killed, again after {again:.1f} s; cancelled in "
        f"{ended:.1f} s; "
        f"{_report(run)}"
    )


def _report(run: Try) -> str:
    cell = run.kernels["ada"].run("import glob; print(glob.glob('*.cell.json')[0])")
    order = {"kind": "report", "report": "cell", "file": cell, "options": {"rates": "1", "model": "SPM"}}
    began = time.monotonic()
    key = _job(run, "POST", order={"order": order})["key"]
    job = wait_for(lambda: (job := _job(run, key=key))["state"] in {"done", "failed"} and job, "the report", 120)
    assert job["state"] == "done", job
    return f"a report of a cell in {time.monotonic() - began:.1f} s, {[one['path'][-22:] for one in job['files']]}"


STEPS: tuple[tuple[str, Callable[[Try], str]], ...] = (
    ("the hub as a unit", starts),
    ("people", people),
    ("servers and kernels", servers),
    ("first solve", first_solve),
    ("identities, named servers", identities),
    ("shared folders, libraries", sharing),
    ("GPU leases", leases),
    ("jobs", jobs),
    ("restart under running servers", restart),
    ("storage", storage),
    *attacks.STEPS,
    ("drain", drain),
    ("backup and restore", backup),
)


def main() -> int:
    """Make the machine, start it, try everything."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the machine's files are kept")
    parser.add_argument("--keep", action="store_true", help="wait for Enter before the machine is stopped")
    chosen = parser.parse_args()
    root, checkout = (chosen.folder / "rootfs").resolve(), Path(__file__).resolve().parents[2]
    root.mkdir(parents=True, exist_ok=True)
    build(root, checkout)
    put_card(root)
    (root / "etc/systemd/system/multi-user.target.wants/joulebook-hub.service").unlink(missing_ok=True)
    for left in ("var/lib/joulebook", "var/backups/joulebook", "tmp/kept"):
        shutil.rmtree(root / left, ignore_errors=True)
    with attacks.small_disk(root), machine(root) as there:
        configure(there)
        run = Try(there)
        for name, step in STEPS:
            run.check(name, step)
        if chosen.keep:
            input("the machine runs; Enter stops it")
    return run.failed


if __name__ == "__main__":
    sys.exit(main())
