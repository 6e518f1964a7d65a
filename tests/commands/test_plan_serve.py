"""``plan`` tells what a build would do; ``serve`` shows what it made."""

import http.client
import re
import subprocess
import sys
from pathlib import Path

from publisher.graph.ledger import Ledger
from tests.commands.conftest import Publisher
from tests.pipeline.sites import tree


def test_a_plan_gives_each_step_its_reason_and_writes_nothing(publisher: Publisher, site: Path) -> None:
    said = publisher("plan", "--site", site)
    assert said.code == 0
    assert len(re.findall(r"^convert image mitosis/\S+: never built; uint16, 4 planes, ", said.out, re.MULTILINE)) == 3
    assert "New pixels: at most 1." in said.out
    assert not (site / "_site").exists()


def test_a_plan_of_a_site_that_is_up_to_date_says_so(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    assert publisher("plan", "--site", light_site).out.startswith("Nothing to do: the site is up to date.\n")


def test_a_plan_as_json_names_causes(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    (light_site / "content/studies/mitosis/images.csv").write_text("image,name\na,Renamed\n")
    plan = publisher("plan", "--json", "--site", light_site).json
    assert plan["ran"]["page studies/mitosis/datasets/images/index.html"]["cause"] == "settings"
    assert "page 404.html" not in plan["ran"]


def test_a_plan_says_when_the_host_will_not_take_the_site(publisher: Publisher, light_site: Path) -> None:
    config = light_site / "site_config.yaml"
    config.write_text(config.read_text() + "hosting: {profile: github-pages}\ndownloads: {originals: copy}\n")
    config.write_text(config.read_text() + "privacy: {unredacted_sources: allow}\n")
    publisher("build", "--site", light_site)
    with Ledger(light_site / ".publisher/ledger.sqlite") as ledger:
        ledger.db.execute("insert into output select 'data/large', step, 2000000000, sha256, null from output limit 1")
    said = publisher("plan", "--site", light_site)
    assert said.codes == {"host.too-large", "host.file-too-large"}
    assert "site_config.yaml" in said.err


def test_a_theme_that_cannot_be_used_stops_a_build_before_it_changes_anything(
    publisher: Publisher, light_site: Path
) -> None:
    publisher("build", "--site", light_site)
    before = tree(light_site / "_site")
    config = light_site / "site_config.yaml"
    config.write_text("title: New\nhosting: {profile: s3}\ntheme: {name: idrr}\n")
    for command in ("plan", "build"):
        said = publisher(command, "--site", light_site)
        assert (said.code, said.codes) == (1, {"theme.unknown"})
    (light_site / "look/templates").mkdir(parents=True)
    (light_site / "look/templates/main.html").write_text("{% extends '!parent/main.html' %}\n{% block %}\n")
    config.write_text("title: New\nhosting: {profile: s3}\ntheme: {overrides: look}\n")
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (1, {"theme.syntax"})
    assert "look/templates/main.html:2" in said.err
    assert tree(light_site / "_site") == before


def test_serve_builds_and_answers_until_it_is_stopped(light_site: Path) -> None:
    command = [sys.executable, "-m", "publisher", "serve", "--port", "0", "--site", str(light_site)]
    pipe = subprocess.PIPE
    server = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=Path(__file__).parents[2])
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.fullmatch(r"Lab: http://127\.0\.0\.1:(\d+)/  \(stop with Ctrl-C\)\n", line)
        assert found, line
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("GET", "/")
        assert "<title>Lab" in connection.getresponse().read().decode()
        connection.close()
        server.terminate()
        said = server.communicate(timeout=20)[1]
    finally:
        server.kill()
    assert "Wrote 5 pages" in said
    assert "Traceback" not in said
    assert server.returncode == 0
