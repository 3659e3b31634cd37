"""Acme's three calls."""

from vsconsole.net.endpoint import Endpoint, Paging, Param

_CAMERA = Param(name="camera", place="query", required=True)

ENDPOINTS = (
    Endpoint(
        name="ListCameras",
        method="GET",
        path="/cameras",
        params=(
            Param(name="page", type="int", place="query", required=True, minimum=1),
            Param(name="size", type="int", place="query", minimum=1, maximum=2),
        ),
        idempotent=True,
        paging=Paging(number="page", size="size", largest=2, items="cameras", total="total"),
        doc="Cameras",
    ),
    Endpoint(
        name="ListFiles",
        method="GET",
        path="/files",
        params=(
            _CAMERA,
            Param(name="from", type="int", place="query", required=True),
            Param(name="to", type="int", place="query", required=True),
        ),
        idempotent=True,
        doc="Files",
    ),
    Endpoint(
        name="OpenFile",
        method="GET",
        path="/open",
        params=(_CAMERA, Param(name="begin", type="int", place="query", required=True)),
        idempotent=True,
        doc="Files",
    ),
)
