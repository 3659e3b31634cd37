"""The desk: what the window's widgets do, bound to the services."""
