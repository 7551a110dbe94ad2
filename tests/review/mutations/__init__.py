"""Changes of the prod template, each with the verdict that a reviewer needs."""

from tests.review.mutations.api import API
from tests.review.mutations.data import DATA
from tests.review.mutations.function import FUNCTION
from tests.review.mutations.further import FURTHER
from tests.review.mutations.monitoring import WATCHING
from tests.review.mutations.permissions import ACCESS
from tests.review.mutations.reported import ISSUE
from tests.review.mutations.sign_in import SIGN_IN
from tests.review.mutations.unusual import UNUSUAL

MUTATIONS = (*ISSUE, *ACCESS, *API, *SIGN_IN, *FUNCTION, *DATA, *WATCHING, *FURTHER, *UNUSUAL)
