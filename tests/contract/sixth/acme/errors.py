"""Acme's faults."""

from vsconsole.domain.errors import BadCredentials, ConsoleError, NotFound, Rejected

_KINDS: dict[str, type[ConsoleError]] = {"K1": BadCredentials, "C4": NotFound}


def error_for(code: str, words: str) -> ConsoleError:
    """The error of a fault."""
    kind = _KINDS.get(code, Rejected)
    return kind("Acme refused the call.", why=words, remedy="Look at the card.", code=code)
