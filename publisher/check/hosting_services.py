"""Snippets for hosts that somebody else runs: S3-compatible buckets, Cloudflare Pages, Netlify."""

import json
from urllib.parse import urlsplit

from publisher.check.hosting_servers import CACHE, CORS_HEADERS
from publisher.config.model import HostingSection

_BUCKET = "YOUR-BUCKET"


def s3(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """CORS rules and a bucket policy, with the two commands that set them."""
    bucket = _bucket_of(data_url or base_url)
    headers = dict(CORS_HEADERS)
    cors = {
        "CORSRules": [
            {
                "AllowedOrigins": ["*"],
                "AllowedMethods": ["GET", "HEAD"],  # S3 answers OPTIONS by itself
                "AllowedHeaders": ["*"],
                "ExposeHeaders": headers["Access-Control-Expose-Headers"].split(", "),
                "MaxAgeSeconds": int(headers["Access-Control-Max-Age"]),
            }
        ]
    }
    return {
        "hosting/s3-cors.json": _json(cors),
        "hosting/s3-policy.json": _json(_policy(section, bucket)),
        "hosting/README.txt": _S3_README.format(bucket=bucket, missing=_MISSING[section.missing_keys]),
    }


def headers_file(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """The _headers file that Cloudflare Pages and Netlify read from the top of a site."""
    cors = "\n".join(f"  {name}: {value}" for name, value in CORS_HEADERS)
    return {
        "_headers": f"""\
# Headers for this site, written by publisher; Cloudflare Pages and Netlify read them from this file by themselves.
# Viewers on other sites may read everything here. "no-transform": pixels are compressed already, and parts of
# them are read by position, so the host must not compress them again.
/*
{cors}
/data/*
  Cache-Control: {CACHE}, no-transform
"""
    }


def _policy(section: HostingSection, bucket: str) -> dict[str, object]:
    read = {
        "Sid": "AnyoneMayRead",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    # Without the right to list, S3 answers 403 for a key that does not exist.
    listing = {
        "Sid": "MissingFilesAre404",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}"],
    }
    statements = [read, listing] if section.missing_keys == "404" else [read]
    return {"Version": "2012-10-17", "Statement": statements}


def _bucket_of(url: str | None) -> str:
    """Name of the bucket in an address: ``bucket.s3.region.host`` or ``s3.host/bucket``."""
    parts = urlsplit(url or "")
    host = parts.hostname or ""
    first, _, rest = host.partition(".")
    if rest.startswith(("s3.", "s3-")):
        return first
    path = parts.path.strip("/").split("/")[0]
    return path if host.startswith(("s3.", "s3-")) and path else _BUCKET


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


_MISSING = {
    "403": "Your site_config.yaml says missing_keys: 403, so the policy lets nobody list the bucket.",
    "404": "Your site_config.yaml says missing_keys: 404, so the policy lets anyone list the bucket: without that\n"
    "right S3 answers 403 for a file that does not exist.",
}

_S3_README = """\
Putting this site into an S3 bucket (Amazon, or any store that speaks S3: add --endpoint-url https://...).
Written by publisher; made again at every build.

1. Let anyone read the files:
     aws s3api put-bucket-policy --bucket {bucket} --policy file://hosting/s3-policy.json
   On Amazon, first switch off "Block public access" for this bucket.
2. Let viewers on other sites read them (the browser asks for this):
     aws s3api put-bucket-cors --bucket {bucket} --cors-configuration file://hosting/s3-cors.json
3. Send the site, pixels first and pages last:
     aws s3 sync _site/data s3://{bucket}/data
     aws s3 sync _site s3://{bucket}

{missing}
Pages are linked by their index.html, so no "static website hosting" is needed; with it, name index.html as the
index document and 404.html as the error document.
"""
