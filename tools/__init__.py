"""Writers of what is generated from the code and committed: run by `make openapi` and `make pages`."""

import sys
from pathlib import Path

# Run from the root, where the CDK's `app.py` would be found before the package `lambda_src/app`.
sys.path.insert(0, str(Path(__file__).parent.parent / "lambda_src"))
