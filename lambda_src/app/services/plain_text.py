"""Text as a reader sees it: Markdown without its markup, counted in words and cut to an excerpt.

Markup is removed by one scan from start to end, not by a parser: a parser's worst case costs seconds of
CPU for an entry of the permitted length (docs/adr/0028). No quantifier below gives back what it took, and
each stops at the next character that another match could begin with, so the cost is linear.
"""

import functools
import html
import re
import unicodedata

EXCERPT_LENGTH = 200
# An excerpt ends with a whole word only where at least this many characters remain.
_MIN_WHOLE_WORDS = 150

# Tags that may stand inside a word; any other separates what is before it from what is behind it.
_INLINE_TAG = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|"
    "time|tt|u|var|wbr",
    re.IGNORECASE,
)
# Block quotes and list items, which may hold any other block.
_CONTAINER = r"(?:[ \t]*+(?:>|[-+*](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])))"
_TITLE = r"""(?:"[^"]*+"|'[^']*+'|\([^()]*+\))"""
_TARGET = rf"""
    \( [ \t]*+ (?:<[^<>\n]*+>|(?:[^\s()<\\]|\\.|\((?:[^\s()\\]|\\.)*+\))*+) (?:\s++{_TITLE})?+ \s*+ \)
"""
_DEFINITION = rf"""
    ^{_CONTAINER}*+[ \t]*+ \[(?P<label>(?:[^\[\]\\\n]|\\.)++)\]:
    [ \t]*+ (?:<[^<>\n]*+>|[^\s<]\S*+) (?:[ \t]++{_TITLE})?+ [ \t]*+ $
"""
_MARKUP = re.compile(
    rf"""
      ^{_CONTAINER}*+[ \t]*+ (?P<fence>`{{3,}}+|~{{3,}}+)[^`\n]*+$
    | (?P<definition>{_DEFINITION})
    | (?P<line>^{_CONTAINER}*+[-=*_|:+ \t]++$)    # under a heading or a table's, or a thematic break
    | (?P<start>^(?:{_CONTAINER}++[ \t]*+(?:\#{{1,6}}+(?=[ \t]))?+|[ \t]*+\#{{1,6}}+(?=[ \t])))
    | (?P<paragraph>\n(?:[ \t]*+\n)++)
    | \\(?P<escaped>[!-/:-@\[-`{{-~]|$)
    | (?P<entity>&(?:\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    | (?<!`)(?P<ticks>`++)(?P<code>(?:[^`\n]|\n(?![ \t]*+\n))++)(?P=ticks)(?!`)
    | (?P<hidden><!--(?:-?>|.*?(?:-->|\Z))|<\?[a-z].*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)
          |<(?i:script|style)(?=[\s>]).*?(?:</(?i:script|style)\s*+>|\Z))
    | <(?P<address>[A-Za-z][A-Za-z0-9+.-]{{1,31}}:[^\s<>]*+|[^\s<>@\\"']++@[^\s<>@\\]++)>
    | </?(?P<tag>[A-Za-z][A-Za-z0-9-]*+)(?=[\s/>])(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>
    | (?P<declaration><[!?][^<>]*+>)
    | (?P<image>!\[(?:[^\[\]\\]|\\.)*+\](?:{_TARGET}|\[[^\[\]\n]*+\]))
    | (?P<opening>\[)
    | \](?:(?P<target>{_TARGET})|(?=\[(?P<reference>[^\[\]\n]*+)\]))?+(?P<closing>)
    | (?P<emphasis>\*++|_++|~~)
    | (?P<pipe>\|)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_FENCE_END = re.compile(rf"^{_CONTAINER}*+[ \t]*+(?P<fence>`{{3,}}+|~{{3,}}+)[ \t]*+$", re.MULTILINE)
_MAX_LABEL = 999  # CommonMark's own limit
_MAX_EMPHASIS = 3
_LABEL = re.compile(_DEFINITION, re.MULTILINE | re.DOTALL | re.VERBOSE)
_TABLE = re.compile(r"^(?=[^\n|]*+\|)(?=[^\n-]*+-)[ \t>|:-]++$", re.MULTILINE)

# One word each: Chinese characters and hiragana. About four letters make a word of those scripts that put
# no spaces between words and need a dictionary: Thai, Lao, Tibetan, Burmese and Khmer.
_ONE_EACH = re.compile(
    "[\u3005-\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNSPACED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
_LETTERS_IN_WORD = 4
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]++")
# From the start of what stands between white space up to its first letter or digit.
_WORD = re.compile(r"(?<!\S)(?:_|[^\w\s])*+[^\W_]")

_ZERO_WIDTH_JOINER, _VIRAMA = "\u200d", 9
# Beside the marks (category M): joiners, skin tones, tags of flags, Thai and Lao AM, half-width voicing.
_EXTENDS = re.compile("[\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u0e33\u0eb3\uff9e\uff9f]")
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
_HANGUL = re.compile(
    "[\u1100-\u115f][\u1100-\u11a7\uac00-\ud7a3]|[\u1160-\u11a7\uac00-\ud7a3][\u1160-\u11ff]|"
    "[\u11a8-\u11ff][\u11a8-\u11ff]"
)


@functools.lru_cache(maxsize=1)  # a request that is run again is not scanned again
def of_markdown(content: str) -> str:
    """Remove the markup of CommonMark, tables and strikethrough: link targets, images, tags, comments.

    It is an approximation: indented code is scanned as any text is, and an HTML comment, script or style
    without an end hides the rest.
    """
    return "".join(_Scan(content).pieces())


def count_words(text: str) -> int:
    """Count the words that hold a letter or a digit.

    Words stand between white space. Where a script has none, every Chinese character and hiragana is a
    word, and every four letters of Thai, Lao, Tibetan, Burmese and Khmer are, an approximation of UAX #29
    with dictionaries.
    """
    count = len(_ONE_EACH.findall(text))
    for run in _UNSPACED_RUN.findall(text):
        count += -(-sum(map(str.isalnum, run)) // _LETTERS_IN_WORD)
    spaced = _UNSPACED_RUN.sub(" ", _ONE_EACH.sub(" ", text))
    return count + len(_WORD.findall(spaced))


def excerpt(text: str) -> str:
    """The first 200 characters at most, with single spaces.

    It ends with a whole word where that costs at most 50 characters, and never inside a character that is
    made of several (an emoji with a modifier, a letter with its accents).
    """
    line = " ".join(text.split())
    if len(line) <= EXCERPT_LENGTH:
        return line
    space = line.rfind(" ", _MIN_WHOLE_WORDS, EXCERPT_LENGTH + 1)
    if space > 0:
        return line[:space]
    end = EXCERPT_LENGTH
    while end and _belong_together(line, end):
        end -= 1
    return line[: end or EXCERPT_LENGTH].rstrip()


class _Scan:
    """One scan of a text. A piece that turns out to be markup only at its other end is emptied then."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._labels = {_folded(found["label"]) for found in _LABEL.finditer(content)}
        self._has_table = _TABLE.search(content) is not None
        self._pieces: list[str] = []
        # What may begin a link or emphasis: the number of its piece, and for a link where its text begins.
        self._brackets: list[tuple[int, int]] = []
        self._openers: dict[str, list[int]] = {"*": [], "_": [], "~": []}

    def pieces(self) -> list[str]:
        """The text, in order."""
        position = 0
        while found := _MARKUP.search(self._content, position):
            self._pieces.append(self._content[position : found.start()])
            position = self._take(found)
        self._pieces.append(self._content[position:])
        return self._pieces

    def _take(self, found: re.Match[str]) -> int:
        """Add what is text in this markup; return where the scan goes on."""
        match found.lastgroup:
            case "fence":
                return self._take_fence(found)
            case "closing":
                return self._take_closing(found)
            case "opening":
                self._brackets.append((len(self._pieces), found.end()))
                self._pieces.append("[")
            case "emphasis":
                self._take_emphasis(found)
            case "paragraph":
                self._pieces.append("\n")
                self._brackets.clear()
                for openers in self._openers.values():
                    openers.clear()
            case _:
                self._pieces.append(self._text_of(found))
        return found.end()

    def _text_of(self, found: re.Match[str]) -> str:
        """What of markup that stands alone is text."""
        match kind := found.lastgroup:
            case "escaped" | "code" | "address":
                return found[kind]
            case "entity":
                return html.unescape(found[kind])
            case "tag":
                return "" if _INLINE_TAG.fullmatch(found[kind]) else " "
            case "pipe":
                return " " if self._has_table else "|"
            case _:
                return ""

    def _take_fence(self, opening: re.Match[str]) -> int:
        """Add a code block as it is, up to a fence of the same kind that is at least as long."""
        fence = opening["fence"]
        for closing in _FENCE_END.finditer(self._content, opening.end()):
            if closing["fence"].startswith(fence):
                self._pieces.append(self._content[opening.end() : closing.start()])
                return closing.end()
        self._pieces.append(self._content[opening.end() :])
        return len(self._content)

    def _take_closing(self, found: re.Match[str]) -> int:
        """Leave out the brackets and the target of a link, if this is the end of one."""
        piece, start = self._brackets.pop() if self._brackets else (None, 0)
        reference, end = found["reference"], found.end()
        if found["target"] is None:
            short = self._labels and found.start() - start <= _MAX_LABEL
            label = reference or (self._content[start : found.start()] if short else "")
            if piece is None or _folded(label) not in self._labels:
                self._pieces.append("]")
                return found.start() + 1
            end += len(reference) + 2 if reference is not None else 0
        elif piece is None:
            self._pieces.append("]")
            return found.start() + 1
        self._pieces[piece] = ""
        return end

    def _take_emphasis(self, found: re.Match[str]) -> None:
        """Leave out a pair of marks; one that has no other is text."""
        marks, kind = found[0], found[0][0]
        before = self._content[found.start() - 1 : found.start()]
        after = self._content[found.end() : found.end() + 1]
        inside_word = kind == "_" and before.isalnum() and after.isalnum()
        if len(marks) <= _MAX_EMPHASIS and not inside_word:
            openers = self._openers[kind]
            while marks and openers and before.strip():
                opening = self._pieces[openers[-1]]
                shared = min(len(opening), len(marks))
                self._pieces[openers[-1]], marks = opening[shared:], marks[shared:]
                if not self._pieces[openers[-1]]:
                    openers.pop()
            if marks and after.strip():
                openers.append(len(self._pieces))
        self._pieces.append(marks)


def _folded(label: str) -> str:
    """A link label as labels are compared."""
    return " ".join(label.split()).casefold()


def _belong_together(text: str, index: int) -> bool:
    """Whether a reader sees what is on both sides of `index` as one character (UAX #29, approximated)."""
    before, after = text[index - 1], text[index]
    if _EXTENDS.match(after) or unicodedata.category(after)[0] == "M" or before == _ZERO_WIDTH_JOINER:
        return True
    if unicodedata.combining(before) == _VIRAMA:
        return after.isalpha()
    if _FLAG_LETTER.match(before) and _FLAG_LETTER.match(after):
        start = index - 1
        while start and _FLAG_LETTER.match(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 1
    return bool(_HANGUL.match(text, index - 1))
