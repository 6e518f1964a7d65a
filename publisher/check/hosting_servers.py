"""Snippets for servers that a curator or an administrator runs: nginx, Apache, Caddy."""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

from publisher.config.model import HostingSection
from publisher.media_types import MEDIA_TYPES, is_text

CORS_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Range, If-None-Match, If-Match, If-Modified-Since, If-Range"),
    ("Access-Control-Expose-Headers", "Content-Range, Content-Length, ETag, Accept-Ranges, Last-Modified"),
    ("Access-Control-Max-Age", "86400"),
)
"""So that viewers on other sites (vizarr, neuroglancer) may read the pixels, and see lengths and ranges."""

CACHE = "public, max-age=60, must-revalidate"
"""A minute, then ask again: a site is rebuilt in place, and a page must not meet pixels of another day."""

_ROOT = "/var/www/site"
_HOST = "images.example.org"
_HOST_NAME = re.compile(r"[A-Za-z0-9.-]+")
# ".well-known" and the documents of Zarr 2 are the hidden names a site may hold.
_HIDDEN = r"/\.(?!well-known/|zarray$|zattrs$|zgroup$|zmetadata$)"


def nginx(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """A server block for /etc/nginx/conf.d."""
    types = "\n".join(f"        {media} {' '.join(suffixes)};" for media, suffixes in _suffixes_by_type())
    cors = "\n".join(f'    add_header {name} "{value}" always;' for name, value in CORS_HEADERS)
    return {
        "hosting/nginx.conf": f"""\
# nginx settings for this site, written by publisher. Made again at every build: copy it, do not edit it here.
#
# 1. Copy the site to {_folder(base_url)} (rsync -a --delete _site/ ...), or change `root` below.
# 2. Copy this file to /etc/nginx/conf.d/site.conf and check it:  nginx -t
# 3. Load it:  systemctl reload nginx
#    For https, run certbot afterwards; it adds what is needed to this block.
server {{
    listen 80;
    server_name {" ".join(_hosts(base_url, data_url))};
    root {_ROOT};
    index index.html;
    error_page 404 {_base_path(base_url)}404.html;

    # What each file is; chunks of pixels have no suffix.
    types {{
{types}
    }}
    default_type application/octet-stream;
    charset utf-8;
    charset_types text/css text/csv text/javascript text/markdown text/plain text/tab-separated-values;

    # Viewers on other sites may read everything here, "always" also on errors: they look for missing chunks.
{cors}
    add_header Cache-Control "{CACHE}" always;
    if ($request_method = OPTIONS) {{
        return 204;
    }}

    # Compress pages, style and script only: nginx forgets byte ranges when it compresses, and pixels need them.
    gzip on;
    gzip_vary on;
    gzip_types text/css text/javascript image/svg+xml;
    location {_base_path(base_url)}data/ {{
        gzip off;
    }}

    # Hidden files are nobody's business.
    location ~ {_HIDDEN} {{
        return 404;
    }}
}}
"""
    }


def apache(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """A .htaccess, read by Apache from the site's own folder."""
    types = "\n".join(
        f"AddType '{_with_charset(media)}' {' '.join('.' + suffix for suffix in suffixes)}"
        for media, suffixes in _suffixes_by_type()
    )
    cors = "\n".join(f'    Header always set {name} "{value}"' for name, value in CORS_HEADERS)
    return {
        ".htaccess": f"""\
# Apache settings for this site, written by publisher; Apache reads them from this folder by itself.
#
# If nothing of this takes effect, the server's administrator must write, for the folder of the site:
#   AllowOverride FileInfo Indexes
# and load the modules headers and rewrite:  a2enmod headers rewrite
DirectoryIndex index.html
ErrorDocument 404 {_base_path(base_url)}404.html

# What each file is; chunks of pixels are files named by a number.
{types}
<FilesMatch "^[0-9]+$">
    ForceType application/octet-stream
</FilesMatch>

# Viewers on other sites may read everything here, "always" also on errors: they look for missing chunks.
<IfModule mod_headers.c>
{cors}
    Header always set Cache-Control "{CACHE}"
</IfModule>
<IfModule mod_rewrite.c>
    RewriteEngine On
    # What a browser asks before it reads a part of a file.
    RewriteCond %{{REQUEST_METHOD}} OPTIONS
    RewriteRule ^ - [R=204,L]
    # Hidden files are nobody's business.
    RewriteRule (^|/)\\.(?!well-known/|zarray$|zattrs$|zgroup$|zmetadata$) - [R=404,L]
</IfModule>

# Pixels are compressed already, and parts of them are read by position.
<IfModule mod_setenvif.c>
    SetEnvIf Request_URI "^{_base_path(base_url)}data/" no-gzip=1 no-brotli=1
</IfModule>
"""
    }


def caddy(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """A Caddyfile; with a public name Caddy gets its certificate by itself."""
    types = "\n".join(
        f"    @{_matcher(media)} path {' '.join('*.' + suffix for suffix in suffixes)}\n"
        f'    header @{_matcher(media)} Content-Type "{_with_charset(media)}"'
        for media, suffixes in _suffixes_by_type()
    )
    cors = "\n".join(f'        {name} "{value}"' for name, value in CORS_HEADERS)
    return {
        "hosting/Caddyfile": f"""\
# Caddy settings for this site, written by publisher. Made again at every build: copy it, do not edit it here.
#
# 1. Copy the site to {_folder(base_url)} (rsync -a --delete _site/ ...), or change `root` below.
# 2. Put this into /etc/caddy/Caddyfile and load it:  systemctl reload caddy
#    Caddy fetches the certificate for https by itself once the name below leads to this machine.
(for-viewers) {{
    # Viewers on other sites may read everything here, also errors: they look for missing chunks.
    header {{
{cors}
        Cache-Control "{CACHE}"
    }}
}}
{", ".join(_hosts(base_url, data_url))} {{
    root * {_ROOT}
    import for-viewers

    # What a browser asks before it reads a part of a file.
    @preflight method OPTIONS
    respond @preflight 204

    # Hidden files are nobody's business.
    @hidden {{
        path_regexp /\\.
        not path_regexp /\\.(well-known/|zarray$|zattrs$|zgroup$|zmetadata$)
    }}
    error @hidden 404

    # What each file is; chunks of pixels are files named by a number.
    @chunk path_regexp /[0-9]+$
    header @chunk Content-Type application/octet-stream
{types}

    # Compress pages, style and script only: parts of pixels are read by position.
    @text path / */ *.html *.css *.js *.svg
    encode @text gzip
    file_server

    handle_errors {{
        import for-viewers
        rewrite * {_base_path(base_url)}404.html
        header Content-Type "text/html; charset=utf-8"
        file_server
    }}
}}
"""
    }


def _suffixes_by_type() -> Iterable[tuple[str, list[str]]]:
    by_type: dict[str, list[str]] = {}
    for suffix, media in MEDIA_TYPES.items():
        by_type.setdefault(media, []).append(suffix.removeprefix("."))
    return sorted(by_type.items())


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if is_text(media) else media


def _matcher(media: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in media)


def _hosts(base_url: str | None, data_url: str | None) -> list[str]:
    """Names the server answers to, pages first; an example where none is known."""
    names = [urlsplit(url).hostname or "" for url in (base_url, data_url) if url]
    return [name for name in dict.fromkeys(names) if _HOST_NAME.fullmatch(name)] or [_HOST]


def _base_path(base_url: str | None) -> str:
    """Path of the site on its host, ending in a slash, with nothing in it that means something to a server."""
    path = unquote(urlsplit(base_url).path) if base_url else ""
    return quote(path.rstrip("/")) + "/"


def _folder(base_url: str | None) -> str:
    return _ROOT + _base_path(base_url).rstrip("/")
