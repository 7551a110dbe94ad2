"""What a month costs at a stated load: every line with its arithmetic, at list prices of a stated date."""

from collections.abc import Iterator

from review.advice import advice
from review.alarms import watched
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.prices import LOAD, METHOD_METRICS, PRICES, Line, load
from review.stack import Resource, Stack

HOURS = 730  # in a month, as AWS counts
_SECONDS = HOURS * 3600
_WHOLE = 10  # from which on a quantity is written without decimals
_X = "\N{MULTIPLICATION SIGN}"
# API Gateway's: Count, Latency, IntegrationLatency, 4XXError, 5XXError.
_METRICS_PER_METHOD = 5


def lines(stack: Stack) -> list[Line]:
    """The bill of a month, for what the template holds."""
    return [line for part in (_edge, _function, _table, _people, _watching) for line in part(stack)]


def section(stack: Stack, before: Stack | None = None) -> Section:
    """The report's part on it; `before` is what the bill is compared with."""
    bill = lines(stack)
    moving = sum(line.dollars for line in bill if not line.fixed)
    fixed = sum(line.dollars for line in bill if line.fixed)
    allowed = sum(line.after_allowance for line in bill)
    return Section(
        anchor="cost",
        title="What it costs",
        answer=f"{load('requests'):,.0f} requests a month cost {usd(moving)}, and {usd(fixed)} is "
        f"fixed: {usd(moving + fixed)} at list price, {usd(allowed)} after the free "
        f"tier.{_answer_largest(stack, bill)}{_answer_difference(bill, before)}",
        blocks=(
            *([points(*_advice(stack, bill))] if advice(stack, bill) else []),
            *([_difference(bill, lines(before))] if before is not None else []),
            Table(
                caption="The bill, the largest first",
                head=("what", "how much", "at", "list price", "after free tier"),
                rows=(*_bill(bill), _total(bill)),
                numbers=frozenset({3, 4}),
            ),
            Table(
                caption="The load it assumes",
                head=("assumption", "of what", "why"),
                rows=tuple(row(f"{each['value']:,}", each["unit"], each["why"]) for each in LOAD.values()),
                numbers=frozenset({0}),
                long=True,
            ),
            points(*_notes(bill)),
        ),
    )


def _answer_largest(stack: Stack, bill: list[Line]) -> str:
    """The largest item, and whether it is worth its price."""
    largest = max(bill, key=lambda line: line.dollars)
    share = largest.dollars / (sum(line.dollars for line in bill) or 1)
    cheaper = next((each for each in advice(stack, bill) if each.about == largest.what), None)
    question = f", which {cheaper.setting} would save" if cheaper else ""
    return f" The largest item is {largest.what} ({share:.0%}, {usd(largest.dollars)}){question}."


def _answer_difference(bill: list[Line], before: Stack | None) -> str:
    if before is None:
        return ""
    change = sum(line.dollars for line in bill) - sum(line.dollars for line in lines(before))
    return f" The difference is {change:+,.2f} US dollars a month at list price."


def _advice(stack: Stack, bill: list[Line]) -> Iterator[Cell]:
    """Settings that cost less and give the same result, the largest saving first."""
    for each in advice(stack, bill):
        yield Cell(
            f"{each.setting} saves {usd(each.dollars)} a month at list price of {each.about}: {each.same}.",
            "warn",
            "cheaper",
        )


def _difference(bill: list[Line], before: list[Line]) -> Table:
    old = {line.what: line.dollars for line in before}
    new = {line.what: line.dollars for line in bill}
    pairs = {name: (old.get(name, 0.0), new.get(name, 0.0)) for name in (*old, *new)}
    changed = [(name, pair) for name, pair in pairs.items() if pair[0] != pair[1]]
    changed.sort(key=lambda each: -abs(each[1][1] - each[1][0]))
    total = ("Total", (sum(old.values()), sum(new.values())))
    rows = [
        row(name, usd(left), usd(right), f"{right - left:+,.2f}") for name, (left, right) in (*changed, total)
    ]
    return Table(
        caption="What changes in the bill, the largest first",
        head=("what", "before", "after", "difference"),
        rows=tuple(rows),
        numbers=frozenset({1, 2, 3}),
    )


def _notes(bill: list[Line]) -> Iterator[Cell | str]:
    unverified = dict.fromkeys(
        f"{line.what} (as of {line.listed['as_of']})" for line in bill if not line.is_verified
    )
    yield (
        f"Prices of {PRICES['region']} in US dollars, without tax, collected on {PRICES['collected']} in "
        "`review/prices-eu-central-1.json`, each with its own date and source. They are list prices: a "
        "contract or a savings plan changes them. Nobody fetched them from AWS for this report."
    )
    if unverified:
        yield Cell(f"Not confirmed for this region: {listed(unverified)}.", "warn", "unverified")
    else:
        yield "Each was published for this region."
    yield (
        "The free tier counts once for the whole account; where other stacks use it up, the list price holds."
    )
    yield (
        "Not in it: support, metrics that the app itself writes (the template does not tell), the staging "
        "bucket of the CDK, what the web app costs, and resource types that this report does not know."
    )


def _edge(stack: Stack) -> Iterator[Line]:
    requests = load("requests")
    for api in stack.all("AWS::ApiGateway::RestApi"):
        yield Line(f"{api.title}: requests", "all", requests, "api_request")
        gigabytes = requests * load("answer_kb") / 1e6
        yield Line(
            f"{api.title}: answers sent out", f"requests {_X} {load('answer_kb'):g} KB", gigabytes, "data_out"
        )
    for acl in stack.all("AWS::WAFv2::WebACL"):
        yield Line(acl.title, "one", 1, "web_acl", fixed=True)
        rules = len(acl.properties.get("Rules", []))
        yield Line(f"{acl.title}: rules", "as in the template", rules, "web_acl_rule", fixed=True)
        yield Line(f"{acl.title}: requests", "all", requests, "web_acl_request")


def _function(stack: Stack) -> Iterator[Line]:
    for function in stack.all("AWS::Lambda::Function"):
        changes = load("requests") * load("changes")
        scheduled = sum(calls_a_month(rule) for rule in stack.all("AWS::Events::Rule"))
        calls = load("requests") + changes + scheduled
        gigabytes = function.properties.get("MemorySize", 128) / 1024
        seconds = load("requests") * load("request_seconds")
        seconds += (changes + scheduled) * load("background_seconds")
        yield Line(
            f"{function.title}: calls",
            f"requests + {changes:,.0f} changes in the background + {scheduled:,.0f} by schedule",
            calls,
            "lambda_request",
        )
        architecture = function.properties.get("Architectures", ["x86_64"])[0]
        yield Line(
            f"{function.title}: running time",
            f"(requests {_X} {load('request_seconds'):g} s + the others {_X} "
            f"{load('background_seconds'):g} s) {_X} {gigabytes:g} GB",
            seconds * gigabytes,
            f"lambda_{architecture}",
        )
        if function.properties.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions":
            yield from _snapshots(function.title, gigabytes, calls)
        if function.properties.get("TracingConfig", {}).get("Mode") == "Active":
            yield Line(
                f"{function.title}: traces",
                f"requests {_X} {load('traced'):g}",
                load("requests") * load("traced"),
                "trace",
            )


def _snapshots(function: str, gigabytes: float, calls: float) -> Iterator[Line]:
    yield Line(
        f"{function}: snapshot kept",
        f"one version {_X} {gigabytes:g} GB {_X} {_SECONDS:,} s",
        gigabytes * _SECONDS,
        "snapshot_cached",
        fixed=True,
    )
    yield Line(
        f"{function}: snapshots restored",
        f"calls {_X} {load('restored'):g} {_X} {gigabytes:g} GB",
        calls * load("restored") * gigabytes,
        "snapshot_restored",
    )


def calls_a_month(rule: Resource) -> float:
    """How often a schedule fires: `rate(...)`, or once in every hour that a cron names; 0 for an event."""
    expression = str(rule.properties.get("ScheduleExpression", ""))
    kind, _, inner = expression.rstrip(")").partition("(")
    fields = inner.split()
    if kind == "rate":
        hours = {"minute": 1 / 60, "hour": 1, "day": 24}[fields[1].rstrip("s")]
        return HOURS / (float(fields[0]) * hours)
    if kind == "cron":
        return HOURS if fields[1] == "*" else HOURS / 24 * len(fields[1].split(","))
    return 0


def _table(stack: Stack) -> Iterator[Line]:
    requests = load("requests")
    for table in stack.all("AWS::DynamoDB::Table"):
        reads, writes = load("reads_per_request"), load("writes_per_change")
        yield Line(f"{table.title}: reads", f"requests {_X} {reads:g}", requests * reads, "table_read")
        yield Line(
            f"{table.title}: writes",
            f"requests {_X} {load('changes'):g} {_X} {writes:g}",
            requests * load("changes") * writes,
            "table_write",
        )
        yield Line(f"{table.title}: storage", "as assumed", load("stored_gb"), "table_storage", fixed=True)
        if table.properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield Line(f"{table.title}: backup", "of the same", load("stored_gb"), "table_backup", fixed=True)
    for key in stack.all("AWS::KMS::Key"):
        yield Line(key.title, "one", 1, "key", fixed=True)
        if any(key in stack.referred(table.properties) for table in stack.all("AWS::DynamoDB::Table")):
            # DynamoDB keeps a table's key for five minutes for each caller; here every request counts.
            yield Line(f"{key.title}: uses", "requests, at most", requests, "key_use")


def _people(stack: Stack) -> Iterator[Line]:
    for pool in stack.all("AWS::Cognito::UserPool"):
        tier = str(pool.properties.get("UserPoolTier", "ESSENTIALS")).lower()
        price = "user" if tier == "essentials" else f"user_{tier}"
        yield Line(f"{pool.title}: {tier} plan", "who signed in within the month", load("users"), price)
    if any("ses:SendEmail" in str(policy.properties) for policy in stack.all("AWS::IAM::Policy")):
        yield Line("SES: mail", "as assumed", load("mails"), "mail")


def _watching(stack: Stack) -> Iterator[Line]:
    written = load("requests") * load("log_kb") / 1e6
    groups = stack.all("AWS::Logs::LogGroup")
    if groups:
        yield Line("Logs: written", f"requests {_X} {load('log_kb'):g} KB", written, "log_written")
        days = max(group.properties.get("RetentionInDays", 3653) for group in groups)
        yield Line(
            "Logs: kept",
            f"{written:g} GB {_X} {days / 30.4:.1f} months, as if not compressed",
            written * days / 30.4,
            "log_stored",
        )
    if _has_detailed_metrics(stack):
        methods = len(stack.all("AWS::ApiGateway::Method"))  # those that answer preflights are counted too
        share = load("called_hours")
        yield Line(
            METHOD_METRICS,
            f"{count(methods, 'method')} {_X} {_METRICS_PER_METHOD} metrics {_X} {share:g}",
            methods * _METRICS_PER_METHOD * share,
            "metric",
            fixed=True,
        )
    alarms = stack.all("AWS::CloudWatch::Alarm")
    seen = sum(max(1, len(watched(stack, alarm))) for alarm in alarms)
    yield Line("Alarms", "one for each metric that they watch", seen, "alarm", fixed=True)
    if dashboards := stack.all("AWS::CloudWatch::Dashboard"):
        yield Line("Dashboards", "as in the template", len(dashboards), "dashboard", fixed=True)


def _has_detailed_metrics(stack: Stack) -> bool:
    return any(
        setting.get("MetricsEnabled") and setting["ResourcePath"] == "/*"
        for stage in stack.all("AWS::ApiGateway::Stage")
        for setting in stage.properties.get("MethodSettings", [])
    )


def _bill(bill: list[Line]) -> Iterator[Row]:
    for line in sorted(bill, key=lambda line: -line.dollars):
        unit = line.listed["unit"]
        quantity = f"{line.quantity:,.0f}" if line.quantity >= _WHOLE else f"{line.quantity:g}"
        per = f"{line.listed['per']:,} {unit}s" if line.listed["per"] > 1 else unit
        dollars = line.listed["usd"]
        price = usd(dollars) if round(dollars, 2) == dollars else f"${dollars:.10f}".rstrip("0")
        yield row(
            line.what,
            f"{line.how} = {quantity} {unit}{'' if line.quantity == 1 or unit == 'GB' else 's'}",
            Cell(
                f"{price} a {per}" if line.listed["per"] == 1 else f"{price} per {per}",
                "plain",
                "" if line.is_verified else f"unverified, {line.listed['as_of']}",
            ),
            usd(line.dollars),
            usd(line.after_allowance),
        )


def _total(bill: list[Line]) -> Row:
    return row(
        "Total",
        "",
        "",
        usd(sum(line.dollars for line in bill)),
        usd(sum(line.after_allowance for line in bill)),
    )


def usd(dollars: float) -> str:
    """US dollars, with cents."""
    return f"${dollars:,.2f}"
