"""The foundation of all other packages: names, types, errors, files and parameters. It imports none of them."""
