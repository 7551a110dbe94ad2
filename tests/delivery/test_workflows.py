"""What the workflows guarantee: who may do what, in which order, and what is asked before."""

import re
import shutil
import subprocess

import pytest

from stacks.settings import load_settings
from tests.delivery.workflow_helpers import FOLDER, JOBS, ROOT, WORKFLOWS, position, steps
from tests.infra.stack_helpers import ENVIRONMENTS

ACTIONS = {
    "actions/checkout",
    "actions/configure-pages",
    "actions/deploy-pages",
    "actions/setup-python",
    "actions/upload-artifact",
    "actions/upload-pages-artifact",
    "actions/download-artifact",
    "aws-actions/configure-aws-credentials",
}
CHECKOUTS = [name for name in JOBS if any("checkout" in step.get("uses", "") for step in steps(name))]
DEPLOYING = {"actions": "read", "contents": "read", "deployments": "read", "id-token": "write"}


class TestEveryWorkflow:
    def test_every_workflow_has_no_finding_of_actionlint(self) -> None:
        command = [shutil.which("actionlint") or "actionlint", *map(str, sorted(FOLDER.glob("*.yml")))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")

    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_every_workflow_gives_its_jobs_no_permission_but_their_own(self, name: str) -> None:
        assert WORKFLOWS[name]["permissions"] == {}
        assert all(job["permissions"] for job in WORKFLOWS[name]["jobs"].values())

    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_every_workflow_uses_few_actions_by_commit_and_says_which_version(self, name: str) -> None:
        text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
        used = [line.strip(" -") for line in text.splitlines() if re.search(r"\buses: (?!\./)", line)]
        for line in used:
            found = re.fullmatch(r"uses: ([\w./-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
            assert found, line
            assert found[1] in ACTIONS

    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_every_workflow_stops_at_the_first_command_that_fails_in_a_pipe_too(self, name: str) -> None:
        # So GitHub runs `bash` where it is named: https://docs.github.com/actions, `defaults.run.shell`.
        assert WORKFLOWS[name]["defaults"] == {"run": {"shell": "bash"}}

    def test_every_workflow_uses_one_version_of_an_action(self) -> None:
        used = {step["uses"] for name in JOBS for step in steps(name) if "uses" in step}
        assert len(used) == len({action.partition("@")[0] for action in used})

    @pytest.mark.parametrize("name", CHECKOUTS)
    def test_every_workflow_leaves_no_token_behind_the_checkout(self, name: str) -> None:
        assert steps(name)[position(name, "actions/checkout")]["with"]["persist-credentials"] is False

    @pytest.mark.parametrize("name", CHECKOUTS)
    def test_every_workflow_uses_the_python_that_lambda_has(self, name: str) -> None:
        # Without it, what a workflow builds has no bytecode, and is another asset than that of a desk.
        version = steps(name)[position(name, "actions/setup-python")]["with"]["python-version"]
        assert load_settings(ENVIRONMENTS, "prod").function.runtime == f"python{version}"
        assert position(name, "actions/setup-python") == position(name, "actions/checkout") + 1

    @pytest.mark.parametrize("name", [name for name in JOBS if "uses" not in JOBS[name]])
    def test_every_workflow_ends_by_itself_on_a_fixed_system(self, name: str) -> None:
        assert JOBS[name]["runs-on"] == "ubuntu-24.04"
        longest = 350 if name == "assurance/assurance" else 120  # it fuzzes for hours; GitHub ends it at 360
        assert 0 < int(JOBS[name]["timeout-minutes"]) <= longest

    @pytest.mark.parametrize("name", JOBS)
    def test_every_workflow_takes_nothing_from_the_outside_into_a_script(self, name: str) -> None:
        # An expression is pasted in before the shell reads it; what anybody can name goes by a variable.
        for step in steps(name):
            inside = re.findall(r"\$\{\{(.+?)\}\}", step.get("run", ""))
            assert {text.strip() for text in inside} <= {"matrix.environment"}

    def test_every_workflow_is_run_by_nobody_from_outside_with_rights(self) -> None:
        for workflow in WORKFLOWS.values():
            assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow["on"])

    @pytest.mark.parametrize("name", JOBS)
    def test_every_workflow_asks_for_an_identity_token_only_if_it_signs_in(self, name: str) -> None:
        # To AWS, or to Pages, which takes files only with it.
        signing_in = ("aws-actions/configure-aws-credentials", "actions/deploy-pages")
        if "uses" not in JOBS[name]:
            signs_in = any(step.get("uses", "").startswith(signing_in) for step in steps(name))
            assert ("id-token" in JOBS[name]["permissions"]) is signs_in

    def test_every_workflow_knows_no_secret(self) -> None:
        for name in WORKFLOWS:
            assert "secrets." not in (FOLDER / f"{name}.yml").read_text(encoding="utf-8")


class TestBenchmarks:
    @pytest.mark.parametrize(
        ("name", "command"), [("delivery/gate", "make gate"), ("pull-request/check", ".ci/run")]
    )
    def test_job_that_runs_them_installs_valgrind_before(self, name: str, command: str) -> None:
        # Without it they check memory and sizes alone, and say so.
        runs = [step["run"] for step in steps(name) if "run" in step]
        before = runs[: runs.index(command)]
        assert any("install -qy valgrind" in each for each in before)

    def test_long_tests_run_them(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        recipe = makefile.partition("\ntest-long:")[2].partition("\n\n")[0]
        assert "benchmarks check" in recipe


class TestPullRequest:
    def test_pull_request_runs_on_each(self) -> None:
        assert set(WORKFLOWS["pull-request"]["on"]) == {"pull_request"}

    def test_pull_request_runs_all_checks(self) -> None:
        assert steps("pull-request/check")[-1] == {"run": ".ci/run"}

    def test_synthesises_every_environment(self) -> None:
        matrix = JOBS["pull-request/synth"]["strategy"]["matrix"]
        assert matrix == {"environment": ["local", "dev", "staging", "prod"]}

    def test_pull_request_stops_what_a_newer_commit_has_overtaken(self) -> None:
        concurrency = WORKFLOWS["pull-request"]["concurrency"]
        assert "github.event.pull_request.number" in concurrency["group"]
        assert concurrency["cancel-in-progress"] is True

    def test_reviews_prod_against_the_base(self) -> None:
        assert steps("pull-request/review")[2] == {"run": 'make review ENV=prod AGAINST="$BASE"'}
        assert JOBS["pull-request/review"]["env"]["BASE"] == "${{ github.event.pull_request.base.sha }}"

    def test_pull_request_keeps_the_report(self) -> None:
        (kept,) = [each["with"] for each in steps("pull-request/review") if "upload" in each.get("uses", "")]
        assert kept["path"] == "reports/"

    def test_pull_request_lets_no_job_both_run_the_code_and_write(self) -> None:
        for name, job in JOBS.items():
            writes = {key for key, value in job["permissions"].items() if value == "write"} - {"id-token"}
            writers = {"pull-request/comment", "pages/publish"} - set(CHECKOUTS)
            assert not writes or name in writers

    def test_pull_request_signs_in_for_nobody_from_a_fork(self) -> None:
        step = steps("pull-request/review")[
            position("pull-request/review", "aws-actions/configure-aws-credentials")
        ]
        assert "head.repo.full_name == github.repository" in step["if"]
        assert step["with"]["role-to-assume"] == "${{ vars.DIFF_ROLE_ARN }}"


class TestDelivery:
    def test_delivery_begins_with_main(self) -> None:
        assert WORKFLOWS["delivery"]["on"] == {"push": {"branches": ["main"]}}

    def test_delivery_is_one_at_a_time_in_an_environment_and_never_cut_off(self) -> None:
        group = "deploy-${{ inputs.environment }}"
        assert JOBS["deploy/deploy"]["concurrency"] == {"group": group, "cancel-in-progress": False}

    def test_delivery_reaches_dev_while_an_older_one_waits_for_the_approval_of_prod(self) -> None:
        assert "concurrency" not in WORKFLOWS["delivery"]

    @pytest.mark.parametrize(("job", "after"), [("dev", "gate"), ("staging", "dev"), ("prod", "staging")])
    def test_delivery_goes_from_one_environment_to_the_next(self, job: str, after: str) -> None:
        assert JOBS[f"delivery/{job}"] == {
            "needs": after,
            "uses": "./.github/workflows/deploy.yml",
            "with": {"environment": job},
            "permissions": DEPLOYING,
        }

    def test_delivery_passes_the_record_of_the_gate_on(self) -> None:
        gate = steps("delivery/gate")
        made = position("delivery/gate", "make gate")
        kept = position("delivery/gate", "actions/upload-artifact")
        fetched = steps("deploy/deploy")[position("deploy/deploy", "actions/download-artifact")]
        assert made < kept
        assert gate[kept]["with"]["path"] == ".build/gate/${{ github.sha }}"
        assert gate[kept]["with"]["if-no-files-found"] == "error"
        assert fetched["with"] == {"name": gate[kept]["with"]["name"], "path": ".build/gate"}


class TestDeploy:
    def test_deploy_is_the_environments_own_job(self) -> None:
        assert JOBS["deploy/deploy"]["environment"] == "${{ inputs.environment }}"
        assert JOBS["deploy/deploy"]["permissions"] == DEPLOYING

    def test_deploy_is_called_by_the_delivery_alone(self) -> None:
        assert set(WORKFLOWS["deploy"]["on"]) == {"workflow_call"}

    def test_deploy_signs_in_by_the_role_of_the_environment(self) -> None:
        step = steps("deploy/deploy")[position("deploy/deploy", "aws-actions/configure-aws-credentials")]
        assert step["with"]["role-to-assume"] == "${{ vars.DEPLOY_ROLE_ARN }}"
        assert not {"aws-access-key-id", "aws-secret-access-key"} & set(step["with"])

    def test_deploy_has_the_record_before_it_deploys_and_tries_it_afterwards(self) -> None:
        order = [
            "actions/checkout",
            "actions/setup-python",
            "Fetch the record of the gate",
            "Find the commit to roll back to",
            "aws-actions/configure-aws-credentials",
            'make deploy ENV="$ENVIRONMENT"',
            "Smoke test",
            "Roll back",
        ]
        assert [position("deploy/deploy", each) for each in order] == list(range(len(order)))
        assert len(steps("deploy/deploy")) == len(order)

    def test_deploy_lets_no_step_fail_unseen(self) -> None:
        assert not [step for step in steps("deploy/deploy") if "continue-on-error" in step]

    def test_deploy_returns_only_if_the_smoke_test_fails(self) -> None:
        smoke = steps("deploy/deploy")[position("deploy/deploy", "Smoke test")]
        back = steps("deploy/deploy")[position("deploy/deploy", "Roll back")]
        assert (smoke["id"], smoke["run"]) == ("smoke", 'make smoke ENV="$ENVIRONMENT"')
        assert back["if"] == "failure() && steps.smoke.outcome == 'failure'"


class TestDrift:
    def test_drift_is_looked_for_every_day(self) -> None:
        (schedule,) = WORKFLOWS["drift"]["on"]["schedule"]
        assert re.fullmatch(r"\d+ \d+ \* \* \*", schedule["cron"])

    def test_drift_is_looked_for_in_every_environment_whatever_the_others_say(self) -> None:
        strategy = JOBS["drift/drift"]["strategy"]
        looked_at = {each["environment"]: each["role"] for each in strategy["matrix"]["include"]}
        assert looked_at == {name: f"DRIFT_ROLE_ARN_{name.upper()}" for name in ("dev", "staging", "prod")}
        assert strategy["fail-fast"] is False
        assert steps("drift/drift")[-1] == {"run": "make drift ENV=${{ matrix.environment }}"}


class TestPages:
    def test_pages_publishes_main_alone(self) -> None:
        assert WORKFLOWS["pages"]["on"]["push"] == {"branches": ["main"]}
        assert JOBS["pages/build"]["if"] == "github.ref == 'refs/heads/main'"

    def test_pages_uploads_what_make_site_has_built(self) -> None:
        build, upload = (
            position("pages/build", "make site"),
            position("pages/build", "actions/upload-pages-artifact"),
        )
        assert build < upload
        assert steps("pages/build")[upload]["with"] == {"path": ".build/site"}

    def test_pages_job_that_publishes_runs_no_code_of_the_repository(self) -> None:
        assert [step["uses"].partition("@")[0] for step in steps("pages/publish")] == ["actions/deploy-pages"]
