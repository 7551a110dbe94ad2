import pytest

from tests.infra.stack_helpers import ENVIRONMENTS, Backend, backend


@pytest.fixture(params=list(ENVIRONMENTS))
def each_environment(request: pytest.FixtureRequest) -> Backend:
    """The template of each environment in turn."""
    return backend(request.param)


@pytest.fixture
def prod() -> Backend:
    return backend("prod")


@pytest.fixture
def local() -> Backend:
    return backend("local")
