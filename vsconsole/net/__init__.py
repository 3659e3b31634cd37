"""Calls over HTTP: endpoint rows, transport, pacing, retry, redaction. No Qt, no vendor."""
