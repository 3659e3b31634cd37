"""What the console is about: cameras, footage, time. Standard library only."""
