"""Every status code of "错误码" as an error that says what happened and what to do.

The same codes come with HTTP 200, 400, 402 and 403; some with `Code` 0.
"""

from __future__ import annotations

import re

from vsconsole.domain.errors import (
    BadCredentials,
    ChannelOffline,
    Conflict,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    StreamExpired,
    Unsupported,
)
from vsconsole.i18n import N_, _
from vsconsole.net import answers
from vsconsole.net.answers import BY_STATUS, Meaning, clipped

_AGAIN = N_("Try again; if it stays so, ask Tencent Cloud with the request id.")
_CHECK_INPUT = N_("Check what was entered.")
_REFRESH = N_("It may have been deleted: refresh the list.")
_NAME = N_("Use Chinese characters, English letters, digits, _ and - only.")
_OTHER_NAME = N_("Choose another name.")
_POWER = N_("Check its power and network, then try again.")
_FILE = N_("Start from a freshly downloaded template and change only its cells.")
_SLOTS = N_("Write times as hh:mm:ss.")

CODES: dict[int, Meaning] = {
    40001: Meaning(Rejected, N_("A parameter is not valid."), _CHECK_INPUT),
    40002: Meaning(
        Unsupported,
        N_("This does not work with the device's access protocol."),
        N_("Use a device of another protocol."),
    ),
    40003: Meaning(
        Rejected, N_("The device type is not valid."), N_("RTMP devices can only be cameras.")
    ),
    40004: Meaning(Rejected, N_("The device status is not valid."), _CHECK_INPUT),
    40005: Meaning(Rejected, N_("A parameter is outside its limits."), _CHECK_INPUT),
    40006: Meaning(NotFound, N_("There is no such record."), _REFRESH),
    41301: Meaning(Rejected, N_("The device list could not be read."), _AGAIN, True),
    41601: Meaning(
        SessionExpired,
        N_("The signature or its temporary token has expired."),
        N_("Check this computer's clock; with temporary keys, enter new ones."),
    ),
    41602: Meaning(
        BadCredentials,
        N_("SecretId, SecretKey or token was refused."),
        N_("Copy them again from the Tencent Cloud console."),
    ),
    41603: Meaning(
        Rejected,
        N_("The organization tree is too deep."),
        N_("Add the organization at a higher level."),
    ),
    41604: Meaning(
        Unsupported,
        N_("This stream protocol is not offered."),
        N_("Open the stream in another way."),
    ),
    41605: Meaning(
        NotFound,
        N_("There is no such stream."),
        N_("It may have ended: open it again."),
    ),
    41606: Meaning(
        Rejected,
        N_("The domain's CNAME does not resolve."),
        N_("Check the entry at the domain's provider."),
    ),
    41607: Meaning(
        Conflict,
        N_("The organization holds other organizations."),
        N_("Move or delete those first."),
    ),
    41608: Meaning(
        Conflict,
        N_("The organization holds devices of the main or of other sub-accounts."),
        N_("Ask the main account to move them."),
    ),
    41609: Meaning(
        Rejected,
        N_("The domain has no ICP filing."),
        N_("File it, or use another domain."),
    ),
    41610: Meaning(
        Rejected,
        N_("No service node is available."),
        N_("Bind a domain to the node first."),
    ),
    41611: Meaning(Rejected, N_("The start is after the end."), _CHECK_INPUT),
    41612: Meaning(
        Rejected,
        N_("The start lies in the future."),
        N_("Choose an earlier time and check this computer's clock."),
    ),
    41613: Meaning(Conflict, N_("The organization's name is taken."), _OTHER_NAME),
    41614: Meaning(Rejected, N_("The file's content is wrong or its template was changed."), _FILE),
    41615: Meaning(
        Rejected,
        N_("More than 5000 devices are in the file."),
        N_("Split it into several files."),
    ),
    41616: Meaning(Rejected, N_("The file has more than one sheet."), _FILE),
    41617: Meaning(DeviceOffline, N_("The device is offline."), _POWER),
    41618: Meaning(Conflict, N_("The domain exists already."), N_("Use another domain.")),
    41619: Meaning(
        Rejected,
        N_("The certificate does not belong to the domain."),
        N_("Choose the certificate made for it."),
    ),
    41620: Meaning(
        Rejected,
        N_("The certificate cannot be read."),
        N_("Choose a certificate and key in PEM form."),
    ),
    41621: Meaning(DeviceOffline, N_("The device is disabled."), N_("Enable it, then try again.")),
    41622: Meaning(
        QuotaExceeded,
        N_("The node has no room for more users."),
        N_("Use another node, or ask Tencent Cloud."),
    ),
    41623: Meaning(
        Rejected,
        N_("The domain was deleted, so there is no stream address."),
        N_("Add a domain to the device's node again."),
    ),
    41624: Meaning(Rejected, N_("The name is empty or not allowed."), _NAME),
    41625: Meaning(Rejected, N_("The description is not allowed."), _NAME),
    41626: Meaning(
        Rejected,
        N_("The GB28181 password is empty or not allowed."),
        N_("Use 6 to 16 digits."),
    ),
    41627: Meaning(NotFound, N_("Nothing was recorded then."), N_("Choose another time.")),
    41628: Meaning(
        DeviceOffline,
        N_("The device has not registered yet."),
        N_("Enter the platform's address and the device's code on the device."),
    ),
    41629: Meaning(Rejected, N_("The gateway's access protocol is not valid."), _CHECK_INPUT),
    41630: Meaning(
        Rejected,
        N_("Speed and position cannot be set together."),
        N_("Set one after the other."),
    ),
    41631: Meaning(Rejected, N_("The gateway's key is missing."), N_("Activate the gateway.")),
    41632: Meaning(
        Conflict,
        N_("The gateway is active already."),
        N_("There is nothing more to do."),
    ),
    41633: Meaning(
        Rejected,
        N_("Stream type and resolution cannot be chosen together."),
        N_("Choose one of them."),
    ),
    41634: Meaning(ChannelOffline, N_("The channel is offline."), _POWER),
    41635: Meaning(
        Rejected,
        N_("The device password's length is not allowed."),
        N_("Use 2 to 63 characters."),
    ),
    41636: Meaning(Rejected, N_("The IPv4 address is not valid."), _CHECK_INPUT),
    41637: Meaning(
        DeviceOffline,
        N_("The device did not answer its platform in time."),
        _POWER,
        True,
    ),
    41638: Meaning(NotFound, N_("There is no such device."), _REFRESH),
    41639: Meaning(NotFound, N_("There is no such channel."), _REFRESH),
    42205: Meaning(Conflict, N_("This is in use."), N_("End what uses it, then try again.")),
    42206: Meaning(NotFound, N_("The device does not exist."), _REFRESH),
    42207: Meaning(NotFound, N_("The channel does not exist."), _REFRESH),
    42501: Meaning(NotFound, N_("There is no recording."), N_("Choose another time.")),
    42502: Meaning(
        PermissionDenied,
        N_("The account may not read the storage of recordings."),
        N_("Give it read access to the COS bucket."),
    ),
    42503: Meaning(
        Rejected, N_("The download address is not valid."), N_("Start the download again.")
    ),
    42504: Meaning(
        StreamExpired,
        N_("The download address has expired."),
        N_("Start the download again."),
    ),
    42505: Meaning(
        RateLimited,
        N_("Too many downloads run at once."),
        N_("Wait until others have ended."),
    ),
    42506: Meaning(
        Conflict,
        N_("The recording lies in cold storage."),
        N_("Retrieve it first, then try again."),
    ),
    42507: Meaning(
        RateLimited,
        N_("Downloads are held back: the bandwidth is used up."),
        N_("Try again later."),
    ),
    42508: Meaning(
        RateLimited,
        N_("Downloads are held back: too many connections."),
        N_("Try again later."),
    ),
    43401: Meaning(Rejected, N_("The IPv4 address is not valid."), _CHECK_INPUT),
    43402: Meaning(Rejected, N_("The day of the week is not from 1 to 7."), _CHECK_INPUT),
    43403: Meaning(Rejected, N_("A time is written wrongly."), _SLOTS),
    43404: Meaning(Rejected, N_("A time section starts after its end."), _CHECK_INPUT),
    43405: Meaning(
        Rejected,
        N_("A time section is shorter than 10 minutes."),
        N_("Make it longer."),
    ),
    43406: Meaning(
        Rejected,
        N_("More than 10 organizations were given."),
        N_("Ask for fewer at a time."),
    ),
    43407: Meaning(NotFound, N_("The device does not exist."), _REFRESH),
    43408: Meaning(
        Rejected,
        N_("The upload time is too short for the recordings of the day before."),
        N_("Make it longer, or choose a higher speed."),
    ),
    43409: Meaning(
        Conflict,
        N_("A plan uses the template."),
        N_("Give the plan another template first."),
    ),
    43410: Meaning(Conflict, N_("The template's name is taken."), _OTHER_NAME),
    43411: Meaning(Conflict, N_("The plan's name is taken."), _OTHER_NAME),
    43412: Meaning(Unsupported, N_("This speed is not offered."), N_("Use 1, 2 or 4.")),
    43701: Meaning(Rejected, N_("The AI task's name is not allowed."), _NAME),
    43702: Meaning(Rejected, N_("The AI task's description is not allowed."), _NAME),
    43703: Meaning(Rejected, N_("The AI task has no channel."), N_("Add a channel.")),
    43704: Meaning(
        Rejected,
        N_("The AI task has 1000 channels or more."),
        N_("Split it into several tasks."),
    ),
    43705: Meaning(Rejected, N_("A channel id has characters that are not allowed."), _CHECK_INPUT),
    43706: Meaning(
        Rejected, N_("The callback address has characters that are not allowed."), _CHECK_INPUT
    ),
    43707: Meaning(Rejected, N_("The detection type is not valid."), _CHECK_INPUT),
    43708: Meaning(Rejected, N_("The picture interval is not valid."), N_("Use 1 to 20 seconds.")),
    43709: Meaning(Rejected, N_("There are more than 5 time slots."), N_("Join some of them.")),
    43710: Meaning(Rejected, N_("A time slot starts after its end."), _CHECK_INPUT),
    43711: Meaning(Rejected, N_("A time slot is written wrongly."), _SLOTS),
    43712: Meaning(Rejected, N_("Time slots repeat."), N_("Remove one of them.")),
    43713: Meaning(Rejected, N_("The template's tag is not valid."), N_("Use AI or Snapshot.")),
    43714: Meaning(
        Rejected,
        N_("The templates have different tags."),
        N_("Make one task for AI and one for Snapshot."),
    ),
    43715: Meaning(NotFound, N_("One of the channels does not exist."), _REFRESH),
    43716: Meaning(
        Conflict,
        N_("A channel is in another AI task."),
        N_("Take it out of that task first."),
    ),
    43717: Meaning(NotFound, N_("The AI task's id is not valid."), _REFRESH),
    43718: Meaning(NotFound, N_("The AI task does not exist."), _REFRESH),
    43719: Meaning(
        Conflict, N_("The AI task is running."), N_("Switch it off before changing it.")
    ),
    43720: Meaning(Rejected, N_("The page number is not valid."), _CHECK_INPUT),
    43721: Meaning(Rejected, N_("The page size is not valid."), _CHECK_INPUT),
    43722: Meaning(Rejected, N_("The status is missing."), N_("Use on or off.")),
    43723: Meaning(Rejected, N_("The status is not valid."), N_("Use on or off.")),
    43724: Meaning(
        Conflict,
        N_("The AI task is switched off already."),
        N_("There is nothing more to do."),
    ),
    43725: Meaning(Rejected, N_("The channel is missing."), _CHECK_INPUT),
    43726: Meaning(
        Rejected, N_("The file path has characters that are not allowed."), _CHECK_INPUT
    ),
    43727: Meaning(Rejected, N_("Begin and end are not valid."), N_("Ask for at most 30 days.")),
    50000: Meaning(Rejected, N_("The operation failed at the vendor."), _AGAIN, True),
    50001: Meaning(Rejected, N_("The vendor's database is not available."), _AGAIN, True),
    50002: Meaning(Rejected, N_("The vendor's media service failed."), _AGAIN, True),
    51601: Meaning(Rejected, N_("The vendor's cluster failed."), _AGAIN, True),
    51602: Meaning(
        Rejected, N_("The device's platform could not pass on the command."), _AGAIN, True
    ),
    51603: Meaning(Rejected, N_("The gateway could not pass on the command."), _AGAIN, True),
    # The table gives 51603 twice; by its order the second one is 51604.
    51604: Meaning(Rejected, N_("The vendor's message queue failed."), _AGAIN, True),
}

NOTHING_RECORDED = frozenset({41627, 42501})
"""Codes of a question about recordings whose answer is simply "none"."""


_TOO_MANY = re.compile(r"limit\s*exceeded|too many|rate limit|频率|频繁|限流", re.IGNORECASE)
_LIMITED = Meaning(
    RateLimited, N_("Too many calls in a short time."), N_("Wait a moment, then try again.")
)


def error_for(
    code: int,
    *,
    message: str = "",
    detail: str = "",
    status: int = 200,
    request_id: str = "",
    retry_after: float | None = None,
) -> ConsoleError:
    """The error of a status code; unknown ones go by the HTTP status and the vendor's message."""
    meaning = CODES.get(code)
    # The table has no code for it; it comes as a failed operation, or as the HTTP status.
    if status == 429 or (code in (0, 500, 50000) and _TOO_MANY.search(f"{message} {detail}")):
        meaning = _LIMITED
    if meaning is None:
        kind = BY_STATUS.get(status, Rejected)
        return kind(
            _("Tencent Cloud refused the call."),
            why=clipped(message),
            remedy=_(_AGAIN),
            code=str(code),
            request_id=request_id,
            retry_after=retry_after,
            retryable=status >= 500 or None,
        )
    return meaning.kind(
        _(meaning.what),
        why=clipped(detail),
        remedy=_(meaning.remedy),
        code=str(code),
        request_id=request_id,
        retry_after=retry_after,
        retryable=meaning.retryable,
    )


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
    if status == 429:
        return error_for(429, status=status, request_id=request_id, retry_after=retry_after)
    return answers.unreadable(status, body, request_id=request_id, retry_after=retry_after)
