"""What an answer that is no success means.

The vendor's tables of status and error codes are not published, only that a code has the form
`VSS_dddd`. So an error goes by the words of its message, then by its status; code, message and
request id are kept as they came.
"""

from __future__ import annotations

import re

from vsconsole.domain.errors import (
    BadCredentials,
    Conflict,
    ConsoleError,
    DeviceBusy,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    Unsupported,
)
from vsconsole.i18n import N_, _
from vsconsole.net import answers
from vsconsole.net.answers import Meaning, clipped

_AGAIN = N_("Try again; if it stays so, ask Ctyun with the request id.")
_KEYS = N_("Copy the access key and the secret key again from the Ctyun console.")
_CHECK_INPUT = N_("Check what was entered.")

_EXPIRED = Meaning(
    SessionExpired,
    N_("The signature's time was refused."),
    N_("Set this computer's clock, best by switching on automatic time, then try again."),
)
_CREDENTIALS = Meaning(BadCredentials, N_("The access key or the secret key was refused."), _KEYS)
_DENIED = Meaning(
    PermissionDenied,
    N_("The account may not do this."),
    N_("Ask the owner of the Ctyun account for the right to do it."),
)
_MISSING = Meaning(
    NotFound,
    N_("Ctyun does not know what was asked for."),
    N_("It may have been deleted: refresh the list."),
)
_OFFLINE = Meaning(
    DeviceOffline,
    N_("The device is not connected to Ctyun."),
    N_("Check its power and network, then try again."),
)
_BUSY = Meaning(
    DeviceBusy,
    N_("The device has no free session."),
    N_("Close another playback of it, or wait a minute, then try again."),
)
_LIMITED = Meaning(
    RateLimited, N_("Too many calls in a short time."), N_("Wait a moment, then try again.")
)
_QUOTA = Meaning(
    QuotaExceeded,
    N_("The account's contract with Ctyun has run out."),
    N_("Renew or extend it in the Ctyun console."),
)
_UNSUPPORTED = Meaning(
    Unsupported,
    N_("The device or its way of access does not allow this."),
    N_("Device-side recordings are for GB28181 devices only."),
)
_CONFLICT = Meaning(
    Conflict, N_("It exists already, or is in use."), N_("Choose another name, or end its use.")
)
_INVALID = Meaning(Rejected, N_("A parameter was not accepted."), _CHECK_INPUT)
_FAILING = Meaning(Rejected, N_("Ctyun's service failed."), _AGAIN, True)
_REFUSED = Meaning(Rejected, N_("Ctyun refused the call."), _AGAIN)

# Assumed: a message names its subject in these words; the first line that fits counts. The
# English ones are the sister service's.
_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("limit *exceeded|too many|throttl|rate limit|频率|频繁|限流|请求过多", _LIMITED),
    ("expired|request *time|clock", _EXPIRED),
    ("时间戳.{0,8}(过期|失效|偏差|有效期)|(签名|请求).{0,6}(过期|失效)", _EXPIRED),
    ("signature|authorization|access *key|credential|unauthori[sz]ed", _CREDENTIALS),
    ("签名|鉴权失败|认证失败|认证信息|密钥", _CREDENTIALS),
    ("arrears|quota|balance|欠费|余额|配额|资源包.{0,6}(不足|用尽|到期)|合同", _QUOTA),
    ("denied|forbidden|no permission|not permitted|无权|权限|未授权|未开通", _DENIED),
    ("offline|not online|离线|不在线|未注册|未上线", _OFFLINE),
    ("device.{0,12}busy|设备.{0,4}忙|(会话|路数).{0,6}上限", _BUSY),
    ("not support|unsupported|不支持|仅.{0,6}国标", _UNSUPPORTED),
    ("not (be )?found|not exist|no such|不存在|未找到|找不到|已删除", _MISSING),
    ("already|exists|conflict|duplicate|已存在|重复|被占用|正在使用", _CONFLICT),
    ("invalid|illegal|missing|required|out of range|参数|不合法|非法|缺少|格式", _INVALID),
    ("internal|unavailable|timeout|内部|系统错误|繁忙|服务异常|超时", _FAILING),
)
_PATTERNS = tuple((re.compile(words, re.IGNORECASE), meaning) for words, meaning in _WORDS)

_BY_STATUS = {
    400: _INVALID,
    401: _CREDENTIALS,
    403: _DENIED,
    404: _MISSING,
    409: _CONFLICT,
    429: _LIMITED,
}


def error_for(
    code: str,
    *,
    message: str = "",
    status: int = 200,
    request_id: str = "",
    retry_after: float | None = None,
) -> ConsoleError:
    """The error of a code; `status` is the envelope's `statusCode`, or HTTP's where that is 200."""
    meaning = _meaning(message, status)
    return meaning.kind(
        _(meaning.what),
        why=clipped(message),
        remedy=_(meaning.remedy),
        code=code or str(status),
        request_id=request_id,
        retry_after=retry_after,
        retryable=meaning.retryable,
    )


def _meaning(message: str, status: int) -> Meaning:
    # These need no words, and words such as "signature" may stand in their messages too.
    if status == 429:
        return _LIMITED
    for words, meaning in _PATTERNS:
        if words.search(message):
            return meaning
    return _BY_STATUS.get(status) or (_FAILING if status >= 500 else _REFUSED)


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
    if status == 429:
        return error_for("", status=status, request_id=request_id, retry_after=retry_after)
    return answers.unreadable(status, body, request_id=request_id, retry_after=retry_after)
