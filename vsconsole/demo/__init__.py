"""The demo: a sandbox in a process of its own, its accounts, and the tour."""
