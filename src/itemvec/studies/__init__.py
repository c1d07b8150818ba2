"""Studies of vectors: geometry, capacity, and how text similarity relates to what users did."""
