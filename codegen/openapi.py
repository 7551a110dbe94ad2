"""`contract/openapi.json`: the contract, made from the app. `python -m codegen.openapi` writes it."""

import json
from pathlib import Path

from app.api.openapi import document
from app.core.config import Settings
from app.main import Backend, create_app

PATH = Path(__file__).parent.parent / "contract" / "openapi.json"


def render() -> str:
    """The document as it is committed. No environment's setting is part of it."""
    names = {name: "unused" for name in Settings.model_fields if name != "aws_region"}
    settings = Settings(**names, aws_region="eu-central-1")
    return (
        json.dumps(document(create_app(Backend.from_settings(settings))), indent=2, ensure_ascii=False) + "\n"
    )


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
