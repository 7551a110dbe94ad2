"""What a caller can do about each problem: beside its title, what the site says of it."""

from collections.abc import Iterator, Mapping

from api_docs.site.document import Operation, Part, codes, operations
from app.core.errors import Problem

_MANY = 8  # operations, of which a list says less than their number

ADVICE: Mapping[str, str] = {
    "account_erased": "Sign up anew: what was erased does not come back, and neither does its sign-in.",
    "already_in_organization": "Leave the one organization before you join or found another.",
    "already_invited": "Nothing: the invitation is on its way. Send it again, or revoke it, to change it.",
    "already_member": "Nothing: what you asked for is so already. Read the space instead of joining it.",
    "already_owner": "Nothing: name another member, or leave it as it is.",
    "bad_request": "Send well-formed JSON in UTF-8: `detail` says where it is not. Do not send it again.",
    "conflict": "Send the request again, after a moment that grows with each try.",
    "date_out_of_range": "Choose a day that has begun where you are; a list's `to` is not before its `from`.",
    "email_not_verified": "Send the token's e-mail. If it is not verified, confirm it with Cognito.",
    "email_taken": "Sign in as the person who has it. If that sign-in is gone or has another address, try "
    "again after `Retry-After` seconds: it is checked meanwhile.",
    "forbidden": "Your role does not allow it. Ask the owner or an admin of the space.",
    "goal_kind_mismatch": "Leave `target_value` and `unit` out: only a numeric goal has them.",
    "idempotency_key_reused": "Make a new key: this one belongs to a request with another path or body.",
    "internal_error": "Send the request again once. If it fails again, tell us its `request_id`.",
    "invalid_cursor": "Begin the list anew, without a cursor. A cursor is good for its own list only.",
    "invitation_closed": "Ask for a new invitation: this one has expired or was answered or revoked.",
    "invite_code_invalid": "Ask a member for the present code: it may have been changed or may have expired.",
    "last_admin": "Make somebody else an admin first.",
    "method_not_allowed": "Look up the method in the reference.",
    "not_found": "Check the id. What you may not see is answered like what is not there.",
    "organization_not_empty": "Remove the other users first.",
    "owner_is_fixed": "Transfer ownership first; then you can leave or change role.",
    "owns_spaces": "Transfer or delete the spaces that `detail` names, then close the account.",
    "payload_too_large": "Send less: a body is at most 1 MB.",
    "precondition_failed": "Read it again, make your change to what you find, and send it with the new ETag.",
    "profile_exists": "Use `PATCH /api/v1/users/me` to change it.",
    "profile_required": "Make your profile with `POST /api/v1/users`; everything else needs one.",
    "request_in_progress": "Wait for `Retry-After` seconds and send the same request again, with its key.",
    "resend_limit_reached": "Wait: an invitation is sent again at most hourly and at most three times.",
    "service_unavailable": "Send the request again after `Retry-After` seconds.",
    "space_full": "The space has all the members that it may have; somebody has to leave first.",
    "space_limit_reached": "Leave or delete a space, then make or join another.",
    "habit_archived": "Set `archived` to false to check in on the habit again.",
    "template_changed": "Read the template again and fill in its sections as they are now.",
    "too_many_invitations": "Send the rest tomorrow: days are those of UTC.",
    "too_many_requests": "Wait for `Retry-After` seconds.",
    "too_many_trackers": "Delete a goal or a habit, then begin another.",
    "unauthorized": "Send `Authorization: Bearer` with an ID token (no access token) that is not expired.",
    "unsupported_media_type": "Send the body as JSON, with `Content-Type: application/json`.",
    "validation_failed": "Mend the fields that `errors` names, each with what is wrong with it.",
}


def problems() -> list[type[Problem]]:
    """Every problem that the API answers, by status and code."""
    return sorted(_kinds(Problem), key=lambda kind: (kind.status, kind.code))


def catalogue(document: Part) -> str:
    """Markdown: a heading for each code, what it means, what to do, and the operations that answer it."""
    answered_by: dict[str, list[Operation]] = {}
    for operation in operations(document):
        for _, code in codes(document, operation):
            answered_by.setdefault(code, []).append(operation)
    return "\n\n".join(_entry(kind, answered_by.get(kind.code, [])) for kind in problems())


def _entry(kind: type[Problem], answered_by: list[Operation]) -> str:
    links = ", ".join(f"[{each.summary}]({each.slug}.md)" for each in answered_by)
    if len(answered_by) > _MANY:
        links = f"{len(answered_by)} operations."
    where = f"\n\nAnswered by: {links}" if links else ""
    return (
        f"### {kind.code} {{#{kind.code}}}\n\n**{kind.status}** {kind.title}.\n\n"
        f"What to do: {ADVICE[kind.code]}{where}"
    )


def _kinds(base: type[Problem]) -> Iterator[type[Problem]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
