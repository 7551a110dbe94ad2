"""Whether Lambda initializes this environment ahead of requests, or while one waits.

Under SnapStart and provisioned concurrency no request waits for the loading, so everything is imported and
built then (docs/adr/0036). Otherwise a request waits, and pays only for what it uses.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

import os

AHEAD_OF_REQUESTS = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") in {
    "provisioned-concurrency",
    "snap-start",
}
