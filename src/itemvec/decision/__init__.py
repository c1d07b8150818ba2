"""What the measurements mean: comparisons, the verdict, and the difference between two states of the repository."""
