"""Every code of the vendor's page "错误码" as a class of error, what happened and what to do."""

from __future__ import annotations

from typing import NamedTuple

from vsconsole.domain.errors import (
    BadCredentials,
    ChannelOffline,
    ClockSkew,
    Conflict,
    ConsoleError,
    DeviceBusy,
    DeviceOffline,
    Encrypted,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    StreamUnavailable,
    Unsupported,
)
from vsconsole.i18n import N_


class Meaning(NamedTuple):
    """What a code means; texts are marked and translated when the error is made.

    `retry_after` is in seconds; `words` says that the vendor's own message tells more.
    """

    kind: type[ConsoleError]
    what: str
    remedy: str = ""
    retryable: bool | None = None
    retry_after: float | None = None
    words: bool = False


AGAIN = N_("Try again; if it stays so, ask Imou with the request id.")
_CHECK_INPUT = N_("Check what was entered.")
_REFRESH = N_("It may have been removed: refresh the list.")
_POWER = N_("Check its power and network, then try again.")
_KEYS = N_("Copy AppId and AppSecret again from the open platform's console.")
_CONSOLE = N_("See the open platform's console.")
_LATER = N_("Try again later.")
_TOMORROW = N_("Wait until tomorrow, or raise the limit in the open platform's console.")
_CARD = N_("Put a card in or check it at the device.")
_TRAFFIC = N_("Buy traffic or bandwidth in the open platform's console.")
_PACKAGE = N_("See the device's cloud storage in the vendor's app.")
_APP = N_("Use the vendor's app.")
_OWNER = N_("Ask the account it belongs to.")
_RIGHTS = N_("Ask the main account for the right.")
_PASSWORD = N_("Check it and try again.")
_UNTIL_LATER = N_("Wait, then try again.")
_SUPPORT = N_("Use another device, or the vendor's app.")

CODES: dict[str, Meaning] = {
    "OP1001": Meaning(Rejected, N_("The operation failed at the vendor."), AGAIN, words=True),
    "OP1002": Meaning(Rejected, N_("A parameter is missing."), _CHECK_INPUT, words=True),
    "OP1003": Meaning(Rejected, N_("A parameter is not valid."), _CHECK_INPUT, words=True),
    "OP1004": Meaning(Rejected, N_("The request was empty."), AGAIN),
    "OP1005": Meaning(Unsupported, N_("This server has no such call."), N_("Check the server.")),
    "OP1006": Meaning(Rejected, N_("The request's head is incomplete."), AGAIN),
    "OP1007": Meaning(SessionExpired, N_("The call came without a login."), _KEYS),
    "OP1008": Meaning(BadCredentials, N_("The AppId is not valid."), _KEYS),
    "OP1009": Meaning(PermissionDenied, N_("The device does not belong to this account."), _OWNER),
    "OP1010": Meaning(PermissionDenied, N_("The application is frozen."), _CONSOLE),
    "OP1011": Meaning(QuotaExceeded, N_("Today's number of calls is used up."), _TOMORROW),
    "OP1012": Meaning(PermissionDenied, N_("The application has no right to this call."), _CONSOLE),
    "OP1013": Meaning(QuotaExceeded, N_("The number of calls is used up."), _CONSOLE),
    "OP1014": Meaning(QuotaExceeded, N_("Today's number of calls is used up."), _TOMORROW),
    "OP1015": Meaning(
        PermissionDenied, N_("The device was not added through the open platform."), _CONSOLE
    ),
    "OP1016": Meaning(QuotaExceeded, N_("This week's number of devices is used up."), _CONSOLE),
    "OP1019": Meaning(NotFound, N_("Nothing was recorded then."), N_("Choose another time.")),
    "OP1021": Meaning(StreamUnavailable, N_("The vendor got no address for the stream."), _POWER),
    "OP1023": Meaning(Rejected, N_("The player's token has expired."), N_("Get a new one.")),
    "OP1026": Meaning(RateLimited, N_("Too many calls in a short time."), _UNTIL_LATER),
    "SN1001": Meaning(BadCredentials, N_("The AppSecret was refused."), _KEYS),
    "SN1002": Meaning(
        ClockSkew,
        N_("This computer's clock is more than five minutes off."),
        N_("Set the clock, best by switching on automatic time, then try again."),
    ),
    "SN1003": Meaning(Rejected, N_("The signature's time is not valid."), AGAIN),
    "SN1004": Meaning(BadCredentials, N_("The AppId is not known."), _KEYS),
    "SN1005": Meaning(Rejected, N_("The vendor has seen this request before."), AGAIN, True),
    "TK1001": Meaning(Conflict, N_("The user is bound to the application already."), _CONSOLE),
    "TK1002": Meaning(SessionExpired, N_("The login has expired."), N_("Try again.")),
    "TK1003": Meaning(SessionExpired, N_("The login is not valid."), N_("Try again.")),
    "TK1004": Meaning(Rejected, N_("The user is not bound to the application."), _CONSOLE),
    "TK1005": Meaning(QuotaExceeded, N_("The number of users is used up."), _CONSOLE),
    "TK1006": Meaning(
        Rejected, N_("The phone number is not that of the developer's account."), _CONSOLE
    ),
    "TK2001": Meaning(SessionExpired, N_("The login is not valid."), N_("Try again.")),
    "DV1001": Meaning(Conflict, N_("The device belongs to another account."), _OWNER),
    "DV1002": Meaning(NotFound, N_("There is no such device."), _REFRESH),
    "DV1003": Meaning(Conflict, N_("The device belongs to this account already."), _REFRESH),
    "DV1004": Meaning(Rejected, N_("The channel could not be renamed."), AGAIN),
    "DV1005": Meaning(Rejected, N_("The device's verification code is wrong."), _PASSWORD),
    "DV1006": Meaning(Conflict, N_("The device has the newest version already.")),
    "DV1007": Meaning(DeviceOffline, N_("The device is offline."), _POWER),
    "DV1008": Meaning(QuotaExceeded, N_("The number of devices is used up."), _CONSOLE),
    "DV1009": Meaning(DeviceBusy, N_("The device is busy."), _UNTIL_LATER, True),
    "DV1010": Meaning(
        RateLimited,
        N_("A device takes one picture a second."),
        _UNTIL_LATER,
        retry_after=1.0,
    ),
    "DV1011": Meaning(NotFound, N_("The device was not added to this account."), _REFRESH),
    "DV1012": Meaning(PermissionDenied, N_("The device is only shared with this account."), _OWNER),
    "DV1013": Meaning(
        Rejected,
        N_("The device can only be added from its own network."),
        N_("Restart the device, then add it from its own network."),
    ),
    "DV1014": Meaning(RateLimited, N_("Too many wrong tries: locked for half an hour."), _LATER),
    "DV1015": Meaning(RateLimited, N_("Too many wrong tries: locked for a day."), _LATER),
    "DV1016": Meaning(Rejected, N_("The device's password is wrong."), _PASSWORD),
    "DV1018": Meaning(
        Rejected,
        N_("The device can only be added from its own network."),
        N_("Restart the device, then add it from its own network."),
    ),
    "DV1019": Meaning(Unsupported, N_("The device cannot do this."), _SUPPORT),
    "DV1020": Meaning(ChannelOffline, N_("The channel is offline."), _POWER),
    "DV1021": Meaning(DeviceOffline, N_("The device reports a fault."), _POWER),
    "DV1022": Meaning(Conflict, N_("There are twenty presets already."), N_("Delete one first.")),
    "DV1023": Meaning(Conflict, N_("The preset's name is taken."), N_("Choose another name.")),
    "DV1024": Meaning(NotFound, N_("There is no such preset."), _REFRESH),
    "DV1025": Meaning(Rejected, N_("The device's password is wrong."), _PASSWORD),
    "DV1026": Meaning(Unsupported, N_("The device does not support this call."), _SUPPORT),
    "DV1027": Meaning(Rejected, N_("The device's safety code is wrong."), _PASSWORD),
    "DV1028": Meaning(NotFound, N_("There is no such device or channel."), _REFRESH),
    "DV1029": Meaning(Conflict, N_("The device was added already."), _REFRESH),
    "DV1030": Meaning(
        DeviceOffline,
        N_("The device is asleep."),
        N_("It did not wake up in time: try again, or wake it at the device."),
    ),
    "DV1031": Meaning(Rejected, N_("The battery is too low for an upgrade."), N_("Charge it.")),
    "DV1032": Meaning(Conflict, N_("The device is locked by this account."), _APP),
    "DV1033": Meaning(Conflict, N_("The device belongs to another account."), _OWNER),
    "DV1034": Meaning(Rejected, N_("The device was not set up yet."), _APP),
    "DV1035": Meaning(Rejected, N_("The device could not be set up."), _APP),
    "DV1036": Meaning(Rejected, N_("The device was not offline for five minutes."), _UNTIL_LATER),
    "DV1037": Meaning(Rejected, N_("The device's two numbers do not belong together."), _PASSWORD),
    "DV1038": Meaning(
        Rejected, N_("The battery is too low for a temporary key."), N_("Charge it.")
    ),
    "DV1039": Meaning(Rejected, N_("A temporary key cannot be made now."), _LATER),
    "DV1040": Meaning(RateLimited, N_("Too many wrong tries: locked for a day."), _LATER),
    "DV1041": Meaning(QuotaExceeded, N_("Too many devices are to be moved."), _CONSOLE),
    "DV1042": Meaning(PermissionDenied, N_("The device is locked by wrong passwords."), _LATER),
    "DV1043": Meaning(Unsupported, N_("The device cannot do this."), _SUPPORT),
    "DV1044": Meaning(Rejected, N_("The device is in another network."), _APP),
    "DV1045": Meaning(Conflict, N_("The device is in conflict with another one."), _APP),
    "DV1047": Meaning(Conflict, N_("The device has a key of its own already."), _APP),
    "DV1049": Meaning(NotFound, N_("The device has no storage."), _CARD),
    "DV1050": Meaning(QuotaExceeded, N_("No more temporary keys can be made."), _LATER),
    "DV1051": Meaning(NotFound, N_("There is no such face library."), _REFRESH),
    "DV1052": Meaning(QuotaExceeded, N_("The face library is full."), _APP),
    "DV1053": Meaning(DeviceOffline, N_("The device sent no picture in time."), _POWER, True),
    "DV1054": Meaning(Rejected, N_("The new password is not strong enough."), _CHECK_INPUT),
    "DV1055": Meaning(
        PermissionDenied, N_("The device was not added through the open platform."), _CONSOLE
    ),
    "DV1056": Meaning(Conflict, N_("The channel is shared already."), _REFRESH),
    "DV1057": Meaning(NotFound, N_("There is no such channel."), _REFRESH),
    "DV1058": Meaning(Conflict, N_("The device is shared with others."), _CONSOLE),
    "DV1059": Meaning(Conflict, N_("The device belongs to another platform."), _OWNER),
    "DV1060": Meaning(Rejected, N_("The device's storage is damaged."), _CARD),
    "DV1061": Meaning(
        DeviceOffline, N_("The device did not answer its platform in time."), _POWER, True
    ),
    "DV1062": Meaning(
        DeviceOffline,
        N_("The device is asleep."),
        N_("It did not wake up in time: try again, or wake it at the device."),
    ),
    "DV1063": Meaning(Conflict, N_("The sound is in use."), _APP),
    "DV1064": Meaning(Rejected, N_("The device's code is wrong."), _PASSWORD),
    "DV1065": Meaning(Unsupported, N_("An accessory is added through its gateway."), _APP),
    "DV1066": Meaning(DeviceBusy, N_("The device is being upgraded."), _UNTIL_LATER),
    "DV1067": Meaning(Unsupported, N_("P2P devices cannot be added."), _SUPPORT),
    "DV1068": Meaning(DeviceOffline, N_("The device's network refuses access."), _POWER),
    "DV1069": Meaning(Rejected, N_("The device cannot do this in its present state."), _LATER),
    "DV1070": Meaning(DeviceBusy, N_("The call was taken elsewhere."), _UNTIL_LATER),
    "DV1080": Meaning(DeviceBusy, N_("The lamp lights the picture just now."), _UNTIL_LATER),
    "DV1081": Meaning(DeviceBusy, N_("Someone is talking through the device."), _UNTIL_LATER),
    "WF1001": Meaning(DeviceOffline, N_("The device did not join the network in time."), _POWER),
    "WF1002": Meaning(Rejected, N_("The network's password is wrong."), _PASSWORD),
    "SM1001": Meaning(Rejected, N_("The code from the text message is wrong."), _PASSWORD),
    "SM1002": Meaning(Rejected, N_("The code from the text message has expired."), _PASSWORD),
    "SM1003": Meaning(Rejected, N_("The vendor's text message service failed."), AGAIN),
    "SM1004": Meaning(Rejected, N_("The text message could not be sent."), AGAIN),
    "SM1005": Meaning(QuotaExceeded, N_("Today's text messages are used up."), _TOMORROW),
    "SM1006": Meaning(RateLimited, N_("Text messages follow each other too fast."), _UNTIL_LATER),
    "SMS01": Meaning(QuotaExceeded, N_("Today's text messages are used up."), _TOMORROW),
    "SMS02": Meaning(QuotaExceeded, N_("Today's text messages are used up."), _TOMORROW),
    "TH1001": Meaning(Unsupported, N_("This call cannot be passed on to a device."), _CHECK_INPUT),
    "TH1003": Meaning(Rejected, N_("The callback's address is not valid."), _CHECK_INPUT),
    "ST1001": Meaning(QuotaExceeded, N_("The device's cloud storage has expired."), _PACKAGE),
    "ST1002": Meaning(Unsupported, N_("The device has no cloud storage."), _PACKAGE),
    "ST1003": Meaning(Conflict, N_("The device uses another cloud storage."), _PACKAGE),
    "ST1004": Meaning(Unsupported, N_("The device has no cloud storage."), _PACKAGE),
    "ST1005": Meaning(QuotaExceeded, N_("The device's cloud storage has expired."), _PACKAGE),
    "ST1006": Meaning(NotFound, N_("There is no such cloud storage."), _PACKAGE),
    "ST1007": Meaning(QuotaExceeded, N_("No more cloud storage can be opened."), _CONSOLE),
    "ST1008": Meaning(Conflict, N_("A record plan uses the cloud storage."), _PACKAGE),
    "ST1009": Meaning(Conflict, N_("The device has paid cloud storage."), _PACKAGE),
    "ST1010": Meaning(Unsupported, N_("The device does not take this cloud storage."), _PACKAGE),
    "ST1011": Meaning(RateLimited, N_("Cloud storage is released once a day."), _TOMORROW),
    "ST1012": Meaning(Rejected, N_("Free cloud storage cannot be released."), _PACKAGE),
    "RC1001": Meaning(NotFound, N_("There is no such recording."), _REFRESH),
    "LV1001": Meaning(Conflict, N_("The live address exists already."), _REFRESH),
    "LV1002": Meaning(NotFound, N_("There is no live address yet."), N_("Open it again.")),
    "LV1004": Meaning(
        Encrypted,
        N_("The device's pictures are locked with a key of its own, or the traffic is used up."),
        N_("Switch off its own encryption in the vendor's app, and see the traffic left."),
    ),
    "LV1005": Meaning(NotFound, N_("There is no live address yet."), N_("Open it again.")),
    "LV1006": Meaning(RateLimited, N_("A stream is bound once a day."), _TOMORROW),
    "LV1008": Meaning(
        PermissionDenied, N_("Live addresses need an account with a proven name."), _CONSOLE
    ),
    "LV1020": Meaning(Conflict, N_("A live address is bound to it."), N_("Unbind it first.")),
    "YL1001": Meaning(Conflict, N_("The time lies inside the record plan."), _CHECK_INPUT),
    "YL1002": Meaning(Conflict, N_("The times overlap."), _CHECK_INPUT, words=True),
    "YL1003": Meaning(Conflict, N_("A record plan for the cloud is on."), _PACKAGE),
    "YL1004": Meaning(Conflict, N_("A plan for motion detection is on."), _PACKAGE),
    "YL1005": Meaning(Unsupported, N_("The cloud storage takes no record plan."), _PACKAGE),
    "GT1001": Meaning(Conflict, N_("The role exists already."), _CONSOLE),
    "GT1002": Meaning(Rejected, N_("The role could not be added."), _CONSOLE),
    "GT1003": Meaning(Conflict, N_("The right was given already."), _CONSOLE),
    "GT1004": Meaning(Rejected, N_("The right could not be given."), _CONSOLE),
    "GT1005": Meaning(NotFound, N_("There is no such right."), _CONSOLE),
    "GT1006": Meaning(NotFound, N_("There is no such role."), _CONSOLE),
    "GT1007": Meaning(Rejected, N_("This role cannot be changed."), _CONSOLE),
    "GT1008": Meaning(QuotaExceeded, N_("No more rights can be given."), _CONSOLE),
    "GT1009": Meaning(Rejected, N_("Rights cannot be given to oneself."), _CHECK_INPUT),
    "GT1010": Meaning(Rejected, N_("The rights could not be listed."), AGAIN),
    "GT1011": Meaning(Rejected, N_("A parameter is not valid."), _CHECK_INPUT),
    "GP1001": Meaning(Conflict, N_("The group's name is taken."), N_("Choose another name.")),
    "GP1002": Meaning(NotFound, N_("There is no such group."), _REFRESH),
    "GP1003": Meaning(Conflict, N_("The device is in a group already."), _REFRESH),
    "US1001": Meaning(NotFound, N_("There is no such user."), _CONSOLE),
    "US1002": Meaning(NotFound, N_("The user has no such right."), _CONSOLE),
    "P2P001": Meaning(SessionExpired, N_("The login has expired."), N_("Try again.")),
    "P2P002": Meaning(Rejected, N_("The request's head is incomplete."), AGAIN),
    "P2P003": Meaning(SessionExpired, N_("The login has expired."), N_("Try again.")),
    "P2P004": Meaning(PermissionDenied, N_("The account may not use this device."), _OWNER),
    "AD1001": Meaning(NotFound, N_("No warden is bound to it."), _CONSOLE),
    "LD1001": Meaning(NotFound, N_("The device has no storage."), _CARD),
    "AP1001": Meaning(NotFound, N_("There is no such accessory."), _REFRESH),
    "AP1002": Meaning(DeviceOffline, N_("The accessory is offline."), _POWER),
    "FL1001": Meaning(QuotaExceeded, N_("The number of connected devices is used up."), _CONSOLE),
    "FL1002": Meaning(QuotaExceeded, N_("There is no bandwidth left."), _TRAFFIC),
    "FL1003": Meaning(QuotaExceeded, N_("The bandwidth is used beyond its limit."), _TRAFFIC),
    "FL1004": Meaning(QuotaExceeded, N_("The traffic is used up."), _TRAFFIC),
    "FL1005": Meaning(QuotaExceeded, N_("Traffic and bandwidth are used up."), _TRAFFIC),
    "PF1001": Meaning(NotFound, N_("There is no such face library."), _REFRESH),
    "PF1002": Meaning(NotFound, N_("There is no such face."), _REFRESH),
    "PF1003": Meaning(Rejected, N_("There is no face in the picture."), _CHECK_INPUT),
    "PF1004": Meaning(Unsupported, N_("This is not supported."), _SUPPORT),
    "PF1005": Meaning(Rejected, N_("The picture is larger than 2 MB."), _CHECK_INPUT),
    "PF1006": Meaning(Rejected, N_("The type does not fit."), _CHECK_INPUT),
    "PF1007": Meaning(Rejected, N_("The picture was not examined yet."), _CHECK_INPUT),
    "UR1000": Meaning(SessionExpired, N_("The login has expired."), N_("Try again.")),
    "UR1001": Meaning(Unsupported, N_("Logging in by mail is not supported."), _CONSOLE),
    "PH1001": Meaning(RateLimited, N_("The phone number was changed too often."), _LATER),
    "SUB1000": Meaning(PermissionDenied, N_("A sub-account may not do this."), _RIGHTS),
    "SUB1001": Meaning(PermissionDenied, N_("The sub-account lacks the right."), _RIGHTS),
    "SUB1002": Meaning(
        PermissionDenied, N_("The sub-account has no right to the device."), _RIGHTS
    ),
    "SUB1005": Meaning(SessionExpired, N_("The sub-account's login has expired."), _RIGHTS),
    "SUB1006": Meaning(
        PermissionDenied, N_("The device is not given to the sub-account."), _RIGHTS
    ),
    "SUB1007": Meaning(Rejected, N_("The sub-account could not be made."), AGAIN),
    "SUB1008": Meaning(
        PermissionDenied, N_("The sub-account does not belong to the application."), _RIGHTS
    ),
    "SUB1009": Meaning(
        Rejected, N_("A sub-account is named by a phone number or mail address."), _CHECK_INPUT
    ),
    "SUB1010": Meaning(Conflict, N_("The sub-account exists already."), _REFRESH),
}

NOTHING_RECORDED = frozenset({"OP1019", "RC1001"})
"""Codes of a question about recordings whose answer is simply "none"."""

ASLEEP = frozenset({"DV1030", "DV1062"})
"""Codes of a device that has to be woken."""

LIVE_EXISTS = "LV1001"
LIVE_MISSING = frozenset({"LV1002", "LV1005"})

NO_RIGHT_TO_CALL = frozenset({"OP1005", "OP1012"})
"""Codes that mean a call for every device of the account."""

NO_PACKAGE = frozenset(
    {"ST1001", "ST1002", "ST1003", "ST1004", "ST1005", "ST1006", "ST1010", "DV1019", "DV1026"}
)
"""Codes of a device without the AI package that is asked for."""
