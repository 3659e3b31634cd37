"""The command line: the services without a window, for scripts, support and tests."""
