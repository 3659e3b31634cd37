"""Calls 1 to 14: nodes, domains, stream protection and organizations."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sandbox.face_support import Answer, Client
from vsconsole.sandbox.server import Sandbox


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(11, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def certificate(*names: str) -> tuple[bytes, bytes]:
    """PEM key and certificate for some names."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        made.public_bytes(serialization.Encoding.PEM),
    )


def free_node(client: Client) -> tuple[str, str]:
    """Id and CNAME of the node without a domain."""
    bound = {r["Value"] for r in client.get("/ivc/cms/config/getuserregion").data}
    every = [r["Value"] for r in client.get("/ivc/cms/config/getallregion").data]
    (node,) = set(every) - bound
    return node, client.get("/ivc/cms/domain/cname", ClusterId=node).data


def add_domain(client: Client, domain: str = "www.shop.cn", **changes: Any) -> Answer:
    node, cname = free_node(client)
    key, cert = certificate(domain)
    form = {
        "PlayDomain": domain,
        "InternalDomain": cname,
        "Key": ("a.key", key),
        "Cert": ("a.crt", cert),
        "ClusterId": node,
    } | changes
    return client.call("POST", "/ivc/cms/domain/add", form=form)


def test_nodes(client: Client) -> None:
    rows = client.get("/ivc/cms/config/getallregion").data
    assert len(rows) == 3
    assert all(set(r) == {"Label", "Value"} for r in rows)
    assert client.get("/ivc/cms/domain/cname", ClusterId="none").code == 41610


def test_filing(client: Client) -> None:
    _, cname = free_node(client)
    path = "/ivc/cms/domain/record"
    assert client.post(path, PlayDomain="a.shop.cn", InternalDomain=cname).data is True
    assert client.post(path, PlayDomain="a.shop.test", InternalDomain=cname).data is False
    assert client.post(path, PlayDomain="a.shop.cn", InternalDomain="x.example.cn").code == 41606
    assert client.post(path, PlayDomain="no domain", InternalDomain=cname).code == 40005


def test_a_domain_comes_changes_and_goes(client: Client) -> None:
    made = add_domain(client).data
    assert made["PlayDomain"] == "www.shop.cn"
    assert made["HaveCert"] == 1
    rows = client.get("/ivc/cms/domain/query").data
    assert made["Id"] in {r["Id"] for r in rows}
    assert len(client.get("/ivc/cms/config/getuserregion").data) == 3
    key, cert = certificate("*.shop.cn")
    for field in ("Cert", "Cret"):
        form: dict[str, Any] = {"Id": made["Id"], "Key": ("k", key), field: ("c", cert)}
        assert client.call("POST", "/ivc/cms/domain/update", form=form).data is None
    form = {"Id": made["Id"], "Key": ("k", key)}
    assert client.call("POST", "/ivc/cms/domain/update", form=form).code == 40001
    form = {"Id": "none", "Key": ("k", key), "Cert": ("c", cert)}
    assert client.call("POST", "/ivc/cms/domain/update", form=form).code == 40006
    assert client.delete("/ivc/cms/domain/delete", Id=made["Id"]).data is None
    assert client.delete("/ivc/cms/domain/delete", Id=made["Id"]).code == 40006
    assert len(client.get("/ivc/cms/domain/query").data) == len(rows) - 1


def test_a_domain_that_cannot_be_added(client: Client) -> None:
    key, _ = certificate("www.shop.cn")
    _, other = certificate("www.other.cn")
    bound = client.get("/ivc/cms/domain/query").data[0]
    cases = [
        ({"PlayDomain": "www.shop.test"}, 41609),
        ({"InternalDomain": bound["InternalDomain"]}, 41606),
        ({"PlayDomain": bound["PlayDomain"]}, 41618),
        ({"ClusterId": bound["ClusterId"], "InternalDomain": bound["InternalDomain"]}, 42205),
        ({"ClusterId": "none"}, 41610),
        ({"Cert": ("c", other)}, 41619),
        ({"Cert": ("c", b"no certificate")}, 41620),
        ({"Key": ("k", b"no key")}, 41620),
        ({"Cert": ("c", key)}, 41620),
        ({"Cert": "text, not a file"}, 40001),
    ]
    for changes, code in cases:
        assert add_domain(client, **changes).code == code, changes
    assert len(client.get("/ivc/cms/domain/query").data) == 2


def test_without_its_domain_a_node_gives_no_streams(client: Client) -> None:
    camera = client.camera("前门")
    path = "/ivc/cms/control/stream"
    flv = client.post(path, ChannelId=camera.id).data["Flv"]
    node = client.world.device_of(camera).cluster_id
    domain = next(d for d in client.world.domains.values() if d.cluster_id == node)
    client.delete("/ivc/cms/domain/delete", Id=domain.id)
    assert client.post(path, ChannelId=camera.id).code == 41623
    assert client.fetch(flv).status == 404


def test_stream_protection(client: Client) -> None:
    path = "/ivc/cms/config/authstream"
    before = client.get(path).data
    assert before["PullState"] == 0
    wanted = {**before, "PullState": 1, "PullSecret": "abc123", "PullExpired": 5}
    assert client.post(path, **wanted).data == wanted
    assert client.get(path).data == wanted
    for change, code in (
        ({"PullState": 2}, 40005),
        ({"PullSecret": "elevenchars"}, 40005),
        ({"PullSecret": "no-dash"}, 40005),
        ({"PushExpired": 61}, 40005),
        ({"PushExpired": -1}, 40005),
        ({"PushState": "1"}, 40001),
        ({"Id": "no uuid"}, 40005),
        ({"Id": "00000000-0000-0000-0000-000000000000"}, 40006),
    ):
        assert client.post(path, **{**wanted, **change}).code == code, change
    assert client.get(path).data == wanted


def test_pull_protection_shortens_live_addresses(client: Client) -> None:
    path = "/ivc/cms/config/authstream"
    client.post(path, **{**client.get(path).data, "PullState": 1, "PullExpired": 5})
    live = client.post("/ivc/cms/control/stream", ChannelId=client.camera("前门").id).data
    assert client.fetch(live["Hls"]).status == 200
    client.world.ahead = 301
    assert client.fetch(live["Hls"]).status == 403


def test_organizations_are_a_flat_tree(client: Client) -> None:
    rows = client.get("/ivc/cms/organization/query").data
    kinds = {type(r["Id"]) for r in rows}
    assert kinds == {int, str}
    by_id = {str(r["Id"]): r for r in rows}
    for row in rows:
        if row["ParentId"] == "0":
            assert row["Level"] == 1
        else:
            assert row["Level"] == by_id[row["ParentId"]]["Level"] + 1
    assert sum(r["Total"] for r in rows if r["Level"] == 1) == len(client.world.devices)
    assert all(0 <= r["Online"] <= r["Total"] for r in rows)


def test_an_organization_comes_changes_and_goes(client: Client) -> None:
    made = client.post("/ivc/cms/organization/add", Name="新_组-1", ParentId="0").data
    assert made["Level"] == 1
    child = client.post("/ivc/cms/organization/add", Name="child", ParentId=made["Id"]).data
    assert (child["ParentId"], child["Level"]) == (made["Id"], 2)
    renamed = client.put("/ivc/cms/organization/update", Id=made["Id"], Name="Renamed").data
    assert renamed["Name"] == "Renamed"
    rows = client.get("/ivc/cms/organization/query").data
    assert {"Renamed", "child"} <= {r["Name"] for r in rows}
    assert client.delete("/ivc/cms/organization/delete", Id=made["Id"]).code == 41607
    assert client.delete("/ivc/cms/organization/delete", Id=child["Id"]).data is None
    assert client.delete("/ivc/cms/organization/delete", Id=made["Id"]).data is None
    assert client.delete("/ivc/cms/organization/delete", Id=made["Id"]).code == 40006


def test_organizations_that_cannot_be(client: Client) -> None:
    add, update = "/ivc/cms/organization/add", "/ivc/cms/organization/update"
    rows = client.get("/ivc/cms/organization/query").data
    for name in ("", "a" * 17, "with space", "semi;colon", "a/b", "🙂"):
        assert client.post(add, Name=name, ParentId="0").code == 41624, name
    assert client.post(add, Name="a" * 16, ParentId="0").code == 200
    assert client.post(add, Name=rows[0]["Name"], ParentId="0").code == 41613
    assert client.post(add, Name="lost", ParentId="99999").code == 40006
    one = str(rows[0]["Id"])
    assert client.put(update, Id=one, Name=rows[1]["Name"]).code == 41613
    assert client.put(update, Id=one, Name=rows[0]["Name"]).code == 200
    assert client.put(update, Id="99999", Name="x").code == 40006
    busy = client.world.device_of(client.camera("前门")).group_id
    for child in client.world.children(busy):
        for device in list(client.world.devices_in({child.id})):
            device.group_id = busy
        assert client.delete("/ivc/cms/organization/delete", Id=str(child.id)).code == 200
    assert client.delete("/ivc/cms/organization/delete", Id=str(busy)).code == 41608


def test_the_tree_has_a_deepest_level(client: Client) -> None:
    parent = "0"
    for level in range(1, 11):
        row = client.post("/ivc/cms/organization/add", Name=f"L{level}", ParentId=parent).data
        assert row["Level"] == level
        parent = row["Id"]
    assert client.post("/ivc/cms/organization/add", Name="L11", ParentId=parent).code == 41603
