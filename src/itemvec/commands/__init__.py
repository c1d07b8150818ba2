"""What ``itemvec ...`` runs."""
