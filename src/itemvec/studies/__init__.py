"""What the vectors of a variant look like: geometry, capacity, and how text similarity relates to what users did."""
