"""Timeline, calendar and transport bar; they know no vendor, network, file or service."""
