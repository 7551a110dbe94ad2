"""`contract/openapi.json`: the contract, generated from the app. `python -m codegen.openapi` writes it."""

import json
from pathlib import Path

from app.api.openapi import document
from app.api.routing import all_routes

PATH = Path(__file__).parent.parent / "contract" / "openapi.json"


def render() -> str:
    """Return the document's text."""
    return json.dumps(document(all_routes()), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
