"""What happened at every camera: a list to search, with pictures; a click plays the moment."""
