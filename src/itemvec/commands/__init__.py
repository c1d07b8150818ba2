"""The command line ``itemvec`` and its commands."""
