"""Refuse the network to this Python process: Python imports this at its start.

`tests/offline/run.py` puts this folder on PYTHONPATH, so that kernels and workers get it
too. An audit hook sees every connection and every look-up of a name, and can't be removed.
"""

import ipaddress
import sys


def _refuse_network(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]  # no tuple: a socket in the file system
    else:
        return
    if not _is_this_machine(host):
        raise PermissionError(f"offline: {event} to {host!r} is refused")


def _is_this_machine(host):
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_network)
