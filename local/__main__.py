"""`python -m local up | down | reset | token | logs | tables`: what the Makefile calls."""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from local import aws, demo, deployment, emulator, ports
from local.console import Step, fail
from local.errors import LocalError
from local.gaps import function_log
from local.tables import table_browser
from local.users import sign_in

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".local"
ENV_FILE = HOME / "env.json"
FRONT_END = "http://localhost:5173"  # the CORS origin of the environment
_INTERRUPTED = 130


def up() -> None:
    """Starts the embedded AWS if needed, deploys changes, seeds the demo once."""
    port = ports.chosen_port("LOCAL_PORT", 4566)
    with _exclusively():
        found = emulator.running(HOME)
        if found and found.port != port:
            with Step(f"Moving the embedded AWS from port {found.port} to {port}"):
                ports.check_port(port)
                emulator.stop(HOME)
            found = None
        if not found:
            with Step(f"Starting the embedded AWS on 127.0.0.1:{port}"):
                emulator.start(HOME, port, python=HOME / "venv" / "bin" / "python", origins=[FRONT_END])
        try:
            _deploy(aws.Clients(f"http://{ports.HOST}:{port}"))
        except BaseException:
            if not found:
                emulator.stop(HOME)  # nothing ran before this command
            raise


def down() -> None:
    """Stops the embedded AWS; its data stays."""
    with _exclusively():
        stopped = emulator.stop(HOME)
    print("Stopped. `make local` starts it again with its data." if stopped else "It was not running.")


def reset() -> None:
    """Stops the embedded AWS and deletes its data."""
    with _exclusively():
        emulator.stop(HOME)
        shutil.rmtree(HOME / "data", ignore_errors=True)
        ENV_FILE.unlink(missing_ok=True)
    print("Stopped, and its data is deleted.")


def token() -> None:
    """Prints the ID token of $EMAIL with $PASSWORD."""
    email, password = os.environ.get("EMAIL"), os.environ.get("PASSWORD")
    if not (email and password):
        raise LocalError("e-mail or password missing: make token EMAIL=ada@example.com PASSWORD=...")
    print(sign_in(*_running(), email, password))


def logs() -> None:
    """Prints the function's log."""
    print(function_log(*_running()))


def tables() -> None:
    """Shows the tables in a browser until Ctrl-C."""
    clients, _ = _running()
    port = ports.chosen_port("TABLES_PORT", 8001)
    with table_browser(clients.endpoint_url, port, root=ROOT) as browser:
        print(f"The tables: http://{ports.HOST}:{port} (Ctrl-C to stop)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            browser.wait()
    print()


def _running() -> tuple[aws.Clients, aws.Deployment]:
    found = emulator.running(HOME)
    if not found or not ENV_FILE.exists():
        raise LocalError("the local stack is not running; start it with `make local`")
    return aws.Clients(found.url), aws.Deployment.read(ENV_FILE)


def _deploy(clients: aws.Clients) -> None:
    there = deployment.deployed(clients, ROOT)
    if there:
        print("==> The stack is deployed and unchanged", flush=True)
    else:
        with Step("Bootstrapping the embedded account (cdk bootstrap)"):
            deployment.bootstrap(clients, work=HOME, root=ROOT)
        with Step("Deploying the stack (cdk deploy)", "about a minute the first time") as step:
            there = _deploy_or_advise(clients, step)
    there.write(ENV_FILE)
    with Step("Seeding the demo: two users who share a space"):
        _seed_demo(clients, there)
    _print_summary(there)


def _deploy_or_advise(clients: aws.Clients, step: Step) -> aws.Deployment:
    try:
        return deployment.deploy(clients, work=HOME, root=ROOT, step=step)
    except LocalError as error:
        advice = "if the deployed stack cannot be updated, run `make local-reset` and `make local`"
        raise LocalError(f"{error}; {advice}") from error


def _seed_demo(clients: aws.Clients, there: aws.Deployment) -> None:
    """Seeds the demo and makes the request that is then printed as a `curl`."""
    try:
        demo.seed(clients, there)
        id_token = sign_in(clients, there, demo.ADA.email, demo.ADA.password)
        demo.request(there, "GET", "/users/me/spaces", id_token)
    except demo.RefusedError as error:
        log = HOME / "function.log"
        log.write_text(function_log(clients, there))
        raise LocalError(f"{error}; the function's log is in {log}") from error


def _print_summary(there: aws.Deployment) -> None:
    who = f"EMAIL={demo.ADA.email} PASSWORD={demo.ADA.password}"
    print(f"""
Lifestyle Spaces runs on this machine.

  base URL    {there.api_url}
  settings    .local/env.json
  sign in as  {demo.ADA.email} with {demo.ADA.password} (owner of "{demo.SPACE["name"]}")
              {demo.BEN.email} with {demo.BEN.password} (member)
  or sign up  make token EMAIL=you@example.com PASSWORD=Your-Own-1  (prints an ID token)

Try it from this folder:

  curl -i -H "Authorization: Bearer $(make -s token {who})" \\
    {there.api_url}/api/v1/users/me/spaces

Inspect it:

  make docs        the documentation, with a form for each request and an inbox of all mail
  make tables      the table's items
  make example     a web page that signs in and lists one's spaces
  make local-logs  the function's log

`make local-down` stops it and keeps the data; `make local-reset` deletes the data.""")


@contextlib.contextmanager
def _exclusively() -> Iterator[None]:
    """Excludes another `make local` (or local-down, local-reset) in this folder."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "busy").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalError("another `make local` runs in this folder; wait until it ends") from error
        yield


def main() -> int:
    """Runs the command; the exit code is 1 after an error, 130 after Ctrl-C."""
    commands = {"up": up, "down": down, "reset": reset, "token": token, "logs": logs, "tables": tables}
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=commands)
    command = commands[parser.parse_args().command]
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # as under nohup
            signal.signal(sign, signal.default_int_handler)
    try:
        command()
    except LocalError as error:
        fail(str(error))
        return 1
    except KeyboardInterrupt:
        fail("interrupted; processes of this command are stopped, and it can be run again")
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
