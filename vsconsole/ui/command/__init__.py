"""The command box: any action, any camera, any time in one line."""
