"""The other side of the wire: vendor servers on loopback with real media, for demo and tests."""
