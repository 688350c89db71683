"""A PostgreSQL server of our own on loopback, gone with its data when the block ends."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOMES = Path("/usr/lib/postgresql")  # where Debian puts versions, outside of $PATH
UNPRIVILEGED = "nobody"


def _program(name: str) -> str:
    found = sorted(HOMES.glob(f"*/bin/{name}")) or [shutil.which(name)]
    assert found[-1], f"no {name} here; install the package postgresql"
    return str(found[-1])


def _run(*command: str) -> None:
    """Run as somebody who is not root: PostgreSQL refuses to be."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    done = subprocess.run(
        command, user=user, cwd="/", check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert not done.returncode, done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(*settings: str) -> Iterator[str]:
    """Run a server; yield its address with user and password.

    Args:
        settings: as `name=value`.
    """
    folder = Path(tempfile.mkdtemp(prefix="flatwatt-postgresql-"))
    data, password = folder / "data", secrets.token_hex(12)
    (folder / "password").write_text(password)
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        shutil.chown(folder / "password", UNPRIVILEGED)
    port = _free_port()
    where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p {port}"
    options = " ".join([where, "-c fsync=off", *(f"-c {each}" for each in settings)])
    control = (_program("pg_ctl"), "-D", str(data), "-w")
    try:
        _run(_program("initdb"), "-D", str(data), "-U", "fleet", "-A", "scram-sha-256",
             f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C", "--no-sync",
             "--no-instructions")  # fmt: skip
        _run(*control, "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://fleet:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
