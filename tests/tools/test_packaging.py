"""The scripts behind `make demo` say what is missing and do only what they may."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts")


class Machine:
    """A Debian machine made of scripts that stand before the real programs."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls = folder / "calls"
        self.calls.touch()
        self.put("apt-get", f'echo "apt-get $*" >>{self.calls}')
        self.put("dpkg-query", "printf 'installed\\n'")
        self.put("id", "echo 1000")
        self.put("sudo", "exit 1")

    def put(self, name: str, script: str) -> None:
        file = self.bin / name
        file.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / "packaging" / script), *arguments],
            cwd=self.bin.parent,
            env={**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


LACKS_ONE = '[ "${@: -1}" = libvlc5 ] && exit 1; printf "installed\\n"'


def test_nothing_is_missing(machine: Machine) -> None:
    done = machine.run("system-packages.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls.read_text() == ""


def test_without_rights_it_prints_the_line_to_type(machine: Machine) -> None:
    machine.put("dpkg-query", LACKS_ONE)
    done = machine.run("system-packages.sh")
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert line.strip().startswith("sudo apt-get update && sudo apt-get install -y")
    assert line.endswith(" libvlc5")
    assert machine.calls.read_text() == ""


@pytest.mark.parametrize("by", ["root", "sudo"])
def test_with_rights_it_installs_what_is_missing_only(machine: Machine, by: str) -> None:
    machine.put("dpkg-query", LACKS_ONE)
    if by == "root":
        machine.put("id", "echo 0")
    else:
        machine.put("sudo", 'shift; exec "$@"')
    done = machine.run("system-packages.sh")
    assert done.returncode == 0, done.stderr
    update, install = machine.calls.read_text().splitlines()
    assert update.endswith(" update")
    assert install.endswith("install --yes --no-install-recommends libvlc5")


def test_a_removed_package_whose_settings_remain_is_missing(machine: Machine) -> None:
    machine.put("dpkg-query", LACKS_ONE.replace("exit 1", '{ printf "config-files\\n"; exit; }'))
    assert machine.run("system-packages.sh").stderr.rstrip().endswith(" libvlc5")


def test_a_failed_installation_shows_the_end_of_its_log(machine: Machine) -> None:
    machine.put("dpkg-query", LACKS_ONE)
    machine.put("id", "echo 0")
    machine.put("apt-get", 'echo "E: no such mirror"; exit 100')
    done = machine.run("system-packages.sh")
    assert done.returncode == 1
    assert "E: no such mirror" in done.stderr


def test_a_python_without_venv_needs_its_package(machine: Machine) -> None:
    machine.put("dpkg-query", '[[ "${@: -1}" == *-venv ]] && exit 1; printf "installed\\n"')
    machine.put("old", '[[ "$2" == *ensurepip* ]] && exit 1; [[ "$2" == *print* ]] && echo 3.11; :')
    assert machine.run("system-packages.sh", "old").stderr.rstrip().endswith(" python3.11-venv")


def test_a_python_that_is_too_old(machine: Machine) -> None:
    machine.put("old", '[[ "$2" == *print* ]] && { echo 3.9.2; exit; }; exit 1')
    done = machine.run("venv.sh", "old", "venv", ".")
    assert done.returncode == 1
    assert "3.11 or later is needed; old is 3.9.2" in done.stderr


def test_no_python_at_all(machine: Machine) -> None:
    done = machine.run("venv.sh", "no-such-python", "venv", ".")
    assert done.returncode == 1
    assert "There is no no-such-python" in done.stderr


def test_a_failed_install_shows_the_end_of_its_log(machine: Machine) -> None:
    machine.put("fits", 'echo "3.11.2"; [ "$1" = -m ] && { echo "disk full"; exit 1; }; exit 0')
    done = machine.run("venv.sh", "fits", "venv", ".")
    assert done.returncode == 1
    assert "disk full" in done.stderr
    assert "build/install.log" in done.stderr
