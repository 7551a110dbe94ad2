"""The templates that ship with the service.

Entries keep a copy of the sections they were written by, so these may change; raise `version` then.
"""

from collections.abc import Mapping
from typing import Any

from app.models.templates import BuiltInTemplate

_DAILY_LOG: dict[str, Any] = {
    "template_id": "daily_log",
    "name": "Daily log",
    "description": "What the day was made of, and how it went.",
    "sections": [
        {"section_id": "times", "type": "time_log", "title": "Where the time went"},
        {"section_id": "done", "type": "list", "title": "What I got done"},
        {"section_id": "energy", "type": "scale", "title": "Energy", "min": 1, "max": 10},
        {
            "section_id": "day",
            "type": "paragraph",
            "title": "How the day went",
            "prompt": "A few sentences are enough.",
        },
        {"section_id": "tomorrow", "type": "list", "title": "For tomorrow"},
    ],
}
_GRATITUDE: dict[str, Any] = {
    "template_id": "gratitude",
    "name": "Gratitude",
    "description": "Three good things and why they happened.",
    "sections": [
        {
            "section_id": "grateful_for",
            "type": "list",
            "title": "I am grateful for",
            "prompt": "Small things count.",
            "required": True,
        },
        {"section_id": "why", "type": "paragraph", "title": "Why they happened"},
        {"section_id": "thanks", "type": "paragraph", "title": "Somebody I want to thank"},
    ],
}
_MOOD: dict[str, Any] = {
    "template_id": "mood",
    "name": "Mood check",
    "description": "How you are, in two minutes.",
    "sections": [
        {
            "section_id": "mood",
            "type": "scale",
            "title": "My mood",
            "prompt": "1 is low, 10 is high.",
            "required": True,
            "min": 1,
            "max": 10,
        },
        {"section_id": "stress", "type": "scale", "title": "My stress", "min": 1, "max": 10},
        {"section_id": "sleep", "type": "scale", "title": "Hours of sleep", "min": 0, "max": 24},
        {
            "section_id": "influences",
            "type": "checkbox",
            "title": "What had to do with it",
            "options": ["Sleep", "Food", "Exercise", "Work", "EntityGroup", "Friends", "Health", "Weather"],
        },
        {"section_id": "note", "type": "paragraph", "title": "Anything else"},
    ],
}
_WEEKLY_REVIEW: dict[str, Any] = {
    "template_id": "weekly_review",
    "name": "Weekly review",
    "description": "Look back on a week and plan the next.",
    "sections": [
        {"section_id": "wins", "type": "list", "title": "What went well", "required": True},
        {"section_id": "obstacles", "type": "list", "title": "What got in the way"},
        {
            "section_id": "questions",
            "type": "q_and_a",
            "title": "Looking back",
            "questions": ["What did I learn?", "What do I stop?", "What do I keep doing?"],
        },
        {"section_id": "satisfaction", "type": "scale", "title": "The week in all", "min": 1, "max": 10},
        {
            "section_id": "plan",
            "type": "table",
            "title": "Next week",
            "columns": ["What matters", "First step", "When"],
        },
    ],
}
_GOAL_PROGRESS: dict[str, Any] = {
    "template_id": "goal_progress",
    "name": "Goal progress",
    "description": "Where you stand with a goal, and the next step.",
    "sections": [
        {"section_id": "goal", "type": "paragraph", "title": "The goal", "required": True},
        {
            "section_id": "progress",
            "type": "scale",
            "title": "Done so far, in per cent",
            "min": 0,
            "max": 100,
        },
        {
            "section_id": "milestones",
            "type": "table",
            "title": "Milestones",
            "columns": ["Milestone", "Due", "State"],
        },
        {"section_id": "obstacles", "type": "list", "title": "Obstacles"},
        {"section_id": "next_step", "type": "paragraph", "title": "The next step", "required": True},
    ],
}
_DECISION: dict[str, Any] = {
    "template_id": "decision",
    "name": "Decision",
    "description": "Think a choice through, and know later why you made it.",
    "sections": [
        {"section_id": "question", "type": "paragraph", "title": "What is to be decided", "required": True},
        {
            "section_id": "options",
            "type": "table",
            "title": "The options",
            "columns": ["Option", "For", "Against"],
        },
        {
            "section_id": "perspectives",
            "type": "q_and_a",
            "title": "From a distance",
            "questions": [
                "What would I tell a friend?",
                "How will I see it in a year?",
                "What is the worst that can happen?",
            ],
        },
        {"section_id": "confidence", "type": "scale", "title": "How sure I am", "min": 1, "max": 10},
        {"section_id": "decision", "type": "paragraph", "title": "What I decide, and why"},
    ],
}
_GROUNDING: dict[str, Any] = {
    "template_id": "grounding",
    "name": "Grounding",
    "description": "Five senses, to arrive in the present when it is all too much.",
    "sections": [
        {"section_id": "before", "type": "scale", "title": "Tension before", "min": 0, "max": 10},
        {"section_id": "see", "type": "list", "title": "Five things I see"},
        {"section_id": "feel", "type": "list", "title": "Four things I feel"},
        {"section_id": "hear", "type": "list", "title": "Three things I hear"},
        {"section_id": "smell", "type": "list", "title": "Two things I smell"},
        {"section_id": "taste", "type": "list", "title": "One thing I taste"},
        {
            "section_id": "body",
            "type": "checkbox",
            "title": "What I did for my body",
            "options": ["Breathed slowly", "Drank water", "Stretched", "Went outside"],
        },
        {"section_id": "after", "type": "scale", "title": "Tension after", "min": 0, "max": 10},
    ],
}
_REFLECTION: dict[str, Any] = {
    "template_id": "reflection",
    "name": "Reflection",
    "description": "What an experience means to you.",
    "sections": [
        {"section_id": "event", "type": "paragraph", "title": "What happened", "required": True},
        {
            "section_id": "questions",
            "type": "q_and_a",
            "title": "Looking closer",
            "questions": [
                "What did I feel?",
                "What did I do well?",
                "What would I do differently?",
                "What do I take with me?",
            ],
        },
    ],
}
_BLANK: dict[str, Any] = {
    "template_id": "blank",
    "name": "Blank page",
    "description": "No questions: only your own words.",
    "sections": [],
}
_ALL = (
    _DAILY_LOG,
    _GRATITUDE,
    _MOOD,
    _WEEKLY_REVIEW,
    _GOAL_PROGRESS,
    _DECISION,
    _GROUNDING,
    _REFLECTION,
    _BLANK,
)

BUILT_IN: Mapping[str, BuiltInTemplate] = {
    template.template_id: template for template in map(BuiltInTemplate.model_validate, _ALL)
}
