"""Acme Cameras."""
