"""What stays on this computer: the user's own data, what can be rebuilt, settings, secrets."""
