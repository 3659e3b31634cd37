"""Keys: which there are, what they may be, and the dialog that changes them."""
