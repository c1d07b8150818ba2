"""Write docs/reference anew: ``python -m docs.generator``, which ``make docs`` runs."""

from docs.generator.pages import PAGES, REFERENCE


def main() -> None:
    """Write every page whose text has changed."""
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.name}")  # noqa: T201


if __name__ == "__main__":
    main()
