"""`/health`: is it up?"""

from app import __version__
from tests.factories import Api


class TestGetHealth:
    def test_health_names_version_and_environment(self, api: Api) -> None:
        response = api.client.get("/health")

        assert response.status_code == 200
        assert response.json() == {"status": "ok", "version": __version__, "environment": "test"}

    def test_get_health_touches_no_other_service(self, api: Api, calls: list[str]) -> None:
        api.client.get("/health")

        assert calls == []

    def test_health_ignores_tokens(self, api: Api) -> None:
        response = api.client.get("/health", headers={"Authorization": "Bearer nonsense"})

        assert response.status_code == 200
