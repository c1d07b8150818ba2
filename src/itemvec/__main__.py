"""``itemvec`` and ``python -m itemvec``: signals are handled before anything else is imported."""

import sys

from itemvec.core.interrupts import begin


def run() -> None:
    """Run the command that the arguments name."""
    begin("itemvec")

    from itemvec.commands.main import main
    from itemvec.core.terminal import show_traceback

    sys.excepthook = show_traceback
    main()


if __name__ == "__main__":
    run()
