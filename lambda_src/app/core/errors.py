"""Every error that the API returns, as one tree.

    Problem
    |-- BadRequest                400
    |   `-- InvalidCursor
    |-- Unauthorized              401
    |-- Forbidden                 403
    |   |-- ProfileRequired
    |   |-- EmailNotVerified
    |   `-- AccountErased
    |-- NotFound                  404
    |   `-- InviteCodeInvalid
    |-- MethodNotAllowed          405
    |-- Conflict                  409
    |   |-- RequestInProgress
    |   |-- ProfileExists
    |   |-- EmailTaken
    |   |-- OwnsSpaces
    |   |-- AlreadyMember
    |   |-- AlreadyInvited
    |   |-- AlreadyInOrganization
    |   |-- LastAdmin
    |   |-- OrganizationNotEmpty
    |   |-- ResendLimitReached
    |   |-- OwnerIsFixed
    |   |-- AlreadyOwner
    |   |-- SpaceLimitReached
    |   |-- SpaceFull
    |   |-- TooManyTrackers
    |   |-- HabitArchived
    |   `-- TemplateChanged
    |-- InvitationClosed          410
    |-- PreconditionFailed        412
    |-- PayloadTooLarge           413
    |-- UnsupportedMediaType      415
    |-- ValidationFailed          422
    |   |-- IdempotencyKeyReused
    |   |-- DateOutOfRange
    |   `-- GoalKindMismatch
    |-- TooManyRequests           429
    |   `-- TooManyInvitations
    |-- InternalError             500
    `-- ServiceUnavailable        503

Each is answered as `application/problem+json` (RFC 9457). `code` is the stable name that a client
may branch on; `title` is for people. `StaleRead` is not a Problem: it means that what was read has
changed since, and the request is run again (`app.api.unit_of_work`).
"""

from collections.abc import Mapping
from typing import ClassVar


class Problem(Exception):  # noqa: N818 - the standard's own name
    """An error with an HTTP status, a stable code and a title; `detail` describes this occurrence."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after_s = retry_after_s


class StaleRead(Exception):  # noqa: N818 - it requests a retry and is not an error
    """An item that the request read has changed before the commit."""


class BadRequest(Problem):
    """The request cannot be understood."""

    status, code, title = 400, "bad_request", "The request cannot be understood"


class InvalidCursor(BadRequest):
    """The cursor was not issued for this list."""

    code, title = "invalid_cursor", "The cursor was not issued for this list"


class Unauthorized(Problem):
    """The ID token is missing, expired or not of this user pool."""

    status, code, title = 401, "unauthorized", "A valid ID token is needed"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status, code, title = 403, "forbidden", "Forbidden: the role does not allow it"


class ProfileRequired(Forbidden):
    """The caller has no active profile yet."""

    code, title = "profile_required", "Create your profile first: POST /api/v1/users"


class EmailNotVerified(Forbidden):
    """The e-mail is not the verified one in the caller's token."""

    code, title = "email_not_verified", "The e-mail must be the verified one you signed in with"


class AccountErased(Forbidden):
    """The account of this sign-in has been erased; a new sign-in may make a new one."""

    code, title = "account_erased", "This account has been erased; sign up anew to make another"


class NotFound(Problem):
    """It does not exist, or the caller may not know that it does."""

    status, code, title = 404, "not_found", "Not found"


class InviteCodeInvalid(NotFound):
    """The invite code is unknown, expired, rotated or disabled."""

    code, title = "invite_code_invalid", "The invite code is not valid"


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status, code, title = 405, "method_not_allowed", "This method is not allowed here"


class Conflict(Problem):
    """The request contradicts the state of the resource."""

    status, code, title = 409, "conflict", "Another request is changing the same resource; try again"


class RequestInProgress(Conflict):
    """A request with the same Idempotency-Key is still under way."""

    code, title = "request_in_progress", "The same request is still in progress; try again"


class ProfileExists(Conflict):
    """The caller has a profile already."""

    code, title = "profile_exists", "You already have a profile"


class EmailTaken(Conflict):
    """Another profile has claimed the e-mail."""

    code, title = "email_taken", "Another profile has this e-mail"


class OwnsSpaces(Conflict):
    """An account that owns spaces cannot be closed; `detail` names them."""

    code, title = "owns_spaces", "Transfer or delete the spaces that you own first"


class AlreadyMember(Conflict):
    """The user is a member already."""

    code, title = "already_member", "Already a member"


class AlreadyInvited(Conflict):
    """The e-mail has an open invitation to the same."""

    code, title = "already_invited", "This e-mail has an open invitation"


class AlreadyInOrganization(Conflict):
    """The user is in an organization, and nobody is in two."""

    code, title = "already_in_organization", "A user can be in one organization only"


class LastAdmin(Conflict):
    """An organization is never without an admin."""

    code, title = "last_admin", "The organization's last admin can neither leave nor change role"


class OrganizationNotEmpty(Conflict):
    """The organization has users beside the caller."""

    code, title = "organization_not_empty", "Others are in the organization; remove them first"


class ResendLimitReached(Conflict):
    """The invitation has been sent again as often as it may be."""

    code, title = "resend_limit_reached", "The invitation cannot be sent again"


class OwnerIsFixed(Conflict):
    """The owner can neither leave nor take another role before passing ownership on."""

    code, title = "owner_is_fixed", "The owner can neither leave nor change role; transfer ownership first"


class AlreadyOwner(Conflict):
    """Ownership cannot be transferred to whoever has it."""

    code, title = "already_owner", "You already own the space"


class SpaceLimitReached(Conflict):
    """The user is in as many spaces as one may be."""

    code, title = "space_limit_reached", "You are in the maximum number of spaces"


class SpaceFull(Conflict):
    """The space has the maximum number of members."""

    code, title = "space_full", "The space has the maximum number of members"


class TooManyTrackers(Conflict):
    """The space has the maximum number of goals and habits."""

    code, title = "too_many_trackers", "The space has the maximum number of goals and habits"


class HabitArchived(Conflict):
    """An archived habit takes no check-ins."""

    code, title = "habit_archived", "The habit is archived"


class TemplateChanged(Conflict):
    """The template is no longer at the version that the caller knows."""

    code, title = "template_changed", "The template has changed since you read it"


class InvitationClosed(Problem):
    """The invitation has expired, or was accepted, declined or revoked."""

    status, code, title = 410, "invitation_closed", "The invitation is no longer open"


class PreconditionFailed(Problem):
    """`If-Match` names a version that is no longer current."""

    status, code, title = 412, "precondition_failed", "The resource has changed since you read it"


class PayloadTooLarge(Problem):
    """The body is larger than `app.api.body_limit.MAX_BODY_BYTES`."""

    status, code, title = 413, "payload_too_large", "The body is larger than 1 MB"


class UnsupportedMediaType(Problem):
    """The body's `Content-Type` is not JSON."""

    status, code, title = 415, "unsupported_media_type", "Send the body as application/json"


class ValidationFailed(Problem):
    """The input is not valid; `fields` says of each field what is wrong with it: `body.tags`."""

    status, code, title = 422, "validation_failed", "The input is not valid"

    def __init__(self, detail: str | None = None, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.fields = fields or {}


class IdempotencyKeyReused(ValidationFailed):
    """The Idempotency-Key was used for another request."""

    code, title = "idempotency_key_reused", "The Idempotency-Key was used for another request"


class DateOutOfRange(ValidationFailed):
    """The day has not begun, or lies too far back."""

    code, title = "date_out_of_range", "The day is out of range"


class GoalKindMismatch(ValidationFailed):
    """Only a numeric goal has a target and a unit."""

    code, title = "goal_kind_mismatch", "Only a numeric goal has target_value and unit"


class TooManyRequests(Problem):
    """Too many tries; `Retry-After` says when the next is allowed."""

    status, code, title = 429, "too_many_requests", "Too many requests; try again later"


class TooManyInvitations(TooManyRequests):
    """No more invitations can be sent from there today (UTC)."""

    code, title = "too_many_invitations", "No more invitations can be sent today"


class InternalError(Problem):
    """A defect of this service. The log has the details under the request's id."""

    status, code, title = 500, "internal_error", "Something went wrong on our side"


class ServiceUnavailable(Problem):
    """A service that this one depends on does not answer or is throttling."""

    status, code, title = 503, "service_unavailable", "The service is busy; try again in a moment"
