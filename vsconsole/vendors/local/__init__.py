"""Footage on disk: a folder is an account, its files are recordings."""
