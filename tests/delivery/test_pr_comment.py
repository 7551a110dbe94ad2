"""What a pull request is told."""

from pathlib import Path

import pytest

from delivery.pr_comment import MARK, comment, main

REVIEW = "# Review\n\nNothing dangerous.\n"


class TestComment:
    def test_comment_begins_with_its_mark_and_holds_both(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        review, diff = tmp_path / "prod.md", tmp_path / "diff.txt"
        review.write_text(REVIEW)
        diff.write_text("[+] AWS::SNS::Topic\n")
        main(str(review), str(diff))
        assert capsys.readouterr().out == (
            f"{MARK}\n# Review\n\nNothing dangerous.\n\n<details><summary>cdk diff</summary>\n\n"
            "```\n[+] AWS::SNS::Topic\n```\n\n</details>\n"
        )

    def test_comment_shows_no_colour(self) -> None:
        assert "\n[+] new\n" in comment(REVIEW, "\x1b[32m[+]\x1b[39m new")

    def test_comment_lets_the_diff_not_end_its_block(self) -> None:
        assert "\n````\n```\n@somebody\n````\n" in comment(REVIEW, "```\n@somebody\n")

    @pytest.mark.parametrize("length", [0, 999, 1000, 5000])
    def test_comment_is_what_github_takes(self, length: int) -> None:
        long = "".join(f"| line {number} of a long one, {'x' * 60} |\n" for number in range(length))
        made = comment(long, long)
        assert len(made) < 65_536
        assert made.endswith("\n```\n\n</details>\n")

    def test_comment_says_if_it_was_cut_and_cuts_at_a_line(self) -> None:
        lines = [f"| {number:04} {'x' * 60} |" for number in range(2000)]
        made = comment("\n".join(lines), "nothing").splitlines()
        end = made.index("... (more in the artifacts of the run)")
        assert made[1:end] == lines[: end - 1]
