"""Each hosting profile writes what its host reads, and knows the host's limits."""

import json
from pathlib import PurePosixPath
from typing import get_args

import pytest

from publisher.check.host_limits import HOST_LIMITS, check_limits, size_words
from publisher.check.hosting import profile_files
from publisher.config.model import HostingSection

BASE = "https://images.lab.example/"
PROFILES = get_args(HostingSection.model_fields["profile"].annotation)


def files_of(profile: str, base_url: str | None = BASE, data_url: str | None = None, **keys: str) -> dict[str, str]:
    section = HostingSection.model_validate({"profile": profile, **keys})
    return {
        str(path): content.decode()
        for path, content in profile_files(section, base_url=base_url, data_url=data_url).items()
    }


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("generic", []),
        ("s3", ["hosting/README.txt", "hosting/s3-cors.json", "hosting/s3-policy.json"]),
        ("github-pages", [".nojekyll"]),
        ("gitlab-pages", []),
        ("nginx", ["hosting/nginx.conf"]),
        ("apache", [".htaccess"]),
        ("caddy", ["hosting/Caddyfile"]),
        ("cloudflare-pages", ["_headers"]),
        ("netlify", ["_headers"]),
    ],
)
def test_a_profile_writes_the_files_its_host_reads(profile: str, names: list[str]) -> None:
    assert sorted(files_of(profile)) == names
    assert sorted(files_of(profile, None)) == names, "the same without an address"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_of_the_configuration_is_known_and_paths_stay_in_the_site(profile: str) -> None:
    section = HostingSection.model_validate({"profile": profile})
    for path in profile_files(section, base_url=None, data_url=None):
        assert isinstance(path, PurePosixPath)
        assert not path.is_absolute()


def test_limits_are_of_known_profiles() -> None:
    assert set(HOST_LIMITS) <= set(PROFILES)


@pytest.mark.parametrize("profile", ["nginx", "apache", "caddy", "cloudflare-pages", "netlify"])
def test_headers_let_viewers_read_ranges(profile: str) -> None:
    text = "".join(files_of(profile).values())
    assert "Access-Control-Allow-Origin" in text
    assert "Content-Range" in text
    assert "Range" in text


def test_s3_lets_ranges_be_read_and_lengths_be_seen() -> None:
    rule = json.loads(files_of("s3")["hosting/s3-cors.json"])["CORSRules"][0]
    assert rule["AllowedMethods"] == ["GET", "HEAD"]
    assert {"Content-Range", "ETag"} <= set(rule["ExposeHeaders"])


@pytest.mark.parametrize(
    ("data_url", "bucket"),
    [
        ("https://cells.s3.eu-west-1.amazonaws.com/", "cells"),
        ("https://s3.lab.example/cells/more/", "cells"),
        ("https://data.lab.example/", "YOUR-BUCKET"),
    ],
)
def test_s3_names_the_bucket_where_the_address_tells_it(data_url: str, bucket: str) -> None:
    files = files_of("s3", data_url=data_url)
    policy = json.loads(files["hosting/s3-policy.json"])
    assert policy["Statement"][0]["Resource"] == [f"arn:aws:s3:::{bucket}/*"]
    assert f"--bucket {bucket} " in files["hosting/README.txt"]


def test_s3_lists_only_where_missing_files_must_be_404() -> None:
    def actions(missing: str) -> list[str]:
        policy = json.loads(files_of("s3", missing_keys=missing)["hosting/s3-policy.json"])
        return [action for statement in policy["Statement"] for action in statement["Action"]]

    assert actions("403") == ["s3:GetObject"]
    assert actions("404") == ["s3:GetObject", "s3:ListBucket"]


def test_servers_answer_to_the_names_of_the_site_and_its_data() -> None:
    text = files_of("nginx", BASE, "https://pixels.lab.example/")["hosting/nginx.conf"]
    assert "server_name images.lab.example pixels.lab.example;" in text


def test_a_site_below_a_path_keeps_its_404_page() -> None:
    base = "https://lab.example/images/"
    assert "error_page 404 /images/404.html;" in files_of("nginx", base)["hosting/nginx.conf"]
    assert "ErrorDocument 404 /images/404.html" in files_of("apache", base)[".htaccess"]


@pytest.mark.parametrize("profile", ["nginx", "apache", "caddy"])
def test_an_address_cannot_add_settings(profile: str) -> None:
    text = "".join(files_of(profile, "https://x;evil{}/a;}b$c/").values())
    assert "evil" not in text
    assert "a;}b" not in text


def test_same_input_same_bytes() -> None:
    assert [files_of(profile) for profile in PROFILES] == [files_of(profile) for profile in PROFILES]


@pytest.mark.parametrize(
    ("profile", "size", "codes"),
    [
        ("generic", (10**7, 10**15, 10**13), []),
        ("nginx", (10**7, 10**15, 10**13), []),
        ("github-pages", (10**5, 10**9, 10**8), []),
        ("github-pages", (10, 2 * 10**9, 2 * 10**8), ["host.too-large", "host.file-too-large"]),
        ("gitlab-pages", (200_001, 1, 1), ["host.too-many-files"]),
        ("cloudflare-pages", (20_001, 1, 26 << 20), ["host.too-many-files", "host.file-too-large"]),
        ("s3", (10**7, 10**15, 6 * 10**9), ["host.file-too-large"]),
    ],
)
def test_a_site_too_large_for_its_host_is_told_so(profile: str, size: tuple[int, int, int], codes: list[str]) -> None:
    files, total, largest = size
    problems = check_limits(profile, files=files, total_bytes=total, largest_bytes=largest)
    assert [problem.code for problem in problems] == codes
    assert all(problem.severity == "warning" and problem.hint for problem in problems)


def test_a_full_folder_is_told_so() -> None:
    problems = check_limits("netlify", files=60_000, total_bytes=1, largest_bytes=1, fullest_folder=54_001)
    assert [problem.message for problem in problems] == [
        "the site has 54,001 files in one folder; netlify takes at most 54,000"
    ]
    assert "docs.netlify.com" in problems[0].hint


def test_sizes_are_said_in_words() -> None:
    assert [size_words(n) for n in (5, 1500, 25_000_000, 10**9, 2_340_000_000_000)] == [
        "5 bytes",
        "1.5 kB",
        "25 MB",
        "1 GB",
        "2.34 TB",
    ]
