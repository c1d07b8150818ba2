"""Encoding on a Ray cluster: the driver hands out texts, the workers send vectors back."""
