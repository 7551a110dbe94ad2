"""Templates, entries, highlights and comments: of a member, of another one, and of a viewer."""

from app.core.writes import Write
from app.models.access_patterns import COMMENTS, HIGHLIGHTS, JOURNAL_ENTRIES, TEMPLATES
from app.models.comments import Comment
from app.models.highlights import Highlight, HighlightColor
from app.models.journals import JournalEntry
from app.models.templates import ParagraphSection, Template
from tests.security.roles.role_fixtures import World

TABLE = """
                                                                        owner admin member viewer
POST   /spaces/{space}/templates name=Ours sections=[{section}]         201   201   201    403
GET    /spaces/{space}/templates                                        200   200   200    200
GET    /spaces/{space}/templates/{member_template}                      200   200   200    200
PATCH  /spaces/{space}/templates/{member_template} name=Mine            403   403   200    403
PATCH  /spaces/{space}/templates/{member2_template} name=Mine           403   403   403    403
PATCH  /spaces/{space}/templates/{viewer_template} name=Mine            403   403   403    403
DELETE /spaces/{space}/templates/{member_template}                      204   204   204    403
DELETE /spaces/{space}/templates/{member2_template}                     204   204   403    403
DELETE /spaces/{space}/templates/{viewer_template}                      204   204   403    204

POST   /spaces/{space}/journals title=Today                             201   201   201    403
GET    /spaces/{space}/journals                                         200   200   200    200
GET    /spaces/{space}/journals/{member_entry}                          200   200   200    200
PATCH  /spaces/{space}/journals/{member_entry} title=Mine               403   403   200    403
PATCH  /spaces/{space}/journals/{member2_entry} title=Mine              403   403   403    403
PATCH  /spaces/{space}/journals/{viewer_entry} title=Mine               403   403   403    403
DELETE /spaces/{space}/journals/{member_entry}                          204   204   204    403
DELETE /spaces/{space}/journals/{member2_entry}                         204   204   403    403
DELETE /spaces/{space}/journals/{viewer_entry}                          204   204   403    204

POST   {on}/highlights start=0 end=3 text=day color=blue                201   201   201    403
GET    {on}/highlights                                                  200   200   200    200
DELETE {on}/highlights/{member_highlight}                               204   204   204    403
DELETE {on}/highlights/{member2_highlight}                              204   204   403    403
DELETE {on}/highlights/{viewer_highlight}                               204   204   403    204

POST   {on}/comments text=Good                                          201   201   201    201
GET    {on}/comments                                                    200   200   200    200
PATCH  {on}/comments/{member_comment} text=Mine                         403   403   200    403
PATCH  {on}/comments/{member2_comment} text=Mine                        403   403   403    403
PATCH  {on}/comments/{viewer_comment} text=Mine                         403   403   403    200
DELETE {on}/comments/{member_comment}                                   204   204   204    403
DELETE {on}/comments/{member2_comment}                                  204   204   403    403
DELETE {on}/comments/{viewer_comment}                                   204   204   403    204
"""
AUTHORS = ("member", "member2", "viewer")


def items(world: World) -> list[Write]:
    section = ParagraphSection(section_id="day", type="paragraph", title="Day")
    world.names["section"] = section.model_dump_json(exclude_none=True)
    templates = [
        Template(**world.content(author, "template"), name="Ours", sections=[section]) for author in AUTHORS
    ]
    entries = [
        JournalEntry(
            **world.content(author, "entry"),
            title="Today",
            content="day",
            template_sections=[],
            sections=[],
            tags=[],
            emotions=[],
            pinned=False,
            excerpt="day",
            word_count=1,
        )
        for author in AUTHORS
    ]
    entry_id = world.names["member_entry"]
    world.names["on"] = f"/spaces/{world.names['space']}/journals/{entry_id}"
    highlights = [
        Highlight(
            **world.content(author, "highlight"),
            entry_id=entry_id,
            entry_version=1,
            start=0,
            end=3,
            color=HighlightColor.BLUE,
            text="day",
        )
        for author in AUTHORS
    ]
    comments = [
        Comment(**world.content(author, "comment"), entry_id=entry_id, text="Good", mentions=[])
        for author in AUTHORS
    ]
    return [
        *map(TEMPLATES.create, templates),
        *map(JOURNAL_ENTRIES.create, entries),
        *map(HIGHLIGHTS.create, highlights),
        *map(COMMENTS.create, comments),
    ]
