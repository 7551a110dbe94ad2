"""The mails that go out, as text and HTML.

What a person wrote is never in a subject; it is escaped in HTML, and stands in quotation marks or is marked
on every line.
"""

import html
from string import Template

from app.background.mail import Mail
from app.core.config import Parameters
from app.models.invitations import Invitation, TargetKind
from app.models.spaces import Space

_ARTICLES: dict[TargetKind, str] = {"space": "a space", "organization": "an organization"}
_TEXT = Template("""$greeting

$sentence
$quoted
$url

You get this mail because $reason
$footer
""")
_HTML = Template("""<!doctype html>
<html lang="en">
<body style="font-family: sans-serif; line-height: 1.5">
<p>$greeting</p>
<p>$sentence</p>
$quoted
<p><a href="$url">$action</a></p>
<p style="color: #555555; font-size: smaller">You get this mail because $reason<br>$footer</p>
</body>
</html>
""")


def invitation(invitation: Invitation, *, inviter: str, parameters: Parameters) -> Mail:
    """Tell somebody that they are invited to a space or an organization."""
    return render(
        kind="invitation",
        to=invitation.email,
        subject=f"You are invited to {_ARTICLES[invitation.target_kind]} on Lifestyle Spaces",
        sentence=f"“{inviter}” invites you to “{invitation.target_name}”.",
        message=invitation.message,
        action="See the invitation",
        url=parameters.link(f"invitations/{invitation.invitation_id}"),
        reason="somebody entered your address; if you do not know why, ignore it.",
        parameters=parameters,
    )


def mention(*, to: str, author: str, space: Space, parameters: Parameters) -> Mail:
    """Tell somebody that a comment names them."""
    return render(
        kind="mention",
        to=to,
        subject="Somebody mentioned you on Lifestyle Spaces",
        sentence=f"“{author}” mentioned you in “{space.name}”.",
        message=None,
        action="Read it",
        url=parameters.link(f"spaces/{space.space_id}"),
        reason="you are a member there.",
        parameters=parameters,
    )


def _quote(message: str) -> str:
    """What somebody wrote, marked on every line, so that it cannot pass for a link or footer of ours."""
    lines = "\n".join(f"> {line}" for line in message.splitlines())
    return f"\nTheir message:\n{lines}\n"


def render(
    *,
    kind: str,
    to: str,
    subject: str,
    sentence: str,
    message: str | None,
    action: str,
    url: str,
    reason: str,
    parameters: Parameters,
) -> Mail:
    """Return the mail as text and as HTML, with everything in the HTML escaped."""
    parts = {"greeting": "Hello,", "sentence": sentence, "action": action, "url": url, "reason": reason}
    parts["footer"] = f"Choose what you hear of: {parameters.link('settings/notifications')}"
    escaped = {name: html.escape(part) for name, part in parts.items()}
    quote = html.escape(message).replace("\n", "<br>") if message else ""
    return Mail(
        kind=kind,
        to=to,
        subject=subject,
        text=_TEXT.substitute(parts, quoted=_quote(message) if message else ""),
        html=_HTML.substitute(escaped, quoted=f"<blockquote>{quote}</blockquote>" if quote else ""),
    )
