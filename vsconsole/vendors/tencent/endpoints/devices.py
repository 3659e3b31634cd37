"""服务配置, 组织管理, 设备管理: domains, organizations, devices."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.net.rules import NeededWhen
from vsconsole.vendors.tencent.endpoints.shared import (
    delete,
    field,
    flag,
    get,
    ident,
    name,
    needed,
    page,
    post,
    put,
    query,
    required,
    strings,
    whole,
    words,
)

_PROTOCOL = whole(name="AccessProtocol", choices=(1, 2), doc=N_("1 RTMP, 2 GB28181"))
_TRANSPORT = whole(name="TransportProtocol", choices=(1, 2), default=1, doc=N_("1 UDP, 2 TCP"))
_PASSWORD = Param(
    name="Password",
    pattern=r"[0-9]{6,16}",
    secret=True,
    doc=N_("6 to 16 digits; only for GB28181 devices."),
)


def _auth(prefix: str) -> tuple[Param, ...]:
    return (
        whole(name=f"{prefix}State", required=True, choices=(0, 1), doc=N_("1 on, 0 off")),
        Param(
            name=f"{prefix}Secret",
            required=True,
            min_length=0,
            max_length=10,
            pattern=r"[A-Za-z0-9]*",
            secret=True,
            doc=N_("Up to 10 letters and digits."),
        ),
        whole(name=f"{prefix}Expired", required=True, minimum=0, maximum=60, doc=N_("Minutes.")),
    )


SERVICE = (
    get("config_get_all_region", "/ivc/cms/config/getallregion", "查询域名可绑定服务节点"),
    get("domain_cname", "/ivc/cms/domain/cname", "根据服务节点获取 CNAME", ident("ClusterId")),
    post(
        "domain_record",
        "/ivc/cms/domain/record",
        "检测域名是否备案",
        needed(name="PlayDomain"),
        needed(name="InternalDomain"),
        idempotent=True,
    ),
    post(
        "domain_add",
        "/ivc/cms/domain/add",
        "增加域名",
        field(name="PlayDomain", required=True),
        field(name="InternalDomain", required=True),
        field(name="Key", type="file", required=True, secret=True),
        field(name="Cert", type="file", required=True),
        field(name="ClusterId", required=True),
    ),
    delete("domain_delete", "/ivc/cms/domain/delete", "删除域名"),
    post(
        "domain_update",
        "/ivc/cms/domain/update",
        "修改域名",
        ident("Id", "form"),
        field(name="Key", type="file", required=True, secret=True),
        field(name="Cert", type="file", required=True),
        idempotent=True,
    ),
    get("domain_query", "/ivc/cms/domain/query", "查询域名"),
    post(
        "config_set_authstream",
        "/ivc/cms/config/authstream",
        "设置推拉流鉴权配置",
        ident("Id", "body"),
        *_auth("Pull"),
        *_auth("Push"),
        idempotent=True,
    ),
    get("config_get_authstream", "/ivc/cms/config/authstream", "查询推拉流鉴权配置"),
)

ORGANIZATIONS = (
    post(
        "organization_add",
        "/ivc/cms/organization/add",
        "新增组织",
        name("Name", 16),
        ident("ParentId", "body"),
    ),
    delete("organization_delete", "/ivc/cms/organization/delete", "删除组织"),
    put(
        "organization_update",
        "/ivc/cms/organization/update",
        "修改组织",
        ident("Id", "body"),
        name("Name", 16),
    ),
    get("organization_query", "/ivc/cms/organization/query", "查询组织"),
)

DEVICES = (
    get("config_get_user_region", "/ivc/cms/config/getuserregion", "查询设备可用服务节点"),
    post(
        "device_add",
        "/ivc/cms/device/add",
        "新增设备",
        name("Name"),
        required(_PROTOCOL),
        whole(name="Type", required=True, choices=(1, 2), doc=N_("1 IPC, 2 NVR; RTMP only IPC")),
        _TRANSPORT,
        _PASSWORD,
        words("Description"),
        ident("OrganizationId", "body"),
        ident("ClusterId", "body"),
    ),
    delete("device_delete", "/ivc/cms/device/delete", "删除设备"),
    put(
        "device_update",
        "/ivc/cms/device/update",
        "修改设备",
        ident(),
        ident("Id", "body"),
        name("Name", required=False),
        _TRANSPORT,
        _PASSWORD,
        words("Description"),
    ),
    get("device_describe", "/ivc/cms/device/describe", "查询设备详情", ident()),
    put(
        "device_update_status",
        "/ivc/cms/device/updatestatus",
        "禁用-启用设备",
        ident(),
        ident("Id", "body"),
        whole(name="Status", required=True, choices=(2, 3), doc=N_("2 enable, 3 disable")),
    ),
    get(
        "get_user_resources",
        "/ivc/urm/resource/getUserResources",
        "获取设备列表",
        ident("OrganizationId"),
        query(name="IsContainSubLevel", type="bool", default=False),
        query(
            name="AccessProtocol",
            type="int",
            choices=(1, 2, 3),
            doc=N_("1 RTMP, 2 GB28181, 3 gateway"),
        ),
        query(name="Type", type="int", choices=(1, 2), doc=N_("1 IPC, 2 NVR")),
        query(
            name="Status",
            type="int",
            choices=(0, 1, 2, 3),
            doc=N_("0 unregistered, 1 online, 2 offline, 3 disabled"),
        ),
        query(name="ClusterId"),
        query(name="Keyword"),
        query(name="Uin", type="int"),
        *page(),
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
    get("device_channel", "/ivc/cms/device/channel", "通道查询", ident("DeviceId")),
    post(
        "device_refresh",
        "/ivc/cms/device/refresh",
        "刷新设备通道",
        ident("DeviceId", "body"),
        idempotent=True,
    ),
    put(
        "device_update_org",
        "/ivc/cms/device/updateorg",
        "批量修改设备组织",
        strings("Ids", required=True),
        ident("OrganizationId", "body"),
    ),
    post(
        "device_import_sync",
        "/ivc/cms/device/import/sync",
        "导入设备",
        field(
            name="JobId",
            required=True,
            pattern=r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}",
            doc=N_("A UUID made for this import."),
        ),
        field(
            name="AccessProtocol",
            type="int",
            required=True,
            choices=(1, 2),
            doc=N_("1 RTMP, 2 GB28181"),
        ),
        ident("OrganizationId", "form"),
        field(name="File", type="file", required=True),
    ),
    get(
        "device_import_progress",
        "/ivc/cms/device/import/progress",
        "查询导入设备进度",
        ident("JobId"),
    ),
    get(
        "device_import_result",
        "/ivc/cms/device/import/result",
        "导出设备导入结果",
        ident("JobId"),
        answer="file",
    ),
    get(
        "device_export_template",
        "/ivc/cms/device/export/template",
        "导出设备模板",
        query(
            name="AccessProtocol",
            type="int",
            required=True,
            choices=(1, 2),
            doc=N_("1 RTMP, 2 GB28181"),
        ),
        answer="file",
    ),
    post(
        "resource_template",
        "/ivc/urm/resource/template",
        "导出设备列表",
        ident("OrganizationId", "body"),
        flag(name="IsContainSubLevel", required=True),
        flag(name="IsAllResource", default=True),
        strings("DeviceIds"),
        rules=(NeededWhen("DeviceIds", "IsAllResource", False),),
        idempotent=True,
        answer="file",
    ),
)
