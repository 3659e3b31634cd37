"""Panels beside the wall: PTZ and presets, details, jobs, messages."""
