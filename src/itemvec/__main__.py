"""``python -m itemvec``."""

from itemvec.cli import main

main()
