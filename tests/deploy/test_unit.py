"""deploy/handrail.service is as closed as docs/operating.md says. Needs systemd-analyze (`make test-deploy`)."""

import re
import shutil
import subprocess

import pytest

from bot.sandbox.process import ROOT

UNIT = ROOT / "deploy" / "handrail.service"

pytestmark = pytest.mark.deploy


def analysed(*arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("systemd-analyze")
    assert found, "This test needs systemd-analyze: apt-get install systemd"
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603


def test_the_units_exposure_is_the_figure_in_the_docs_and_under_two() -> None:
    ended = analysed("security", "--offline=true", "--threshold=20", str(UNIT))
    figure = re.search(r"exposure level for handrail.service: (\d+\.\d)", ended.stdout)

    assert ended.returncode == 0 and figure
    said = re.search(
        r"deploy/handrail.service` gives it (\d+\.\d)", (ROOT / "docs" / "operating.md").read_text()
    )
    assert said and said[1] == figure[1]


def test_every_line_of_the_unit_is_understood() -> None:
    ended = analysed("verify", str(UNIT))
    complaints = [line for line in ended.stderr.splitlines() if "handrail.service" in line]

    assert [line for line in complaints if "is not executable" not in line] == []  # it is not installed here
