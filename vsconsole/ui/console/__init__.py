"""The API console: every call of an account, its form, its answer, what was called before."""
