"""Result codes of the Imou platform with their messages."""

from __future__ import annotations

OK = "0"

MESSAGES = {
    OK: "操作成功",
    "OP1001": "操作失败",
    "OP1002": "参数缺失",
    "OP1003": "参数非法",
    "OP1004": "请求体为空",
    "OP1005": "请求地址错误",
    "OP1007": "非法调用",
    "OP1008": "appId为空或格式错误",
    "OP1009": "没有权限",
    "OP1013": "接口调用总次数超限",
    "OP1019": "该时间段内没有录像",
    "OP1021": "未获取到播放地址",
    "OP1026": "操作过于频繁，请稍后再试",
    "SN1001": "签名错误",
    "SN1002": "时间戳与服务器时间相差超过5分钟",
    "SN1003": "时间戳不是数字",
    "SN1004": "appId不存在",
    "SN1005": "nonce在5分钟内重复使用",
    "TK1002": "token已过期或不存在",
    "TK1003": "非法token",
    "DV1002": "设备不存在",
    "DV1007": "设备离线",
    "DV1010": "抓图过于频繁，每秒最多一次",
    "DV1019": "设备不支持该能力",
    "DV1020": "通道离线",
    "DV1022": "收藏点数量超出上限",
    "DV1023": "收藏点已存在",
    "DV1024": "收藏点不存在",
    "DV1030": "设备休眠中",
    "DV1057": "通道不存在",
    "LV1001": "直播地址已存在",
    "LV1002": "直播不存在",
    "LV1004": "设备已设置自定义加密密钥",
    "RC1001": "云录像不存在",
}


class Refused(Exception):
    """A call the vendor answers with a code other than success."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Refuse with a code of MESSAGES; `detail` is added to the message."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def message(self) -> str:
        """The vendor's words for the code."""
        words = MESSAGES[self.code]
        return f"{words}:{self.detail}" if self.detail else words


def number_of(code: str) -> int:
    """The digits of a code, as the sandbox's log keeps numbers: SN1002 is 1002."""
    return int(code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
