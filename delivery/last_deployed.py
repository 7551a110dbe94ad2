"""Print the commit to roll back to: the last one that GitHub recorded as deployed successfully.

GitHub records every job with an `environment` as a deployment, which succeeds only if its smoke test does.
Prints nothing if there is none, or if it is the given commit, which then is not the cause of a failure.
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
    """The commit of the newest successful deployment in GitHub's response to the query.

    A deployment that another has replaced is `INACTIVE`, but still has the status `SUCCESS` in its list.
    """
    deployments = answer["data"]["repository"]["deployments"]["nodes"]
    for deployment in reversed(deployments):
        if any(status["state"] == "SUCCESS" for status in deployment["statuses"]["nodes"]):
            return str(deployment["commitOid"])
    return None


def ask(environment: str) -> dict[str, Any]:
    """Send the query to GitHub, with the token and repository of the job's environment variables.

    Raises:
        OSError: GitHub refuses the request or cannot be reached.
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
    """Print the commit to roll back to from `commit`, if any."""
    found = previous(ask(environment))
    if found and found != commit:
        print(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
