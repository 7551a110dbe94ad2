"""Zensical, which turns Markdown pages into the site: its settings, and the call.

It brings the layout, the navigation, the search, both colour schemes and the copy buttons
(docs/adr, "Zensical builds the documentation").
"""

import base64
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

_HERE = Path(__file__).parent
_SCRIPTS = ("cognito.js",)
_MODULES = ("page.js", "session.js", "request.js", "inbox.js")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# `style-src`: the theme's search sets styles of its own.
_POLICY = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)

Navigation = Sequence[Mapping[str, Any]]


class BuildError(Exception):
    """Zensical refused the pages, for example because a link leads nowhere."""


def settings(navigation: Navigation, site_url: str) -> dict[str, Any]:
    """The configuration, in the format of `mkdocs.yml`."""
    scheme = "(prefers-color-scheme: {})"
    return {
        "site_name": "Lifestyle Spaces API",
        "site_url": site_url,
        "use_directory_urls": False,
        "theme": {
            "custom_dir": "theme",
            "font": False,
            "features": [
                "content.code.copy",
                "content.tabs.link",
                "navigation.footer",
                "navigation.tabs",
                "navigation.top",
                "search.highlight",
                "toc.follow",
            ],
            "palette": [
                {"media": scheme.format(name), "scheme": value, "toggle": {"icon": icon, "name": label}}
                for name, value, icon, label in (
                    ("light", "default", "lucide/sun", "Switch to dark mode"),
                    ("dark", "slate", "lucide/moon", "Switch to light mode"),
                )
            ],
        },
        "extra": {"generator": False},
        "extra_css": ["assets/style.css"],
        "extra_javascript": [
            *(f"assets/{name}" for name in _SCRIPTS),
            *({"path": f"assets/{name}", "type": "module"} for name in _MODULES),
        ],
        "plugins": ["search"],
        "markdown_extensions": [
            "admonition",
            "attr_list",
            "tables",
            {"toc": {"permalink": True}},
            "pymdownx.details",
            {"pymdownx.highlight": {"anchor_linenums": False}},
            "pymdownx.superfences",
            {"pymdownx.tabbed": {"alternate_style": True}},
        ],
        "nav": navigation,
    }


def generate(pages: Mapping[str, str], navigation: Navigation, target: Path, *, site_url: str = "") -> None:
    """Writes the site of the pages, Markdown by name, into the folder; what was there is deleted.

    Raises:
        BuildError: a page has a link that leads nowhere, or Zensical failed otherwise.
    """
    with TemporaryDirectory() as folder:
        source = Path(folder)
        shutil.copytree(_HERE / "theme", source / "theme")
        shutil.copytree(_HERE / "assets", source / "docs" / "assets")
        for name, text in pages.items():
            (source / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
        (source / "mkdocs.yml").write_text(yaml.safe_dump(settings(navigation, site_url)), encoding="utf-8")
        _run(source)
        for page in (source / "site").glob("*.html"):
            page.write_text(_restricted(page.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source / "site", target)


def _run(source: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "zensical", "build", "--strict"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(_COLOUR.sub("", done.stdout + done.stderr))


def _restricted(html: str) -> str:
    """The page with a policy that permits its own inline scripts and nothing from another host."""
    digests = {
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in _INLINE_SCRIPT.findall(html)
    }
    hashes = " ".join(f"'sha256-{digest}'" for digest in sorted(digests))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(hashes=hashes)}">'
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{policy}', 1)
