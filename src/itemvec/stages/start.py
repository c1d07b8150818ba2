"""``python -m itemvec.stages.start PARENT SCRIPT ARGUMENTS``: run the script of a stage, as ``pipelines/run`` does.

What ends a stage is watched before the script is read, because its imports take seconds: a stage whose DVC was killed
meanwhile would else overwrite the files of a later run.
"""

import os
import sys

from itemvec.core.interrupts import begin


def main() -> None:
    """Run a script as if Python had been called with it."""
    parent, sys.argv = int(sys.argv[1]), sys.argv[2:]
    begin(os.path.basename(sys.argv[0]).removesuffix(".py"), parent if "DVC_STAGE" in os.environ else None)

    from runpy import run_path

    from itemvec.core.terminal import show_traceback

    sys.excepthook = show_traceback
    run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
