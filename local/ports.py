"""Ports of this machine's loopback interface."""

import http.client
import os
import socket

from local.errors import LocalError

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that is not in use."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def chosen_port(variable: str, default: int) -> int:
    """The port that an environment variable names.

    Raises:
        LocalError: its value is not a port.
    """
    text = os.environ.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise LocalError(f"{variable}={text} is not a port; choose a number from 1024 to 65535")
    return int(text)


def check_port(port: int, *, choose: str = "make local LOCAL_PORT") -> None:
    """Check that a port can be listened on. `choose` is the command to choose another.

    Raises:
        LocalError: it cannot.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do after a restart
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise LocalError(f"port {port} is reserved for root; choose one from 1024 up") from error
        except OSError as error:
            raise LocalError(
                f"port {port} is taken by another program; stop that program, "
                f"or choose another port: {choose}={free_port()}"
            ) from error


def answers(port: int, path: str) -> bool:
    """Whether an HTTP server responds there, with any status."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
