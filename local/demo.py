"""Demo data, created once through the user pool and the HTTP API."""

import http.client
import json
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from local.aws import Clients, Deployment
from local.errors import LocalError
from local.users import sign_in

_MADE = "/local/demo"


class RefusedError(LocalError):
    """The API answered 4xx or 5xx."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Person(NamedTuple):
    """A demo user. The password is not a secret: it is valid only in this machine's emulator."""

    email: str
    password: str
    name: str
    timezone: str


ADA = Person("ada@example.com", "Morning-Walk-7", "Ada Okafor", "Europe/Lisbon")
BEN = Person("ben@example.com", "Evening-Pages-9", "Ben Lindqvist", "America/Chicago")
SPACE = {
    "name": "Half marathon by spring",
    "description": "Three runs a week, honest check-ins, and a word of encouragement when it rains.",
    "category": "fitness",
}


def seed(clients: Clients, deployment: Deployment) -> None:
    """Ada creates a space, Ben joins it with its invite code. Does nothing once done.

    Raises:
        RefusedError: the API refused one of the steps.
    """
    ssm = clients.ssm
    try:
        ssm.get_parameter(Name=_MADE)
    except ssm.exceptions.ParameterNotFound:
        pass
    else:
        return
    for person in (ADA, BEN):
        _make_profile(clients, deployment, person)
    ada, ben = (sign_in(clients, deployment, person.email, person.password) for person in (ADA, BEN))
    mine = request(deployment, "GET", "/users/me/spaces", ada)["items"]
    space = mine[0] if mine else request(deployment, "POST", "/spaces", ada, SPACE)
    if not request(deployment, "GET", "/users/me/spaces", ben)["items"]:
        code = request(deployment, "POST", f"/spaces/{space['space_id']}/invite-code", ada)["code"]
        request(deployment, "POST", "/spaces/join", ben, {"code": code})
    ssm.put_parameter(Name=_MADE, Value="made", Type="String", Overwrite=True)


def request(
    deployment: Deployment, method: str, path: str, token: str, body: dict[str, str] | None = None
) -> dict[str, Any]:
    """Send a request to `/api/v1` + `path` and return the JSON.

    Raises:
        RefusedError: the API answered 4xx or 5xx; the message quotes its problem.
    """
    api = urlsplit(deployment.api_url)
    connection = http.client.HTTPConnection(api.netloc, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, f"{api.path}/api/v1{path}", json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        output = response.read()
    finally:
        connection.close()
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise RefusedError(f"{method} {path} answered {response.status}: {output.decode()}", response.status)
    answer: dict[str, Any] = json.loads(output)
    return answer


def _make_profile(clients: Clients, deployment: Deployment, person: Person) -> None:
    token = sign_in(clients, deployment, person.email, person.password)
    profile = {"email": person.email, "name": person.name, "timezone": person.timezone}
    try:
        request(deployment, "POST", "/users", token, profile)
    except RefusedError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
