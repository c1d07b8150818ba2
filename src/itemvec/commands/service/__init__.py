"""A small HTTP service on exports: search, recommendation, and two systems side by side. A reference, for a trial."""
