"""The desk: widgets that know no vendor, no network and no file."""
