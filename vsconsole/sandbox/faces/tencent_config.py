"""Service configuration: nodes, domains and the protection of streams (calls 1 to 9, 14)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import Call, Desk, cluster
from vsconsole.sandbox.faces.tencent_rules import UUID, Args, Rule, Upload
from vsconsole.sandbox.world import Domain

_HOST = re.compile(r"(?=.{4,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_SECRET = re.compile(r"[A-Za-z0-9]{0,10}")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----")
_UNFILED = (".test", ".example", ".invalid", ".localhost")
"""Domains that can have no filing; every other one is taken to have it."""


def get_all_region(desk: Desk, args: Args) -> Any:
    """#1: every service node."""
    return [{"Label": c.name, "Value": c.id} for c in desk.world.clusters.values()]


def get_user_region(desk: Desk, args: Args) -> Any:
    """#14: the nodes that already have a domain."""
    bound = {d.cluster_id for d in desk.world.domains.values()}
    return [r for r in get_all_region(desk, args) if r["Value"] in bound]


def get_cname(desk: Desk, args: Args) -> Any:
    """#2: the CNAME of a node."""
    return cluster(desk, args["ClusterId"]).cname


def check_record(desk: Desk, args: Args) -> Any:
    """#3: whether a domain is filed."""
    if args["InternalDomain"] not in {c.cname for c in desk.world.clusters.values()}:
        raise Refused(41606, args["InternalDomain"])
    return _filed(args["PlayDomain"])


def add_domain(desk: Desk, args: Args) -> Any:
    """#4: bind a domain with its certificate to a node."""
    world = desk.world
    node = cluster(desk, args["ClusterId"])
    if not _filed(args["PlayDomain"]):
        raise Refused(41609, args["PlayDomain"])
    if args["InternalDomain"] != node.cname:
        raise Refused(41606, args["InternalDomain"])
    if any(d.name == args["PlayDomain"] for d in world.domains.values()):
        raise Refused(41618, args["PlayDomain"])
    if any(d.cluster_id == node.id for d in world.domains.values()):
        raise Refused(42205, "one domain a node")
    _check_certificate(args["PlayDomain"], args["Key"], args["Cert"])
    domain = Domain(
        id=world.fresh_id("domain"),
        name=args["PlayDomain"],
        cname=node.cname,
        cluster_id=node.id,
    )
    world.domains[domain.id] = domain
    return {**_domain(desk, domain), "Status": 1}


def delete_domain(desk: Desk, args: Args) -> Any:
    """#5: unbind a domain; devices on its node lose live and recordings."""
    domain = _find(desk, args["Id"])
    del desk.world.domains[domain.id]


def update_domain(desk: Desk, args: Args) -> Any:
    """#6: another certificate for a domain."""
    domain = _find(desk, args["Id"])
    # The document writes Cret in this call and Cert in #4; both are taken.
    certificate = args["Cert"] or args["Cret"]
    if certificate is None:
        raise Refused(40001, "Cert is missing")
    _check_certificate(domain.name, args["Key"], certificate)


def query_domain(desk: Desk, args: Args) -> Any:
    """#7: all domains."""
    return [_domain(desk, d) for d in desk.world.domains.values()]


def set_auth_stream(desk: Desk, args: Args) -> Any:
    """#8: protect pulling and pushing of streams."""
    auth = desk.world.stream_auth
    if args["Id"] != auth.id:
        raise Refused(40006, args["Id"])
    auth.pull, auth.push = args["PullState"] == 1, args["PushState"] == 1
    auth.pull_secret, auth.push_secret = args["PullSecret"], args["PushSecret"]
    auth.pull_minutes, auth.push_minutes = args["PullExpired"], args["PushExpired"]
    return get_auth_stream(desk, args)


def get_auth_stream(desk: Desk, args: Args) -> Any:
    """#9: how streams are protected."""
    auth = desk.world.stream_auth
    return {
        "Id": auth.id,
        "PushState": int(auth.push),
        "PushSecret": auth.push_secret,
        "PushExpired": auth.push_minutes,
        "PullState": int(auth.pull),
        "PullSecret": auth.pull_secret,
        "PullExpired": auth.pull_minutes,
    }


def _find(desk: Desk, text: str) -> Domain:
    found = desk.world.domains.get(text)
    if found is None:
        raise Refused(40006, text)
    return found


def _domain(desk: Desk, domain: Domain) -> dict[str, Any]:
    return {
        "Id": domain.id,
        "PlayDomain": domain.name,
        "InternalDomain": domain.cname,
        "HaveCert": 1,
        "ClusterId": domain.cluster_id,
        "ClusterName": desk.world.clusters[domain.cluster_id].name,
    }


def _filed(domain: str) -> bool:
    return not domain.lower().endswith(_UNFILED)


def _check_certificate(domain: str, key: Upload, certificate: Upload) -> None:
    """Refused 41620 for files that are no PEM, 41619 for a certificate of another domain."""
    kind, body = _pem(certificate)
    key_kind, _ = _pem(key)
    if kind != "CERTIFICATE" or not key_kind.endswith("PRIVATE KEY") or body[:1] != b"\x30":
        raise Refused(41620, certificate.name)
    # Names stand in a certificate as plain ASCII, so no ASN.1 reader is needed to find one.
    parent = domain.partition(".")[2]
    if domain.encode() not in body and f"*.{parent}".encode() not in body:
        raise Refused(41619, domain)


def _pem(upload: Upload) -> tuple[str, bytes]:
    matched = _PEM.search(upload.content)
    if matched is None:
        raise Refused(41620, upload.name)
    try:
        return matched[1].decode(), base64.b64decode(b"".join(matched[2].split()), validate=True)
    except binascii.Error:
        raise Refused(41620, upload.name) from None


def _protection(kind: str) -> tuple[Rule, ...]:
    return (
        Rule(f"{kind}State", "int", choices=(0, 1)),
        Rule(f"{kind}Secret", pattern=_SECRET, empty=True),
        Rule(f"{kind}Expired", "int", low=0, high=60),
    )


_CLUSTER = Rule("ClusterId")
_PLAY = Rule("PlayDomain", pattern=_HOST)
_INTERNAL = Rule("InternalDomain", pattern=_HOST)

CALLS = (
    Call(1, "GET", "/ivc/cms/config/getallregion", get_all_region),
    Call(2, "GET", "/ivc/cms/domain/cname", get_cname, query=(_CLUSTER,)),
    Call(3, "POST", "/ivc/cms/domain/record", check_record, body=(_PLAY, _INTERNAL)),
    Call(
        4,
        "POST",
        "/ivc/cms/domain/add",
        add_domain,
        form=(_PLAY, _INTERNAL, Rule("Key", "file"), Rule("Cert", "file"), _CLUSTER),
    ),
    Call(5, "DELETE", "/ivc/cms/domain/delete", delete_domain, query=(Rule("Id"),)),
    Call(
        6,
        "POST",
        "/ivc/cms/domain/update",
        update_domain,
        form=(
            Rule("Id"),
            Rule("Key", "file"),
            Rule("Cert", "file", required=False),
            Rule("Cret", "file", required=False),
        ),
    ),
    Call(7, "GET", "/ivc/cms/domain/query", query_domain),
    Call(
        8,
        "POST",
        "/ivc/cms/config/authstream",
        set_auth_stream,
        body=(Rule("Id", pattern=UUID), *_protection("Pull"), *_protection("Push")),
    ),
    Call(9, "GET", "/ivc/cms/config/authstream", get_auth_stream),
    Call(14, "GET", "/ivc/cms/config/getuserregion", get_user_region),
)
