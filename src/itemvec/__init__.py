"""Item-text embeddings: build, shrink and measure them."""

__version__ = "0.1.0"
