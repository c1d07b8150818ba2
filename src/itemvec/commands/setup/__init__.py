"""What ``itemvec init`` does: it understands raw files, says how, and makes a data set, or a whole project, of them."""
