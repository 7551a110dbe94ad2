"""The app and the stack know each other by contract only; here the two sides are held together."""

import json

from app.core.config import Parameters, Settings
from app.models import access_patterns
from codegen import openapi, parameters
from tests.infra.stack_helpers import Backend

# What Lambda or an emulator, not the stack, puts into the environment.
NOT_OF_THE_STACK = {"AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_CA_BUNDLE"}


class TestRoutes:
    def test_routes_are_those_of_the_app(self, each_environment: Backend) -> None:
        exposed = {(path, method) for path, method, _ in each_environment.methods() if method != "OPTIONS"}
        assert exposed == {
            (path, method.upper())
            for path, operations in json.loads(openapi.render())["paths"].items()
            for method in operations
        }


class TestConfiguration:
    def test_variables_are_those_that_the_app_reads(self, each_environment: Backend) -> None:
        variables = each_environment.properties("Lambda::Function")["Environment"]["Variables"]
        own = {name for name in variables if not name.startswith("POWERTOOLS_")}
        assert own == {name.upper() for name in Settings.model_fields} - NOT_OF_THE_STACK

    def test_parameters_are_those_that_the_app_reads(self, each_environment: Backend) -> None:
        prefix = each_environment.properties("Lambda::Function")["Environment"]["Variables"][
            "PARAMETER_PREFIX"
        ]
        values = {
            each["Properties"]["Name"].removeprefix(f"{prefix}/app/"): each["Properties"]["Value"]
            for each in each_environment.all("SSM::Parameter").values()
            if each["Properties"]["Name"].startswith(f"{prefix}/app/")
        }
        assert set(values) == set(Parameters.model_fields)
        Parameters.model_validate(values)

    def test_parameters_file_is_generated_from_the_app(self) -> None:
        assert parameters.PATH.read_text(encoding="utf-8") == parameters.render()

    def test_parameters_have_bounds_unit_and_description(self) -> None:
        assert json.loads(parameters.render())["max_spaces_per_user"] == {
            "description": "Spaces that one user may be in",
            "maximum": 100,
            "minimum": 1,
            "type": "integer",
            "unit": "spaces",
        }


class TestTable:
    def test_index_and_keys_are_those_that_queries_use(self, each_environment: Backend) -> None:
        table = each_environment.properties("DynamoDB::Table")
        (index,) = table["GlobalSecondaryIndexes"]
        schemas = {None: table["KeySchema"], index["IndexName"]: index["KeySchema"]}
        for query in (
            access_patterns.members_of_space(space_id="S"),
            access_patterns.memberships_of_user(user_id="U"),
        ):
            assert tuple(key["AttributeName"] for key in schemas.pop(query.index)) == query.key_names
        assert schemas == {}
