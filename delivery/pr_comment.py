"""Print the comment on a pull request: the review's Markdown and `cdk diff`."""

import re
import sys
from pathlib import Path

MARK = "<!-- review of the infrastructure -->"  # identifies the comment for updates
_LIMIT = 65_000  # GitHub's limit is 65,536 characters
_SHARE = 20_000  # of these at most for the diff
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_CUT = "... (more in the artifacts of the run)"


def comment(review: str, diff: str) -> str:
    """Both as one comment within GitHub's limit; longer text is cut after a line and marked."""
    plain = _cut(_COLOURS.sub("", diff).strip(), _SHARE)
    # A longer fence than any in the text, so that the text cannot close it.
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    tail = f"<details><summary>cdk diff</summary>\n\n{fence}\n{plain}\n{fence}\n\n</details>\n"
    head = _cut(review.strip(), _LIMIT - len(tail) - len(MARK))
    return f"{MARK}\n{head}\n\n{tail}"


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - len(_CUT) - 1].rpartition("\n")[0]
    return f"{kept}\n{_CUT}"


def main(review: str, diff: str) -> None:
    """Read both files, print the comment."""
    print(comment(Path(review).read_text(encoding="utf-8"), Path(diff).read_text(encoding="utf-8")), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
