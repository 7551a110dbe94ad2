"""Prints the commit that an environment last ran well, as GitHub remembers it: what to return to.

Every job with an `environment` is a deployment to GitHub, and succeeds only if its smoke test does. Prints
nothing where there is none, or where it is the commit given, which then is not what ails the environment.
"""

import json
import os
import sys
import urllib.request
from typing import Any

_QUERY = """
query($owner: String!, $name: String!, $environment: String!) {
  repository(owner: $owner, name: $name) {
    deployments(environments: [$environment], last: 50) {
      nodes { commitOid statuses(first: 20) { nodes { state } } }
    }
  }
}
"""


def previous(answer: dict[str, Any]) -> str | None:
    """The commit of the newest deployment that ever succeeded, in GitHub's answer to the query.

    A deployment that another has replaced is `INACTIVE` by now, but keeps the status `SUCCESS` in its list.
    """
    deployments = answer["data"]["repository"]["deployments"]["nodes"]
    for deployment in reversed(deployments):
        if any(status["state"] == "SUCCESS" for status in deployment["statuses"]["nodes"]):
            return str(deployment["commitOid"])
    return None


def ask(environment: str) -> dict[str, Any]:
    """GitHub's answer, with what a workflow's job finds in its environment.

    Raises:
        OSError: GitHub refuses or is out of reach.
    """
    owner, name = os.environ["GITHUB_REPOSITORY"].split("/")
    variables = {"owner": owner, "name": name, "environment": environment}
    request = urllib.request.Request(  # noqa: S310 (GitHub's own address)
        os.environ["GITHUB_GRAPHQL_URL"],
        data=json.dumps({"query": _QUERY, "variables": variables}).encode(),
        headers={"Authorization": f"Bearer {os.environ['GH_TOKEN']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    return answer


def main(environment: str, commit: str) -> None:
    """Print where to return to from `commit`, if anywhere."""
    found = previous(ask(environment))
    if found and found != commit:
        print(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
