"""What every other package uses: names, types, errors, files, parameters. It imports none of them."""
