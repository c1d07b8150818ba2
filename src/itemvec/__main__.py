"""``python -m itemvec``."""

from itemvec.commands.main import main

main()
