"""Error codes of Volcengine: the platform's table, and the product's dotted names."""

from __future__ import annotations

PLATFORM = {
    "MissingParameter": (100002, 400, "The request is missing a required parameter."),
    "MissingAuthenticationToken": (100003, 401, "Request is missing Authentication Token."),
    "MissingRequestInfo": (100004, 400, "The request is missing required information."),
    "MissingSignature": (100005, 401, "The request is missing signature."),
    "InvalidTimestamp": (100006, 403, "The signature of the request is expired."),
    "ServiceNotFound": (100007, 404, "This service is not found."),
    "InvalidActionOrVersion": (100008, 404, "Could not find this operation for this version."),
    "InvalidAccessKey": (100009, 401, "The accesskey included in the request is invalid."),
    "SignatureDoesNotMatch": (
        100010,
        401,
        "The request signature we calculated does not match the signature you provided.",
    ),
    "LackPolicy": (100012, 403, "Request was rejected because of lack of policy."),
    "AccessDenied": (100013, 403, "User is not authorized to perform this operation."),
    "InternalError": (100014, 500, "Internal error."),
    # Assumed: the stored table ends at 100016; these two names are published elsewhere.
    "AccountFlowLimitExceeded": (100018, 429, "Account flow limit exceeded."),
    "InvalidSecretToken": (100026, 401, "The security token is invalid or has expired."),
}
"""Code to CodeN, HTTP status and message (page 6369/68677)."""

PRODUCT = {
    "InvalidParameter": (400, "参数错误"),
    "NotFound": (404, "资源不存在"),
    "OperationDeny": (403, "操作被拒绝"),
    "ServiceUnavailable": (503, "服务不可用"),
    "InternalError": (500, "内部错误"),
    "ErrorDeviceSipTimeout": (500, "设备信令响应超时"),
}
"""First part of a product code to HTTP status and message (pages 130737 and 1169968)."""

PRODUCT_CODE_BASE = 200_000
"""Assumed: no CodeN of product codes is published; the HTTP status is added to this."""


class Refused(Exception):
    """The vendor says no; `detail` follows the message of the code.

    `status` is for the one code that comes with two.
    """

    def __init__(self, code: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        if code in PLATFORM:
            self.number, self.status, message = PLATFORM[code]
        else:
            self.status, message = PRODUCT[code.partition(".")[0]]
            self.number = PRODUCT_CODE_BASE + self.status
        self.status = status or self.status
        self.message = f"{message} {detail}".strip()


def not_found(what: str, text: str) -> Refused:
    """The refusal of an id that names nothing: `NotFound.DeviceData` and its like."""
    # Assumed: NotFound.DeviceData is published, the others are made in its manner.
    return Refused(f"NotFound.{what}Data", text)


def invalid(name: str, detail: str = "") -> Refused:
    """The refusal of a parameter that is there and wrong."""
    return Refused(f"InvalidParameter.{name}", detail)


def timed_out(detail: str = "") -> Refused:
    """The refusal of a device that does not answer (page 1169968)."""
    return Refused("ErrorDeviceSipTimeout", detail)
