"""A Dask cluster of a sweep's own: ``python -m joulebook_hub.jobs.cluster PROCESSES -- PROGRAM …``.

It starts with the sweep, as its user and in its process group, and ends with it; the sweep's ``distributed.Client()``
finds it by DASK_SCHEDULER_ADDRESS. So nobody's sweep runs in a process of somebody else's. A certificate that is made
with the cluster, and that only the cluster and its program have, keeps out who else reaches the machine's loopback.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Run a program beside a cluster.

    Parameters
    ----------
    arguments : list of str
        How many processes, ``--``, the program and its arguments.

    Returns
    -------
    int
        The program's exit status; a signal that ended it ends this process, too.
    """
    import dask
    from distributed import LocalCluster, Security

    dask.config.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []})
    security = Security.temporary()  # type: ignore[no-untyped-call]
    processes, command = int(arguments[0]), arguments[2:]
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=processes,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # Dask opens a port for its pages in any case; it has none, and is no other's
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,
        silence_logs=30,
        security=security,
        protocol="tls://",
    )
    try:
        environment = {
            **os.environ,
            "DASK_SCHEDULER_ADDRESS": cluster.scheduler_address,
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": security.tls_ca_file,
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT": security.tls_client_cert,
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY": security.tls_client_key,
        }
        program = subprocess.Popen(command, env=environment)
        # the group's SIGINT reaches the program, too; it decides how it ends
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = program.wait()
    finally:
        with suppress(TimeoutError, OSError):  # what does not end in time, the runner ends
            cluster.close(timeout=3)
    if status < 0:  # end in the same way, so that the runner sees how the work ended
        with suppress(OSError):
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
