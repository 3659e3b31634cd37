"""Tests talk to this machine only: every other address is refused, and trying is a failure."""

import errno
import ipaddress
import socket
import traceback
from collections.abc import Generator
from typing import Any

import pytest

_attempts: list[str] = []


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(what: str) -> None:
    where = "".join(traceback.format_stack(limit=9)[:-2])
    _attempts.append(f"{what}, from\n{where}")


def _check(sock: socket.socket, verb: str, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        _refuse(f"{verb} {address[0]}:{address[1]}")
        # What an unplugged machine answers, so that the code under test goes on as it would there.
        raise OSError(errno.ENETUNREACH, "the tests have no network beyond loopback")


class _LoopbackSocket(socket.socket):
    def connect(self, address: Any) -> None:
        _check(self, "connect to", address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        try:
            _check(self, "connect to", address)
        except OSError as error:
            return error.errno or errno.ENETUNREACH
        return super().connect_ex(address)

    def bind(self, address: Any) -> None:
        _check(self, "bind", address)
        super().bind(address)

    def sendto(self, *args: Any) -> int:
        _check(self, "send to", args[-1])
        return super().sendto(*args)


def _getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if host is not None and not _is_loopback(host):
        _refuse(f"look up {host}")
        raise socket.gaierror(socket.EAI_NONAME, "the tests have no name service")
    return _real_getaddrinfo(host, *args, **kwargs)


_real_getaddrinfo = socket.getaddrinfo


def pytest_configure() -> None:
    socket.socket = _LoopbackSocket  # type: ignore[misc]
    socket.getaddrinfo = _getaddrinfo


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _attempts.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    attempts, _attempts[:] = _attempts[:], []
    if attempts and item.get_closest_marker("unplugged") is None:
        pytest.fail("left loopback: " + "\n".join(attempts), pytrace=False)
