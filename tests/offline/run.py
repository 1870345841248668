"""Run a command without network: ``python tests/offline/run.py COMMAND...``.

On Linux the command gets a network namespace of its own, with nothing in it but the
loopback; where that is not allowed, `guard/sitecustomize.py` refuses every other address in
every Python process below. The first line on stderr says which of the two is in force.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

NAMESPACE = ["unshare", "--map-root-user", "--net"]
GUARD = Path(__file__).with_name("guard")


def main(words: list[str]) -> int:
    """Run the command that `words` are; an option before it chooses the way."""
    way = words.pop(0) if words[0].startswith("--") else "--choose"
    if way == "--inside":
        _raise_loopback()
        return subprocess.call(words)
    if way == "--namespace" or (way == "--choose" and has_namespaces()):
        print("offline: in a network namespace of its own", file=sys.stderr, flush=True)
        return subprocess.call(_inside(words))
    print("offline: under a socket guard", file=sys.stderr, flush=True)
    path = os.pathsep.join([str(GUARD), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.call(words, env={**os.environ, "PYTHONPATH": path})


def has_namespaces() -> bool:
    """Tell whether this machine lets us open a network namespace."""
    if not shutil.which(NAMESPACE[0]):
        return False
    return subprocess.run(_inside(["true"]), capture_output=True).returncode == 0


def _inside(words: list[str]) -> list[str]:
    return [*NAMESPACE, sys.executable, __file__, "--inside", *words]


def _raise_loopback() -> None:
    """Bring `lo` up, which a new namespace holds but down; as ``ip link set lo up`` does."""
    import fcntl

    set_flags, up = 0x8914, 0x1  # SIOCSIFFLAGS and IFF_UP of <linux/sockios.h> and <net/if.h>
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh22x", b"lo", up))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
