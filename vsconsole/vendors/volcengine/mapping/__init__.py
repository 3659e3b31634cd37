"""To and from the wire: the only place that knows the pages' keys."""
