"""Shows a picture at exactly the moment asked for; libVLC decodes, Qt paints."""
