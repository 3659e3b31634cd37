"""What the program does, without a window: each service small, composed in `desk`."""
