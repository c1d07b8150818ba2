"""What is said where recommendation was measured for a sample of the users."""

from itemvec.decision.results import Results


def sample_note(results: Results, task: str) -> str:
    """Of how many users the metrics are; empty where all were asked for."""
    facts = results.of(task)[0].facts  # of the split, which all cells share
    drawn, rest = (facts.get(key, 0) for key in ("users_drawn", "users_not_drawn"))
    if not rest:
        return ""
    return f"metrics are of {drawn:,} users, drawn at random of {drawn + rest:,} by {task}.split.users"
