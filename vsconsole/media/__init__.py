"""Containers and codecs: what a file is, how it is cut, joined and handed to the player."""
