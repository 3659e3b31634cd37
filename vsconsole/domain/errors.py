"""The one error family: the class says what happened, the attributes what to do next."""

from __future__ import annotations

from collections.abc import Mapping

_ENDS = '.!?\u3002\uff01\uff1f\u2026:\uff1a;)\uff09"'


def sentence(text: str) -> str:
    """`text` with an end: vendors' own words often have none, and others follow them."""
    text = text.rstrip()
    if not text or text[-1] in _ENDS:
        return text
    return f"{text}\u3002" if text[-1] >= "\u2e80" else f"{text}."


class ConsoleError(Exception):
    """A failure the operator is told about: `what` happened, `why`, and the `remedy`.

    `code` and `request_id` are the vendor's own, shown under details. `retryable` says that the
    same call may succeed later by itself, `retry_after` (seconds) when. `may_have_happened` marks
    a call that is not idempotent and whose outcome is unknown: it is never repeated by itself.
    Texts arrive already translated and hold no secret, token or signed URL.
    """

    retryable = False

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        remedy: str = "",
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        may_have_happened: bool = False,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.may_have_happened = may_have_happened
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, sentence(self.why), self.remedy) if part)

    def as_dict(self) -> Mapping[str, str]:
        """The command line's error object: error, message, remedy, code, request_id."""
        return {
            "error": type(self).__name__,
            "message": " ".join(part for part in (self.what, sentence(self.why)) if part),
            "remedy": self.remedy,
            "code": self.code,
            "request_id": self.request_id,
        }


class Cancelled(ConsoleError):
    """The work was called off by the user or by newer work; never shown as a failure."""

    def __init__(self, what: str = "cancelled") -> None:
        super().__init__(what)


class InvalidInput(ConsoleError):
    """A value the user gave cannot be used; `field` names the input it belongs beside."""

    def __init__(self, what: str, *, field: str = "", why: str = "", remedy: str = "") -> None:
        super().__init__(what, why=why, remedy=remedy)
        self.field = field


class AccountError(ConsoleError):
    """The login, not the request, is at fault."""


class BadCredentials(AccountError):
    """Key or secret refused."""


class SessionExpired(AccountError):
    """The session or token ended; renewed and repeated once inside before it is raised."""


class PermissionDenied(AccountError):
    """The account may not do this."""


class QuotaExceeded(AccountError):
    """The account's contract has run out."""


class ClockSkew(AccountError):
    """This computer's clock is too far from the vendor's for a valid signature."""


class VendorError(ConsoleError):
    """The vendor answered, and the answer is no."""


class RateLimited(VendorError):
    """Too many calls; `retry_after` says when, where known."""

    retryable = True


class NotFound(VendorError):
    """The thing asked for does not exist, or no longer."""


class Conflict(VendorError):
    """The thing is in use, or its name is taken."""


class DeviceOffline(VendorError):
    """The device or channel does not answer its platform."""


class ChannelOffline(DeviceOffline):
    """The device answers, and the camera behind it does not."""


class DeviceBusy(VendorError):
    """The device has no free session for this."""


class Unsupported(VendorError):
    """The vendor, device or channel cannot do this."""


class Rejected(VendorError):
    """Refused for a reason the vendor names."""


class BadResponse(VendorError):
    """The answer could not be read: not the documented shape."""

    retryable = True


class NetworkError(ConsoleError):
    """The vendor could not be reached."""

    retryable = True


class Unreachable(NetworkError):
    """No connection: name lookup, refused or cut."""


class TimedOut(NetworkError):
    """No answer in time."""


class TlsFailed(NetworkError):
    """The server's certificate was not accepted."""

    retryable = False


class ProxyFailed(NetworkError):
    """The proxy refused or could not be reached."""


class MediaError(ConsoleError):
    """Pictures could not be had."""


class StreamUnavailable(MediaError):
    """The stream gives no data."""

    retryable = True


class StreamExpired(MediaError):
    """The stream's address is no longer valid; a new one has to be asked for."""

    retryable = True


class CodecUnsupported(MediaError):
    """The picture's coding cannot be decoded here."""


class Encrypted(MediaError):
    """The pictures are locked with a key that only their owner has."""


class WrongChannel(MediaError):
    """The answer is about another channel than the one asked for; its picture is not shown."""

    retryable = True


class PlayerMissing(MediaError):
    """libVLC is not installed, or unusable."""


class StorageError(ConsoleError):
    """This computer's disk or secret store failed."""


class DiskFull(StorageError):
    """No room left."""


class NotWritable(StorageError):
    """The place cannot be written."""


class SecretStoreUnavailable(StorageError):
    """Neither a keyring nor an opened vault is there for secrets."""


class CacheDamaged(StorageError):
    """The rebuildable cache was damaged and has been put aside."""
