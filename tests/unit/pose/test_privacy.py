"""No video leaves the machine: a pose run opens no network connection."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lastrep.pose.backends import BACKENDS

ESTIMATE = """
from lastrep.pose.estimate_video import estimate_video
print(estimate_video({clip!r}, model="lite", backend={backend!r}).frames_with_pose)
"""

CONNECT = """
import socket
socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect_ex(("127.0.0.1", 9))
"""

#: Makes Python's own network calls fail, before anything else runs.
GUARD = """
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        raise PermissionError(f"network: {event}")
sys.addaudithook(refuse)
"""


def python(code: str, *before: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )


def internet_calls(code: str, folder: Path) -> list[str]:
    """Return the system calls that touch an internet socket or name server."""
    trace = folder / "trace"
    watched = python(code, "strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace))
    assert watched.returncode == 0, watched.stderr
    return [line for line in trace.read_text().splitlines() if re.search(r"AF_INET|PF_INET", line)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_python_code_reaches_for_no_network(clip: Path, backend: str) -> None:
    assert "network: socket.connect" in python(GUARD + CONNECT).stderr
    done = python(GUARD + ESTIMATE.format(clip=str(clip), backend=backend))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "true"], capture_output=True).returncode == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_native_code_reaches_for_no_network(clip: Path, tmp_path: Path, backend: str) -> None:
    """Native code passes Python's guards by, so system calls are watched."""
    if not strace_works():
        assert not os.environ.get("CI"), "strace must be there (apt-get install strace)"
        pytest.skip("strace is not installed, or may not be used here")
    assert internet_calls(CONNECT, tmp_path), "the watch itself works"
    assert internet_calls(ESTIMATE.format(clip=str(clip), backend=backend), tmp_path) == []
