"""Dialogs: accounts, an address to open."""
