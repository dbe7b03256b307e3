"""The built wheel, installed elsewhere, answers a page: content, templates and instruments travel with it."""

import os
import pathlib
import subprocess
import sys

import pytest

PROJECT = pathlib.Path(__file__).parents[1]

ASK = """
import pathlib, sys
import assessments, portal
from portal import create_app, db, keys, config
from portal.operations import serve

for package in (assessments, portal):
    assert pathlib.Path(package.__file__).is_relative_to(sys.argv[1]), package.__file__
serve.bring_up_to_date(demo=False)
app = create_app(TESTING=True)
serve.prepare(app)
client = app.test_client()
for address in ("/en/guidance/principles/equality", "/en/candidates/checklist", "/en/sign-in"):
    answer = client.get(address)
    assert answer.status_code == 200, address
    print(address, len(answer.data))
with client.get("/static/site.css") as sheet:
    assert sheet.status_code == 200
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder that the wheel was installed to."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist"), str(PROJECT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("peerwork_portal-*.whl")
    target = folder / "elsewhere"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return target


def test_a_page_is_answered_from_the_wheel_alone(installed, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    answer = subprocess.run(
        [sys.executable, "-c", ASK, str(installed)],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(installed), "PORTAL_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert "/en/guidance/principles/equality" in answer.stdout


def test_nothing_lies_beside_other_peoples_packages(installed):
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {
        "portal",
        "assessments",
        "bin",
    }


def test_no_file_of_the_wheel_names_a_package_index_or_a_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True).stdout.split("\n")
    if tracked == [""]:
        pytest.skip("not a git checkout")
    assert not [name for name in tracked if name.endswith((".min.js", "uv.lock", "package-lock.json"))]
    assert "http" not in (PROJECT / "constraints.txt").read_text()
