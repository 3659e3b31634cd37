"""Work off the window's thread: lanes of threads, the way back, and a watch on stalls."""
