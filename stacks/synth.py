"""Builds the CDK app from the context of the command line."""

from pathlib import Path

from aws_cdk import App

from stacks.backend_stack import BackendProps, BackendStack
from stacks.bundling import function_code, layer_code
from stacks.compliance import acknowledge_findings, check_compliance
from stacks.errors import ConfigurationError
from stacks.function import FunctionCode
from stacks.routes import load_routes
from stacks.settings import load_settings, stack_name
from stacks.target import matching_interpreter, resolve_target


def build_app(root: Path, app: App) -> BackendStack:
    """Put the chosen environment's one stack into `app`, with everything built.

    `root` is the folder of `contract/openapi.json` and `lambda_src/`. The app's context has
    the environments, the chosen one (`-c env=NAME`), the reason to skip the canary
    (`-c skip_canary_reason=REASON`) and whether nothing is deployed yet
    (`-c first_deployment=true`).

    Raises ConfigurationError for faults that the caller can fix.
    """
    settings = load_settings(app.node.try_get_context("environments"), app.node.try_get_context("env"))
    if app.node.try_get_context("first_deployment"):
        settings = settings.first_deployment()
    if reason := app.node.try_get_context("skip_canary_reason"):
        settings = settings.without_canary(reason)
    routes = load_routes(root / "contract" / "openapi.json")
    target = resolve_target(settings.function)
    if matching_interpreter(target) is None:
        raise ConfigurationError(
            f"no Python {target.python_version} here to compile for {target}, and without bytecode each cold "
            f"start compiles everything: install it so that `python{target.python_version}` is on the path"
        )
    sources = root / "lambda_src"
    cache = root / ".build"
    code = FunctionCode(
        function=function_code(sources, target=target, cache=cache),
        layer=layer_code(sources / "requirements.txt", target=target, cache=cache),
        target=target,
    )
    stack = add_stack(app, BackendProps(settings=settings, code=code, routes=routes))
    acknowledge_findings(stack)
    return stack


def add_stack(app: App, props: BackendProps) -> BackendStack:
    """Add one environment's stack to `app`, with the rule packs enabled."""
    check_compliance(app)
    return BackendStack(app, stack_name(props.settings.name), props=props)
