from review.routes import exposed, routes, section
from tests.infra.stack_helpers import ROUTES
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

API = {"Api": resource("ApiGateway::RestApi", Name="api")}


def method(verb: str, *, path: str | None = None, entry: Entry | None = None, **properties: object) -> Entry:
    place = {"Ref": path} if path else {"Fn::GetAtt": ["Api", "RootResourceId"]}
    return resource("ApiGateway::Method", entry=entry, HttpMethod=verb, ResourceId=place, **properties)


class TestRoutesOfProd:
    def test_routes_match_the_contract(self) -> None:
        found = {(each.path, each.method) for each in routes(assembly("prod").stack)}
        assert found == {(route.path, route.method) for route in ROUTES}

    def test_answer_names_the_only_open_route(self) -> None:
        assert [each.path for each in routes(assembly("prod").stack) if each.is_open] == ["/health"]
        assert "`GET /health` is open to everybody" in section(assembly("prod").stack).answer

    def test_each_route_has_a_permission(self) -> None:
        assert all(each.permission for each in routes(assembly("prod").stack))

    def test_table_says_who_has_the_permission(self) -> None:
        rows = {row[:2]: row for row in texts(table(section(assembly("prod").stack), "Every route"))}
        assert rows["DELETE", "`/api/v1/spaces/{space_id}`"][2:] == (
            "Cognito token",
            "500/s, burst 1,000",
            "`delete_space`: owner of the space",
        )
        assert rows["GET", "`/api/v1/spaces/{space_id}`"][4].endswith(
            "anyone with an account, where the space is public"
        )
        assert rows["GET", "`/health`"][2:4] == ("open", "10/s, burst 20 (its own)")

    def test_routes_are_counted_by_permission(self) -> None:
        rows = table(section(assembly("prod").stack), "Routes by what they ask").rows
        assert sum(int(row[2].text) for row in rows) == len(ROUTES)

    def test_preflights_are_summed_up_in_a_sentence(self) -> None:
        found = exposed(assembly("prod").stack)
        paths = len({route.path for route in ROUTES})
        assert len(found) - len(ROUTES) == paths
        assert any(
            point.startswith(f"{paths} paths also answer")
            for point in points(section(assembly("prod").stack))
        )

    def test_points_say_that_anyone_may_sign_up(self) -> None:
        (told,) = [point for point in points(section(assembly("prod").stack)) if point.startswith("sign-up")]
        assert "anyone may sign up; sign-in by `refresh_token` and `user_srp`; second factor optional" in told


class TestRoutes:
    def test_private_api_is_not_public(self) -> None:
        private = resource("ApiGateway::RestApi", EndpointConfiguration={"Types": ["PRIVATE"]})
        assert "inside a VPC only" in section(made(Api=private).stack).answer
        assert "on the public internet" in section(made(**API).stack).answer

    def test_route_without_permission_is_marked(self) -> None:
        found = section(made(**API, Get=method("GET")).stack)
        assert "unknown 1 route of which the template does not say what the function asks." in points(found)
        assert texts(table(found, "Every route")) == [
            ("GET", "`/`", "open", "none the account's only", "unknown: the template does not say")
        ]

    def test_iam_route_is_not_open(self) -> None:
        found = section(made(**API, Get=method("GET", AuthorizationType="AWS_IAM")).stack)
        assert "none is open" in found.answer
        assert texts(table(found, "Every route"))[0][2] == "AWS signature (IAM)"

    def test_other_authorizer_is_named(self) -> None:
        stack = made(
            **API,
            Own=resource("ApiGateway::Authorizer", Type="TOKEN"),
            Get=method("GET", AuthorizerId={"Ref": "Own"}),
        ).stack
        assert texts(table(section(stack), "Every route"))[0][2] == "API authorizer `Own`"

    def test_integrated_options_method_is_a_route(self) -> None:
        assert len(routes(made(**API, Options=method("OPTIONS")).stack)) == 1

    def test_points_name_domain_and_firewall(self) -> None:
        stack = made(
            **API,
            Acl=resource("WAFv2::WebACL", Rules=[{"Name": "Rate"}]),
            Link=resource("WAFv2::WebACLAssociation", WebACLArn={"Fn::GetAtt": ["Acl", "Arn"]}),
            Name=resource("ApiGateway::DomainName", DomainName="api.example.com", SecurityPolicy="TLS_1_2"),
        ).stack
        assert points(section(stack))[:2] == [
            "domain Reached by `api.example.com`, with `TLS_1_2`.",
            "firewall web ACL `Acl` looks at every request first: `Rate`.",
        ]

    def test_points_say_who_creates_accounts(self) -> None:
        pool = resource("Cognito::UserPool", AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
        told = points(section(made(Pool=pool).stack))
        assert any(
            "only administrators make accounts; no way to sign in; second factor off" in each for each in told
        )

    def test_function_url_changes_the_answer(self) -> None:
        stack = made(
            **API,
            Function=resource("Lambda::Function"),
            Url=resource("Lambda::Url", AuthType="NONE", TargetFunctionArn={"Ref": "Function"}),
            Signed=resource("Lambda::Url", AuthType="AWS_IAM", TargetFunctionArn={"Ref": "Function"}),
        ).stack
        assert section(stack).answer.startswith(
            "function URL `Url` lets anyone on the internet call Lambda function `Function` without the API. "
            "function URL `Signed` lets whoever signs for AWS call Lambda function `Function` without the "
            "API. "
        )

    def test_authorizer_without_authorization_type_lets_everyone_in(self) -> None:
        get = method("GET", AuthorizationType="NONE", AuthorizerId={"Ref": "Own"})
        stack = made(**API, Own=resource("ApiGateway::Authorizer"), Get=get).stack
        assert "`GET /` is open to everybody" in section(stack).answer
