"""All generated pages: `python -m codegen.pages` writes them."""

from codegen import access_patterns, adr_index, environment, iam, scale

PAGES = (access_patterns, adr_index, environment, iam, scale)


def main() -> None:
    """Write every page to its path."""
    for page in PAGES:
        page.PATH.write_text(page.render(), encoding="utf-8")


if __name__ == "__main__":
    main()
