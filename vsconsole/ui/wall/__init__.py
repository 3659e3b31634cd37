"""The wall: tiles that show live streams and recordings."""
