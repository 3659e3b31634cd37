"""What Link Visual and its gateway say when they refuse: codes, words, HTTP status."""

from __future__ import annotations

OK = 200
REQUEST = 400
FORBIDDEN = 403
NO_SERVICE = 404
LIMITED = 429
TOKEN = 460
REFRESH = 2401
IDENTITY = 29003
OFFLINE = 6205
TIMEOUT = 20056
FAILED = 22000
NOT_CONNECTED = 9201

NO_DATA = 1701
NO_DEVICE = 62101
"""Both from the platform's common error table (homelink-aquarius2, owt3cp).

Assumed: Link Visual answers so for a plan, file, event or picture, and for a device, that the
account does not have; no numbers for /vision/customer are published. That table calls 460 a wrong
parameter, where the vendor's own SDK takes it for an iotToken that has ended. Assumed: the latter,
and 400 for wrong parameters.
"""

_WORDS = {
    OK: ("success", "成功"),
    REQUEST: ("request error", "请求错误"),
    FORBIDDEN: ("request forbidden", "请求被禁止"),
    NO_SERVICE: ("service not found", "服务未找到"),
    LIMITED: ("too many requests", "太多请求"),
    TOKEN: ("iotToken is invalid or expired", "登录已过期"),
    REFRESH: ("session refresh is refused", "会话刷新被拒绝"),
    IDENTITY: ("identityId is blank", "用户身份缺失"),
    OFFLINE: ("device is offline", "设备离线"),
    TIMEOUT: ("request timeout", "请求超时"),
    FAILED: ("request failed", "请求失败"),
    NOT_CONNECTED: ("device is not connected", "设备未连接"),
    NO_DATA: ("No data was found", "没有找到数据"),
    NO_DEVICE: ("Device not exist", "设备不存在"),
}


class Refused(Exception):
    """The service says no, in an answer with HTTP 200; `detail` goes into the message."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class GateShut(Exception):
    """The gateway says no before any service is asked; `reason` goes into X-Ca-Error-Message."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


def message(code: int) -> str:
    """The `message` of an answer."""
    return _WORDS[code][0]


def local_message(code: int, language: str) -> str:
    """The `localizedMsg` in the language of the request; Chinese where it names none."""
    return _WORDS[code][0 if language.lower().startswith("en") else 1]
