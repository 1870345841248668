"""The page at ``/``, in the reader's language, and the files it is made of."""

import html
import json
from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

from helpers.reader import LANGUAGES, language

STATIC = Path(__file__).parent / "static"
TEMPLATE = Path(__file__).parent / "index.html"
# Named here, since what the system knows of suffixes differs (Windows calls .js plain text).
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
#: What ``/static`` gives: a name that is asked for is looked up here and joined to no path.
FILES = {path.name: path for path in STATIC.iterdir() if path.suffix in _TYPES}
# The paper and the feature maps are those of the course's pad, too.
FILES |= {name: STATIC.parents[2] / name for name in ("paper.js", "layers.js")}

#: The page needs its own files, the service's answers and the pictures it draws from them.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' blob: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

router = APIRouter(include_in_schema=False)


@router.get("/")
def page(lang: str = "") -> HTMLResponse:
    """Return the page in the language of `lang` or, without it, of the request."""
    lang = lang if lang in LANGUAGES else language()
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Language": lang,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
    }
    return HTMLResponse(_render(lang), headers=headers)


@router.get("/static/{name}")
def static(name: str) -> FileResponse:
    """Return one of the page's files; browsers ask each time whether it has changed."""
    if name not in FILES:
        raise HTTPException(404)
    path = FILES[name]
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})


@router.get("/favicon.ico")
def favicon() -> FileResponse:
    """Return the icon to clients that ask for it without reading the page."""
    return static("favicon.svg")


@cache
def _render(lang: str) -> str:
    words = json.loads(FILES[f"{lang}.json"].read_text(encoding="utf-8"))
    escaped = {name: html.escape(text) for name, text in words.items()}
    page = Template(TEMPLATE.read_text(encoding="utf-8"))
    return page.substitute(escaped, lang=lang)
