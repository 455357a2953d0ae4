"""Try the docker profile with real containers: walls, shared folders, removal, limits under attack.

Run by hand, as root, on a machine with a Docker daemon and the two images of hub_config/docker/Dockerfile:

    python tests/production/try_docker.py [--keep]

The hub's container is started from what hub_config/docker/compose.yaml says, with three changes that are printed: it
ends TLS itself with a certificate made here, its databases are SQLite files, and the plan is Enterprise. Everything
lies in a temporary folder, people's files on a file system of 3 GB of their own, so that it can be filled. Containers,
network, firewall rules and folder are removed at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import yaml

ROOT = Path(__file__).resolve().parents[2]
HERE, PORT, HUB, NETWORK = "lab.test", 8443, "joulebook-hub", "joulebook"
OPERATOR = "try-it-with-this-token-and-never-in-earnest"
METADATA = "169.254.169.254"
SECRETS = (
    "COOKIE_SECRET",
    "PASSWORD",
    "SECRET",
    "DATABASE_URL",
    "STORE_URL",
    "ACCOUNTS_URL",
    "PROXY_AUTH",
    "CRYPT_KEY",
)
MORE = f"""
c = get_config()
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "try", "api_token": "{OPERATOR}"}}]
role = {{"name": "try", "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"], "services": ["try"]}}
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, role]
c.Authenticator.admin_users = {{"root-admin"}}
"""


def run(*words: object, check: bool = True, timeout: float = 120) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=timeout, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return (done.stdout + done.stderr).strip()


def wait(what: Callable[[], Any], seconds: float = 90.0) -> float:
    """Seconds until something is so; infinity if it never is."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        with suppress(httpx.HTTPError, KeyError, ValueError):
            if what():
                return time.monotonic() - begin
        time.sleep(0.2)
    return float("inf")


class Lab:
    """The hub as people and operator see it, and what was found."""

    def __init__(self) -> None:
        self.web = httpx.Client(verify=False, timeout=60)
        self.tokens: dict[str, str] = {}
        self.faults = 0

    def ask(self, method: str, path: str, *, who: str = "", host: str = HERE, **more: Any) -> httpx.Response:
        token = self.tokens[who] if who else OPERATOR
        headers = {"Host": host, "Authorization": f"token {token}"}
        return self.web.request(method, f"https://127.0.0.1:{PORT}{path}", headers=headers, **more)

    def service(self, method: str, path: str, who: str, **more: Any) -> httpx.Response:
        return self.ask(method, f"/services/joulebook/{path}", who=who, host=f"joulebook--service.{HERE}", **more)

    def files(self, who: str, path: str, content: str | None = None) -> httpx.Response:
        place = f"/user/{who}/api/contents/{path}"
        if content is None:
            return self.ask("GET", place, who=who, host=f"{who}.{HERE}")
        body = {"type": "file", "format": "text", "content": content}
        return self.ask("PUT", place, who=who, host=f"{who}.{HERE}", json=body)

    def sign_up(self, who: str) -> None:
        self.ask("POST", f"/hub/api/users/{who}")
        self.tokens[who] = self.ask("POST", f"/hub/api/users/{who}/tokens", json={"note": "try"}).json()["token"]

    def start(self, who: str) -> tuple[int, float]:
        """Status of the request, and seconds until the server answers."""
        status = self.ask("POST", f"/hub/api/users/{who}/server").status_code
        return status, wait(lambda: self.answers(who)) if status in {201, 202} else float("inf")

    def stop(self, who: str) -> None:
        wait(lambda: self.is_gone(who) and not there(who))

    def is_gone(self, who: str) -> bool:
        """Whether the hub knows of no server; asks it to stop one that it still knows."""
        known = self.ask("GET", f"/hub/api/users/{who}").json()["servers"]
        if known and not known[""]["pending"]:
            self.ask("DELETE", f"/hub/api/users/{who}/server")
        return not known

    def answers(self, who: str) -> bool:
        return self.ask("GET", f"/user/{who}/api/status", who=who, host=f"{who}.{HERE}").status_code == 200

    def hub_answers(self) -> bool:
        return self.ask("GET", "/hub/health").status_code == 200

    def check(self, what: str, good: object, seen: object = "") -> None:
        self.faults += not good
        print(f"{'ok  ' if good else 'FAIL'} {what}{f': {seen}' if seen != '' else ''}", flush=True)


def container(who: str) -> str:
    return f"jupyter-{who}"


def there(who: str) -> bool:
    return bool(run("docker", "ps", "-q", "--filter", f"name=^{container(who)}$"))


def inside(who: str, command: str, timeout: float = 120) -> tuple[int, str]:
    done = subprocess.run(
        ["docker", "exec", container(who), "sh", "-c", command],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def processes(who: str) -> int:
    return int(run("docker", "stats", "--no-stream", "--format", "{{.PIDs}}", container(who), check=False) or 0)


@contextmanager
def attack(command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Something that goes on in ada's container meanwhile."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    going = subprocess.Popen(["docker", "exec", container("ada"), "sh", "-c", command], **quiet)
    try:
        yield going
    finally:
        going.terminate()
        going.wait(60)


@contextmanager
def laboratory(folder: Path, keep: bool) -> Iterator[Path]:
    """Network, firewall, file system and the hub's container, as compose.yaml and its neighbours say."""
    tree, state = folder / "workspaces", folder / "state"
    for each in (tree, state):
        each.mkdir()
    run("truncate", "-s", "3G", folder / "disk")
    run("mkfs.ext4", "-q", folder / "disk")
    run("mount", "-o", "loop", folder / "disk", tree)
    names = f"subjectAltName=DNS:{HERE},DNS:*.{HERE}"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={HERE}",
        "-addext",
        names,
    ]
    run(*made, "-keyout", state / "key.pem", "-out", state / "cert.pem")
    configuration = (ROOT / "hub_config" / "jupyterhub_config.py").read_text(encoding="utf-8") + MORE
    (folder / "config.py").write_text(configuration, encoding="utf-8")
    os.environ["JOULEBOOK_WORKSPACES"] = str(tree)
    compose = yaml.safe_load((ROOT / "hub_config" / "docker" / "compose.yaml").read_text(encoding="utf-8"))
    network = compose["networks"]["joulebook"]
    options = [f"--opt={name}={value}" for name, value in network["driver_opts"].items()]
    try:
        run("docker", "network", "create", *options, network["name"])
        run("sh", ROOT / "hub_config" / "docker" / "firewall.sh")
        run(*hub_command(compose["services"]["hub"], folder))
        yield tree
    finally:
        if not keep:
            clear(folder)


def hub_command(hub: dict[str, Any], folder: Path) -> list[str]:
    environment = {name: value for name, value in hub["environment"].items() if not name.endswith("_URL")}
    environment |= {"JOULEBOOK_TLS": "own", "JOULEBOOK_DEFAULT_PLAN": "enterprise", "JOULEBOOK_SERVER_MEMORY": "1G"}
    environment |= {"JOULEBOOK_SERVER_CORES": "1"}
    environment |= {"JOULEBOOK_TLS_KEY": "/srv/joulebook/key.pem", "JOULEBOOK_TLS_CERT": "/srv/joulebook/cert.pem"}
    environment |= {"JOULEBOOK_PUBLIC_URL": f"https://{HERE}", "JOULEBOOK_WORKSPACES": str(folder / "workspaces")}
    print("in place of compose.yaml's: own TLS, SQLite databases, plan Enterprise, 1 GB and 1 core a server")
    volumes = [volume for volume in hub["volumes"] if not volume.startswith(("state:", "${"))]
    volumes = [f"{folder}/state:/srv/joulebook", f"{folder}/workspaces:/srv/joulebook/workspaces", *volumes]
    volumes += [f"{folder}/config.py:/etc/try.py:ro"]
    return [
        *("docker", "run", "-d", "--name", HUB, "--network", NETWORK, "-p", f"127.0.0.1:{PORT}:8000"),
        *("--user", hub["user"], "--hostname", HUB),
        *(f"--cap-drop={each}" for each in hub["cap_drop"]),
        *(f"--cap-add={each}" for each in hub["cap_add"]),
        *(f"--security-opt={each}" for each in hub["security_opt"]),
        *(word for name, value in environment.items() for word in ("-e", f"{name}={value}")),
        *(word for volume in volumes for word in ("-v", volume)),
        *(hub["image"], "jupyterhub", "-f", "/etc/try.py"),
    ]


def clear(folder: Path) -> None:
    mine = run("docker", "ps", "-aq", "--filter", f"network={NETWORK}").split()
    if mine:
        run("docker", "rm", "-f", *mine)
    run("docker", "network", "rm", NETWORK, check=False)
    for chain in ("DOCKER-USER", "INPUT"):
        for network in ("169.254.0.0/16", "100.100.100.200/32"):
            run("iptables", "-D", chain, "-i", "joulebook0", "-d", network, "-j", "REJECT", check=False)
    run("ip", "netns", "del", "try-metadata", check=False)
    run("umount", folder / "workspaces", check=False)
    shutil.rmtree(folder, ignore_errors=True)


def shared_folders(lab: Lab, tree: Path) -> None:
    founded = lab.service("POST", "organisations", "ada", json={"title": "Acme"})
    project = lab.service("POST", "organisations/acme/projects", "ada", json={"title": "Coil"})
    lab.check("ada founds an organisation with a project", project.status_code == 201, founded.status_code)
    asked = lab.service("POST", "organisations/acme/invitations", "ada", json={"invited": "bob"}).json()
    body = {"accept": True, "token": asked["token"]}
    lab.check("bob joins", lab.service("POST", "invitations/answers", "bob", json=body).status_code == 204)
    for who in ("ada", "bob", "eve"):
        status, seconds = lab.start(who)
        lab.check(f"{who}'s server starts", seconds < 90, f"status {status}, {seconds:.1f} s")
    print("    ", {who: inside(who, "id")[1] for who in ("ada", "bob", "eve")})
    path = "projects/acme.coil/turns.txt"
    lab.check("ada writes a file into the project", lab.files("ada", path, "12").status_code == 201)
    lab.check("bob reads it", lab.files("bob", path).json().get("content") == "12")
    lab.check("bob writes it", lab.files("bob", path, "34").status_code == 200)
    lab.check("ada reads what bob wrote", lab.files("ada", path).json().get("content") == "34")
    code, seen = inside(
        "bob", f"umask 077; mkdir ~/projects/acme.coil/deep && echo 5 > ~/projects/acme.coil/deep/f; ls -la ~/{path}"
    )
    lab.check(
        "rights do not hang on the umask",
        code == 0 and inside("ada", "echo 6 >> ~/projects/acme.coil/deep/f")[0] == 0,
        seen,
    )
    lab.check("eve has no such folder", lab.files("eve", path).status_code == 404)
    code, seen = inside("eve", "ls -R /srv/joulebook 2>&1 | head -5; ls ~/projects")
    lab.check(
        "eve's container has no shared folder in it",
        "turns" not in seen and "projects/" not in seen,
        seen.replace("\n", " | "),
    )
    uid = inside("eve", "id -u")[1]
    wrong = [
        "docker",
        "run",
        "--rm",
        "--user",
        f"{uid}:{uid}",
        "-v",
        f"{tree}:/all",
        "--entrypoint",
        "sh",
        "joulebook:0.1.0",
    ]
    seen = run(*wrong, "-c", "cat /all/projects/1/turns.txt; ls /all/users/ada; echo end", check=False)
    lab.check(
        "eve is kept out even by a wrong mount of everything",
        seen.count("ermission denied") == 2,
        seen.replace("\n", " | "),
    )


def secrets(lab: Lab) -> None:
    names = inside("ada", "tr '\\0' '\\n' < /proc/1/environ | cut -d= -f1")[1].split()
    found = [name for name in names if any(secret in name for secret in SECRETS) or name.startswith("AWS_")]
    lab.check(
        "no secret in a server's environment",
        not found and "JUPYTERHUB_API_TOKEN" in names,
        found or f"{len(names)} names",
    )
    listed = inside(
        "ada",
        "ls /var/run/docker.sock 2>&1; grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/1/status",
    )[1]
    lab.check(
        "no capability, no new privileges",
        "CapEff:\t0000000000000000" in listed and "NoNewPrivs:\t1" in listed,
        listed.replace("\n", " | "),
    )
    lab.check("the image is not written to", inside("ada", "touch /opt/joulebook/x")[0] != 0)


def metadata(lab: Lab) -> None:
    """A server on the clouds' address, one hop away from this machine as there."""
    run("ip", "netns", "add", "try-metadata")
    run("ip", "link", "add", "try0", "type", "veth", "peer", "name", "try1", "netns", "try-metadata")
    run("ip", "addr", "add", "10.213.7.1/30", "dev", "try0")
    run("ip", "link", "set", "try0", "up")
    within = ("ip", "netns", "exec", "try-metadata")
    run(*within, "ip", "addr", "add", "10.213.7.2/30", "dev", "try1")
    run(*within, "ip", "addr", "add", f"{METADATA}/32", "dev", "try1")
    run(*within, "ip", "link", "set", "try1", "up")
    run(*within, "ip", "route", "add", "default", "via", "10.213.7.1")
    run("ip", "route", "add", f"{METADATA}/32", "via", "10.213.7.2")
    folder = tempfile.mkdtemp()
    cloud = subprocess.Popen(
        [*within, sys.executable, "-m", "http.server", "80", "--bind", METADATA, "-d", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    code = f"import urllib.request as u; print(u.urlopen('http://{METADATA}/', timeout=4).status)"
    ask = f'python -c "{code}" 2>&1 | tail -1'
    try:
        wait(lambda: "Directory" in run("curl", "-s", f"http://{METADATA}/", check=False), 10)
        shut = inside("ada", ask)[1]
        run("iptables", "-D", "DOCKER-USER", "-i", "joulebook0", "-d", "169.254.0.0/16", "-j", "REJECT")
        opened = inside("ada", ask)[1]
        run("sh", ROOT / "hub_config" / "docker" / "firewall.sh")
        lab.check(
            "the metadata address is out of reach",
            "200" not in shut and opened == "200",
            f"{shut}; without firewall.sh: {opened}",
        )
    finally:
        cloud.terminate()
        cloud.wait()
        run("ip", "route", "del", f"{METADATA}/32", check=False)
        run("ip", "netns", "del", "try-metadata", check=False)
        Path(folder).rmdir()


def attacks(lab: Lab, tree: Path) -> None:
    def alive() -> str:
        begin = time.monotonic()
        good = (
            lab.hub_answers()
            and lab.answers("bob")
            and lab.files("bob", "projects/acme.coil/turns.txt").status_code == 200
        )
        return f"hub and neighbour answered in {time.monotonic() - begin:.2f} s" if good else ""

    bomb = "python -c \"x=[]\nwhile True: x.append(b'x' * 10_000_000)\""
    begin = time.monotonic()
    with attack(bomb) as going:
        seen = alive()
        going.wait(120)
        took, code = time.monotonic() - begin, going.returncode
    lab.check("memory bomb", seen and code == 137, f"ended by signal {code - 128} after {took:.1f} s; {seen}")
    lab.check("ada's own server lives or comes back", lab.answers("ada") or lab.start("ada")[1] < 90)
    fork = 'python -c "import os, time\nwhile True:\n try: os.fork()\n except OSError: time.sleep(1)"'
    with attack(fork):
        wait(lambda: processes("ada") >= 1000, 30)
        count, seen = processes("ada"), alive()
        lab.check("fork bomb", seen and 1000 <= count <= 1024, f"{count} processes of at most 1024; {seen}")
        run("docker", "kill", container("ada"), check=False)
    lab.stop("ada")
    _, seconds = lab.start("ada")
    lab.check("ada gets a new server after it", seconds < 90, f"{seconds:.1f} s")
    inside("ada", "dd if=/dev/zero of=/tmp/fill bs=4M; rm -f /tmp/fill", 300)
    lab.check("a full /tmp ends nothing", lab.answers("ada"))
    _, seen_by = inside("ada", "dd if=/dev/zero of=$HOME/fill bs=4M 2>&1 | head -1", 300)
    seen = alive()
    free = os.statvfs(tree).f_bavail
    full = lab.files("bob", "projects/acme.coil/more.txt", "x" * 2_000_000).status_code
    lab.check(
        "disk filled by a container",
        seen and "No space left" in seen_by,
        f"{free} blocks free; {seen}; bob's new file meanwhile: {full}",
    )
    machine = os.statvfs("/")
    lab.check("the machine's own disk has room", machine.f_bavail * machine.f_bsize > 1e9)
    lab.check(
        "the filled disk is ada's to clear",
        inside("ada", "rm $HOME/fill && dd if=/dev/zero of=$HOME/data bs=1M count=300")[0] == 0,
    )
    lab.check("bob writes again", lab.files("bob", "projects/acme.coil/more.txt", "x").status_code in {200, 201})


def storage(lab: Lab) -> None:
    run("docker", "restart", "-t", "30", HUB, timeout=180)
    back = wait(lambda: lab.hub_answers() and lab.answers("bob") and lab.answers("ada"))
    lab.check("servers outlive a restart of the hub", back < 90, f"all answer after {back:.1f} s")

    lab.sign_up("root-admin")
    less = {"kind": "person", "subject": "ada", "row": "storage", "value": 0.2, "reason": "trying the limit"}
    lab.check(
        "an administrator sets 0.2 GB", lab.service("POST", "overrides", "root-admin", json=less).status_code == 201
    )

    def used() -> float:
        meters = lab.service("GET", "quota", "ada").json()["meters"]
        return float(next(meter["used"] for meter in meters if meter["row"] == "storage"))

    took = wait(lambda: used() > 0.3)
    lab.check("storage is measured", took < 90, f"{used():.3f} GB for a file of 0.315 GB, after {took:.1f} s")
    lab.stop("ada")
    refused = lab.ask("POST", "/hub/api/users/ada/server")
    lab.check(
        "the hard limit refuses a start",
        refused.status_code == 402,
        f"{refused.status_code} {refused.json().get('message', '')[:90]}",
    )


def room(lab: Lab, tree: Path) -> None:
    (tree / "users" / "ada" / "data").unlink()
    status, seconds = lab.start("ada")
    lab.check("with room again it starts, measured afresh", seconds < 90, f"status {status}")


def removal(lab: Lab) -> None:
    begin = time.monotonic()
    gone = lab.service("DELETE", "organisations/acme/members/bob", "ada")
    took = wait(lambda: not there("bob"))
    lab.check(
        "removal ends bob's server",
        gone.status_code == 204 and took < 30,
        f"{time.monotonic() - begin:.1f} s after the request",
    )
    wait(lambda: lab.is_gone("bob"))
    _, seconds = lab.start("bob")
    _, seen = inside("bob", "id -G; ls ~/projects /srv/joulebook/workspaces 2>&1")
    lab.check(
        "and it comes back without the folder", seconds < 90 and "acme.coil" not in seen, seen.replace("\n", " | ")
    )
    lab.check("ada's server went on", lab.answers("ada"))


def main() -> None:
    keep = "--keep" in sys.argv
    folder = Path(tempfile.mkdtemp(prefix="joulebook-try-"))
    lab = Lab()
    with laboratory(folder, keep) as tree:
        took = wait(lab.hub_answers)
        lab.check("the hub answers", took < 90, f"after {took:.1f} s")
        if took > 90:
            raise SystemExit(run("docker", "logs", "--tail", "60", HUB))
        for who in ("ada", "bob", "eve"):
            lab.sign_up(who)
        shared_folders(lab, tree)
        secrets(lab)
        metadata(lab)
        attacks(lab, tree)
        storage(lab)
        room(lab, tree)
        removal(lab)
        log = run("docker", "logs", HUB)
        lab.check(
            "no token in the hub's log", not [token for token in (*lab.tokens.values(), OPERATOR) if token in log]
        )
        if lab.faults:
            (Path(tempfile.gettempdir()) / "joulebook-try.log").write_text(log, encoding="utf-8")
    print(json.dumps({"faults": lab.faults}))
    sys.exit(bool(lab.faults))


if __name__ == "__main__":
    main()
