"""Error codes of the Ctyun face: of the vendor's table only the form VSS_dddd is public."""

from __future__ import annotations

# Assumed: the whole table. The document names two pages, 错误码说明 and 状态码说明, that nobody
# published; VSS_0001 stands in it as the example of an error.
INVALID, SIGNATURE, CLOCK, ACCESS_KEY = "VSS_0001", "VSS_0002", "VSS_0003", "VSS_0004"
NO_CALL, TOO_MANY = "VSS_0005", "VSS_0006"
NO_DEVICE, NO_DIRECTORY, DEVICE_OFFLINE, ONLY_GB28181 = (
    "VSS_1001",
    "VSS_1002",
    "VSS_1003",
    "VSS_1004",
)
NO_RECORD = "VSS_2001"
NO_APP = "VSS_3001"

TABLE: dict[str, tuple[int, str]] = {
    INVALID: (400, "请求参数错误"),
    SIGNATURE: (401, "签名不匹配 SignatureDoesNotMatch"),
    CLOCK: (401, "请求时间戳超出有效范围 RequestExpired"),
    ACCESS_KEY: (401, "AccessKey 不存在 InvalidAccessKeyId"),
    NO_CALL: (404, "请求的接口不存在"),
    TOO_MANY: (429, "请求过于频繁"),
    NO_DEVICE: (404, "设备不存在"),
    NO_DIRECTORY: (404, "目录不存在"),
    DEVICE_OFFLINE: (409, "设备不在线"),
    ONLY_GB28181: (400, "仅支持国标设备"),
    NO_RECORD: (404, "录像不存在"),
    NO_APP: (404, "AI应用不存在"),
}
"""Error code to `statusCode` and words."""

OK = 200
DONE = "请求成功"


class Refused(Exception):
    """The vendor says no; `detail` follows the words of the code."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error = error
        self.detail = detail

    @property
    def status(self) -> int:
        """`statusCode` of the answer."""
        return TABLE[self.error][0]

    @property
    def message(self) -> str:
        """`message` of the answer."""
        words = TABLE[self.error][1]
        return f"{words}: {self.detail}" if self.detail else words


def http_status(status: int) -> int:
    """The HTTP status that goes with a `statusCode`.

    Assumed: they are the same; the document says of neither how it stands to the other.
    """
    return status
