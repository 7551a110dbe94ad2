import re
from xml.etree import ElementTree

from review.architecture import graph, section
from review.page import Picture
from review.picture import Edge, Node, picture
from tests.review.review_helpers import assembly, made, points, resource


def arrows(name: str) -> set[tuple[str, str, str]]:
    found = graph(assembly(name).stack)
    titles = {node.id: node.title for node in found.nodes}
    return {(titles[edge.source], titles[edge.target], edge.label) for edge in found.edges}


class TestPictureOfProd:
    def test_picture_shows_who_calls_whom(self) -> None:
        assert {
            ("REST API", "Lambda function", "calls"),
            ("REST API", "Cognito user pool", "checks tokens"),
            ("People", "Cognito user pool", "sign up, sign in"),
            ("DynamoDB table", "Lambda function", "stream"),
            ("Schedule", "Lambda function", ""),
            ("Lambda function", "DynamoDB table", "read, write, delete"),
            ("Lambda function", "SQS queue", "write"),
            ("Lambda function", "E-mail (SES)", "write"),
        } <= arrows("prod")

    def test_svg_is_well_formed_and_described(self) -> None:
        (drawn,) = section(assembly("prod").stack).blocks
        assert isinstance(drawn, Picture)
        root = ElementTree.fromstring(drawn.svg)  # noqa: S314 - our own text
        (text,) = root.iter("desc")
        assert "REST API to Lambda function: calls" in str(text.text)
        assert len(list(root.iter("rect"))) == len(graph(assembly("prod").stack).nodes)

    def test_boxes_do_not_overlap(self) -> None:
        (drawn,) = section(assembly("prod").stack).blocks
        assert isinstance(drawn, Picture)
        boxes = [tuple(map(float, found)) for found in re.findall(r'<rect x="(\S+)" y="(\S+)"', drawn.svg)]
        for number, (x, y) in enumerate(boxes):
            assert not any(abs(x - left) < 176 and abs(y - top) < 56 for left, top in boxes[number + 1 :])

    def test_mermaid_graph_names_every_end_of_an_arrow(self) -> None:
        (drawn,) = section(assembly("prod").stack).blocks
        assert isinstance(drawn, Picture)
        named = set(re.findall(r"^  (\w+)\[", drawn.mermaid, re.MULTILINE))
        ends = re.findall(r"^  (\w+) -\S* ?(?:\|[^|]*\|)? ?(\w+)$", drawn.mermaid, re.MULTILINE)
        assert ends
        assert {end for pair in ends for end in pair} <= named


class TestPicture:
    def test_graph_shows_firewall_and_alarms(self) -> None:
        stack = made(
            Api=resource("ApiGateway::RestApi"),
            Acl=resource("WAFv2::WebACL", Rules=[{}]),
            Topic=resource("SNS::Topic"),
            Bad=resource("CloudWatch::Alarm", AlarmActions=[{"Ref": "Topic"}]),
            Key=resource("KMS::Key"),
            Table=resource(
                "DynamoDB::Table", SSESpecification={"KMSMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
            ),
        ).stack
        found = graph(stack)
        assert {(edge.source, edge.target) for edge in found.edges} == {
            ("people", "Acl"),
            ("Acl", "Api"),
            ("alarms", "Topic"),
        }
        assert {node.subtitle for node in found.nodes} >= {"1 rule", "its key: Key"}

    def test_graph_marks_disabled_sources(self) -> None:
        stack = made(
            Function=resource("Lambda::Function"),
            Table=resource("DynamoDB::Table"),
            Rule=resource(
                "Events::Rule",
                State="DISABLED",
                ScheduleExpression="rate(1 hour)",
                Targets=[{"Arn": {"Fn::GetAtt": ["Function", "Arn"]}}],
            ),
            Mapping=resource(
                "Lambda::EventSourceMapping",
                Enabled=False,
                EventSourceArn={"Fn::GetAtt": ["Table", "StreamArn"]},
                FunctionName={"Ref": "Function"},
            ),
        ).stack
        found = graph(stack)
        assert {(edge.label, edge.dashed) for edge in found.edges} == {
            ("disabled", True),
            ("stream, disabled", True),
        }
        assert "rate(1 hour), disabled" in {node.subtitle for node in found.nodes}

    def test_graph_shows_function_url_beside_the_api(self) -> None:
        stack = made(
            Function=resource("Lambda::Function"),
            Url=resource("Lambda::Url", AuthType="NONE", TargetFunctionArn={"Ref": "Function"}),
        ).stack
        found = graph(stack)
        assert {(edge.source, edge.target) for edge in found.edges} == {
            ("people", "Url"),
            ("Url", "Function"),
        }
        assert "no credentials" in {node.subtitle for node in found.nodes}

    def test_graph_shows_other_identities_with_access(self) -> None:
        statement = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*"}
        inline = {"PolicyName": "a", "PolicyDocument": {"Statement": [statement]}}
        document = {"PolicyDocument": {"Statement": [{**statement, "Principal": "*"}]}}
        stack = made(
            Table=resource("DynamoDB::Table", ResourcePolicy=document),
            Evil=resource("IAM::Role", Policies=[inline]),
        ).stack
        found = graph(stack)
        assert {node.title for node in found.nodes} >= {"IAM role Evil", "Anyone"}
        assert {(edge.target, edge.label) for edge in found.edges} == {("Table", "read")}

    def test_section_names_unknown_types(self) -> None:
        found = section(made(Miner=resource("EC2::Instance")).stack)
        assert found.answer.endswith("1 resource type not known to this report.")
        (told,) = points(found)
        assert told.startswith(
            "cannot tell `AWS::EC2::Instance` is not known to this report: what EC2 Instance"
        )

    def test_graph_has_no_arrow_without_permission(self) -> None:
        stack = made(Function=resource("Lambda::Function"), Table=resource("DynamoDB::Table")).stack
        assert graph(stack).edges == ()

    def test_graph_leaves_out_targets_outside_the_stack(self) -> None:
        rule = resource("Events::Rule", Targets=[{"Arn": "arn:elsewhere"}])
        mapping = resource("Lambda::EventSourceMapping", EventSourceArn="arn:elsewhere", FunctionName="other")
        assert graph(made(Rule=rule, Mapping=mapping).stack).edges == ()

    def test_picture_draws_backward_arrows_and_escapes(self) -> None:
        nodes = [
            Node("a", "<A>", "x" * 40, 0),
            Node("b", "B", "", 0),
            Node("c", "C", "", 1),
            Node("d", "D", "", 1),
        ]
        drawn = picture(nodes, [Edge("c", "b", "down"), Edge("d", "a", "up & over", dashed=True)])
        root = ElementTree.fromstring(drawn.svg)  # noqa: S314 - our own text
        names = [text.text for text in root.iter("text")]
        assert "<A>" in names
        assert f"{'x' * 27}…" in names
        assert "up & over" in names
