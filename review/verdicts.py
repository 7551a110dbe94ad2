"""How dangerous a change is, and the words for it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from review.page import Tone


class Danger(IntEnum):
    """Kinds of danger, the worst first.

    `CANNOT_TELL` is not mild: the report has no rule for the change, so it may be any of the others.
    """

    LOSES_DATA = 0
    FAILS = 1
    WEAKENS = 2
    OPENS = 3
    EXPOSES = 4
    DISRUPTS = 5
    REDUCES_MONITORING = 6
    CANNOT_TELL = 7
    REPLACES = 8
    REMOVES = 9
    CHANGES = 10
    ADDS = 11

    @property
    def label(self) -> str:
        """The kind in words, as `--fail-on` takes it with `-` for a space."""
        return _LABELS[self][1]

    @property
    def tone(self) -> Tone:
        """The colour of the label."""
        return _LABELS[self][0]

    @property
    def meaning(self) -> str:
        """What the kind stands for, in one sentence."""
        return _LABELS[self][2]

    @property
    def needs_attention(self) -> bool:
        """Whether a reviewer must look at it before approving."""
        return self <= Danger.CANNOT_TELL


_LABELS: dict[Danger, tuple[Tone, str, str]] = {
    Danger.LOSES_DATA: ("bad", "loses data", "Stored data is deleted or no longer reachable."),
    Danger.FAILS: ("bad", "fails", "The service refuses the change, so the deployment fails."),
    Danger.WEAKENS: ("bad", "weakens protection", "A safeguard of data, accounts or releases gets weaker."),
    Danger.OPENS: ("bad", "opens", "Someone or something gets access, or more of it."),
    Danger.EXPOSES: ("bad", "exposes", "Data becomes visible in logs, answers or caches."),
    Danger.DISRUPTS: ("warn", "disrupts", "Something stops running, or runs less or slower."),
    Danger.REDUCES_MONITORING: ("warn", "reduces monitoring", "Faults are noticed later, by fewer, or not."),
    Danger.CANNOT_TELL: ("warn", "cannot tell", "The report has no rule for the change: judge it yourself."),
    Danger.REPLACES: ("warn", "replaces", "CloudFormation creates a new resource and deletes the old one."),
    Danger.REMOVES: ("plain", "removes", "A resource without data leaves the stack."),
    Danger.CHANGES: ("plain", "changes", "A change in place, harmless or for the better."),
    Danger.ADDS: ("plain", "adds", "A new resource that gives nobody access."),
}


@dataclass(frozen=True, order=True)
class Verdict:
    """A danger, and in a few words why."""

    danger: Danger
    why: str


def _maker(danger: Danger) -> Callable[[str], Verdict]:
    return lambda why: Verdict(danger, why)


# A verdict of each kind that rules give: `opens("anyone may sign up")`.
loses_data = _maker(Danger.LOSES_DATA)
fails = _maker(Danger.FAILS)
weakens = _maker(Danger.WEAKENS)
opens = _maker(Danger.OPENS)
exposes = _maker(Danger.EXPOSES)
disrupts = _maker(Danger.DISRUPTS)
reduces_monitoring = _maker(Danger.REDUCES_MONITORING)
cannot_tell = _maker(Danger.CANNOT_TELL)
removes = _maker(Danger.REMOVES)
changes = _maker(Danger.CHANGES)
adds = _maker(Danger.ADDS)
