"""A process that speaks as ``joulebook report … --progress json`` does; the tests of the job table run it.

The name of the cell document says how it ends: ``good``, ``bad``, ``crash``, ``stubborn`` (ignores the
request to terminate), ``patient`` (waits for it), ``late`` (ends well in spite of it), ``chatty`` (prints more
than a pipe holds).
"""

import json
import signal
import sys
from pathlib import Path


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def answer_terminate(how: str) -> None:
    answers = {"stubborn": signal.SIG_IGN, "patient": lambda *_: sys.exit(130), "late": lambda *_: None}
    signal.signal(signal.SIGTERM, answers.get(how, signal.SIG_DFL))


def main() -> None:
    cell, pdf = Path(sys.argv[2]), Path(sys.argv[sys.argv.index("-o") + 1])
    html = Path(sys.argv[sys.argv.index("--html") + 1])
    how = cell.name.split(".")[0]
    answer_terminate(how)
    steps = [item.removeprefix("--protocol=") for item in sys.argv if item.startswith("--protocol=")]
    say(stage="notebook", label=steps[0] if sys.argv[1] == "simulation" else "Discharge curves", done=3, total=8)
    if how == "crash":
        sys.stderr.write("Traceback\nMemoryError: no room\n")
        sys.exit(3)
    if how == "bad":
        say(error="negative.porosity = -0.2: must be more than 0")
        sys.exit(1)
    if how == "chatty":
        sys.stdout.write("x" * 3_000_000 + "\n")
        sys.stderr.write("warning: much output\n" * 20_000)
    while how == "stubborn":
        signal.pause()
    if how in {"patient", "late"}:
        signal.pause()
    pdf.write_bytes(b"%PDF-1.7")
    html.write_text("<p>report</p>", encoding="utf-8")
    say(result={"pdf": str(pdf), "html": str(html)})


main()
