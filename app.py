"""The CDK entry point: `cdk synth -c env=NAME`."""

import sys
from pathlib import Path

from aws_cdk import App

from stacks.errors import ConfigurationError
from stacks.synth import build_app


def main() -> None:
    """Synthesise the chosen environment, or say in one line why not."""
    app = App()
    try:
        build_app(Path(__file__).resolve().parent, app)
    except ConfigurationError as error:
        sys.exit(f"error: {error}")
    app.synth()


if __name__ == "__main__":
    main()
