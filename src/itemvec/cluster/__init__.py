"""Encoding on a Ray cluster: the driver sends out texts, the workers send back vectors."""
