"""The custom domain of the API."""

from dataclasses import dataclass

from aws_cdk import CfnOutput
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from stacks.settings import Domain as DomainSettings


@dataclass(frozen=True, kw_only=True)
class DomainProps:
    """The domain name, its certificate, and the API it is mapped to."""

    settings: DomainSettings
    api: apigateway.RestApi


class Domain(Construct):
    """A regional domain name, TLS 1.2 or newer, mapped to the API's stage.

    The zone may belong to another account or provider, so the DNS record is not part of this stack:
    it is an alias or CNAME from the name to the output `DomainTarget`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: DomainProps) -> None:
        super().__init__(scope, construct_id)
        domain = apigateway.DomainName(
            self,
            "Name",
            domain_name=props.settings.name,
            certificate=acm.Certificate.from_certificate_arn(
                self, "Certificate", props.settings.certificate_arn
            ),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            mapping=props.api,
        )
        output = CfnOutput(
            self,
            "Target",
            value=domain.domain_name_alias_domain_name,
            description=f"The target of the DNS record of {props.settings.name}",
        )
        output.override_logical_id("DomainTarget")
