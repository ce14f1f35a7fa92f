"""Jobs: long work in the background, with progress, cancelling and a result."""
