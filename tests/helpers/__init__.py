"""What every test runs under: a fixed environment and guards against loose ends."""
