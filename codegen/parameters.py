"""`contract/parameters.json`: the app's parameters by name, each as a JSON Schema with its unit.

`python -m codegen.parameters` writes it.
"""

import json
from pathlib import Path

from app.core.config import Parameters

PATH = Path(__file__).parent.parent / "contract" / "parameters.json"


def render() -> str:
    """Return the file's text."""
    fields = Parameters.model_json_schema()["properties"]
    contract = {
        name: {key: value for key, value in schema.items() if key != "title"}
        for name, schema in fields.items()
    }
    return json.dumps(contract, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
