"""Examples for the OpenAPI document: one a field, from which those of bodies are put together."""

from collections.abc import Mapping
from typing import Any

_ADA = "0f5d0c1e-7a55-4a5e-9f0e-2a9c1b1f6a11"
_BEN = "5f0d3c9e-7a55-4a5e-9f0e-2a9c1b1f6a11"
_MORNING = "2026-03-14T06:45:00.000Z"
_SECTION = {"section_id": "day", "type": "paragraph", "title": "How the day went", "required": False}

# By the name of the field or parameter; `Schema.field` stands above `field`. What a model gives an
# example of itself is not here.
_EXAMPLES: Mapping[str, Any] = {
    "activity_id": "01KJP0Z3N5C6QH8D9E2F4G7ACT",
    "actor_id": _BEN,
    "AuditEvent.actor_id": _ADA,
    "allow_backfill": True,
    "archived": False,
    "backfilled": False,
    "author_id": _ADA,
    "avatar_url": "https://images.example.com/ada.png",
    "bio": "Runs in the morning, counts in the evening.",
    "category": "fitness",
    "check_in_id": "01KJP0Z3N5C6QH8D9E2F4G7CHK",
    "code": "already_member",
    "Problem.code": "validation_failed",
    "columns": ["Exercise", "Times"],
    "comment_id": "01KJP0Z3N5C6QH8D9E2F4G7CMT",
    "completion_rate_30d": 0.8,
    "content": "Five **slow** kilometres along the river.",
    "created_at": _MORNING,
    "current_streak": 4,
    "cursor": "eyJQSyI6IlNQQUNFIn0",
    "data": {"entry_id": "01KJP0Z3N5C6QH8D9E2F4G7ENT", "title": "A run before work"},
    "date": "2026-03-14",
    "description": "Three runs a week, whatever the weather",
    "BuiltInTemplate.description": "What the day was made of, and how it went.",
    "Habit.description": "Ten minutes, before the coffee",
    "HabitPatch.description": "Ten minutes, before the coffee",
    "Template.description": "Five minutes before bed",
    "TemplatePatch.description": "Five minutes before bed",
    "detail": "The input is not valid",
    "done": 40,
    "due_on": "2026-06-30",
    "email": "charles@example.com",
    "User.email": "ada@example.com",
    "UserPatch.email": "ada@example.com",
    "emotions": ["calm", "grateful"],
    "end": 13,
    "entry_id": "01KJP0Z3N5C6QH8D9E2F4G7ENT",
    "entry_version": 1,
    "environment": "prod",
    "event_id": "01KJP0Z3N5C6QH8D9E2F4G7EVT",
    "excerpt": "Five slow kilometres along the river.",
    "expires_at": "2026-03-21T06:45:00.000Z",
    "fields": ["name"],
    "AuditEvent.fields": None,
    "from": "2026-03-01",
    "goal_id": "01KJP0Z3N5C6QH8D9E2F4G7GAN",
    "habit_id": "01KJP0Z3N5C6QH8D9E2F4G7HAB",
    "highlight_id": "01KJP0Z3N5C6QH8D9E2F4G7HGH",
    "Idempotency-Key": "0b6f7f0e-3c1d-4a52-8f7e-6a7b1c2d3e4f",
    "If-Match": '"3-5df6e0e2761359d3"',
    "If-None-Match": '"3-5df6e0e2761359d3"',
    "invitation_id": "01KJP0Z3N5C6QH8D9E2F4G7NVT",
    "InvitationResult.invitation_id": None,
    "invited_by": _ADA,
    "joined_at": _MORNING,
    "Activity.kind": "journal_created",
    "AuditEvent.kind": "role_changed",
    "limit": 20,
    "locale": "en-GB",
    "longest_streak": 12,
    "mail": {"comment": False},
    "max": 10,
    "member_count": 2,
    "mentions": [_BEN],
    "message": "Run with us!",
    "min": 1,
    "name": "Morning runners",
    "BuiltInTemplate.name": "Daily log",
    "Member.name": "Ada Lovelace",
    "Organization.name": "Analytical Engines Ltd",
    "OrganizationPatch.name": "Analytical Engines Ltd",
    "OrganizationUser.name": "Ada Lovelace",
    "PublicUser.name": "Ada Lovelace",
    "Template.name": "Evening review",
    "User.name": "Ada Lovelace",
    "UserPatch.name": "Ada Lovelace",
    "next_cursor": None,
    "note": "In the rain",
    "notification_id": "01KJP0Z3N5C6QH8D9E2F4G7NTF",
    "notifications": {"reaction": True},
    "operation_id": "01KJP0Z3N5C6QH8D9E2F4G7QPR",
    "options": ["Stretch", "Walk"],
    "org_id": "01KJP0Z3N5C6QH8D9E2F4G7QRG",
    "Invitation.org_id": None,
    "org_name": None,
    "owner_id": _ADA,
    "parent_id": None,
    "pinned": False,
    "preferred_name": "Ada",
    "progress": 0.4,
    "prompt": "A few sentences are enough.",
    "questions": ["What gave you strength?"],
    "reactions": {"heart": 1, "clap": 0, "fire": 2, "star": 0, "hug": 0},
    "reached": 40,
    "read": True,
    "reminder_time": "07:30",
    "request_id": _ADA,
    "required": False,
    "skipped": False,
    "AuditEvent.role": "member",
    "Invitation.role": "member",
    "InvitationCreate.role": "member",
    "OrganizationInvitationCreate.role": "member",
    "section_id": "day",
    "sections": [{"section_id": "day", "type": "paragraph", "value": "The river in the sun"}],
    "BuiltInTemplate.sections": [_SECTION],
    "Template.sections": [_SECTION],
    "TemplatePatch.sections": [_SECTION],
    "space_id": "01KJP0Z3N5C6QH8D9E2F4G7SPC",
    "space_name": "Morning runners",
    "start": 5,
    "status": 422,
    "InvitationResult.status": 409,
    "Operation.status": "running",
    "subject_id": "01KJP0Z3N5C6QH8D9E2F4G7ENT",
    "AuditEvent.subject_id": _BEN,
    "tag": "running",
    "tags": ["running", "morning"],
    "target_value": 100,
    "template_id": "daily_log",
    "parameter.template_id": "01KJP0Z3N5C6QH8D9E2F4G7TMP",
    "Template.template_id": "01KJP0Z3N5C6QH8D9E2F4G7TMP",
    "template_sections": [_SECTION],
    "template_version": 1,
    "text": "**slow**",
    "Comment.text": "Well done!",
    "times": 3,
    "timezone": "Europe/London",
    "title": "Run 100 km",
    "CheckboxSection.title": "What I did",
    "Habit.title": "Morning stretch",
    "HabitPatch.title": "Morning stretch",
    "Journal.title": "A run before work",
    "JournalCard.title": "A run before work",
    "ListSection.title": "What I got done",
    "ParagraphSection.title": "How the day went",
    "Problem.title": "The input is not valid",
    "QAndASection.title": "Two questions",
    "ScaleSection.title": "Energy",
    "TableSection.title": "Exercises",
    "TimeLogSection.title": "Where the time went",
    "to": "2026-03-31",
    "total": 120,
    "type": "about:blank",
    "unit": "km",
    "unread": True,
    "updated_at": "2026-03-15T18:20:00.000Z",
    "user_id": _ADA,
    "value": 5.5,
    "CheckboxAnswer.value": ["Stretch"],
    "ListAnswer.value": ["Answered all letters"],
    "ParagraphAnswer.value": "The river in the sun",
    "QAndAAnswer.value": ["A quiet hour"],
    "ScaleAnswer.value": 8,
    "TableAnswer.value": [["Squats", "20"]],
    "TimeLogAnswer.value": [{"start": "07:30", "end": "08:00", "activity": "Morning walk"}],
    "week_start": "monday",
    "version": 3,
    "BuiltInTemplate.version": 1,
    "Health.version": "1.4.0",
    "word_count": 6,
}


class Examples:
    """Gives a document its examples.

    Raises:
        KeyError: a field has none; it is named. Give its model one, or `_EXAMPLES`.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content
        self._schemas: dict[str, dict[str, Any]] = content["components"]["schemas"]
        self._shared: dict[str, Any] = content["components"].setdefault("examples", {})

    def give(self) -> None:
        """Add an example to each field, each parameter and each body."""
        operations = [each for path in self._content["paths"].values() for each in path.values()]
        for operation in operations:  # before the fields have theirs: it tells those worth sending
            for media in operation.get("requestBody", {}).get("content", {}).values():
                self._share(media, worth_sending=True)
        self._fields()
        for operation in operations:
            for parameter in operation.get("parameters", []):
                parameter["example"] = self._of(parameter["schema"], f"parameter.{parameter['name']}")
            for response in operation["responses"].values():
                for media in response.get("content", {}).values():
                    if "examples" not in media:
                        self._share(media, worth_sending=False)
        for schema in self._schemas.values():  # last: a field's own example tells more than any of its kind
            if "enum" in schema:
                schema["examples"] = schema["enum"][:1]

    def _fields(self) -> None:
        for name, schema in self._schemas.items():
            for field, inner in schema.get("properties", {}).items():
                if not {"examples", "$ref"} & inner.keys():
                    inner["examples"] = [self._of(inner, f"{name}.{field}")]

    def _share(self, media: dict[str, Any], *, worth_sending: bool) -> None:
        schema = media["schema"]
        while "anyOf" in schema:
            schema = schema["anyOf"][0]
        name = self._resolve(schema)["title"]
        if name not in self._shared:
            value = self._sent(schema) if worth_sending else self._of(schema, name)
            self._shared[name] = {"value": value}
        media["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}

    def _sent(self, reference: Mapping[str, Any]) -> dict[str, Any]:
        """What has to be sent, and what the model gives an example of; of a mere change, everything."""
        schema = self._resolve(reference)
        fields = schema["properties"]
        telling = [
            name for name in fields if name in schema.get("required", []) or "examples" in fields[name]
        ]
        return {name: self._of(fields[name], f"{schema['title']}.{name}") for name in telling or fields}

    def _of(self, schema: Mapping[str, Any], where: str) -> Any:
        """The schema's example. `where` is `Schema.field`."""
        name, _, field = where.partition(".")
        schema = self._resolve(schema)
        allowed = [schema["const"]] if "const" in schema else schema.get("enum", [])
        for found in (schema.get("examples", []), _named(where), allowed, _named(field)):
            if found:
                return found[0]
        if "properties" in schema:
            title = schema["title"]
            return {key: self._of(each, f"{title}.{key}") for key, each in schema["properties"].items()}
        if schema.get("type") == "array":
            return [self._of(schema["items"], f"{name}.")]
        for kind in ("oneOf", "anyOf"):
            if kind in schema:
                return self._of(schema[kind][0], where)
        raise KeyError(where)

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = schema.get("$ref")
        return self._schemas[reference.rpartition("/")[2]] if reference else schema


def _named(name: str) -> list[Any]:
    return [_EXAMPLES[name]] if name in _EXAMPLES else []
