"""The page ``/docs``: the OpenAPI document as plain HTML, without anything from elsewhere."""

from html import escape

from helpers.reader import say

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark; }
h2 { margin-top: 3rem; }
h2, h3, code { font-size: 1rem; }
td { padding-right: 2rem; vertical-align: top; }
"""


def render(document: dict) -> str:
    """Return an OpenAPI document as a page in the reader's language.

    Examples
    --------
    >>> info = {"title": "Tiny", "description": "", "version": "1"}
    >>> "<h1>Tiny</h1>" in render({"info": info, "paths": {}})
    True
    """
    operations = "".join(
        _operation(method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    )
    title, lang = escape(document["info"]["title"]), say(en="en", ko="ko")
    source = say(en="The same for programs:", ko="프로그램이 읽는 문서:")
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p>{escape(document["info"]["description"])} {source} <a href="openapi.json">'
        f"openapi.json</a></p>{operations}</body></html>"
    )


def _operation(method, path, operation):
    parameters = [
        (f"{one['name']} ({one['in']})", one.get("description", ""))
        for one in operation.get("parameters", [])
    ]
    bodies = [(kind, "") for kind in operation.get("requestBody", {}).get("content", {})]
    answers = [
        (status, f"{one['description']} {', '.join(one.get('content', {}))}")
        for status, one in sorted(operation["responses"].items())
    ]
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        + _table(say(en="Parameters", ko="매개변수"), parameters)
        + _table(say(en="Body", ko="본문"), bodies)
        + _table(say(en="Answers", ko="응답"), answers)
    )


def _table(heading, rows):
    cells = (f"<tr><td><code>{escape(a)}</code></td><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<h3>{heading}</h3><table>{''.join(cells)}</table>" if rows else ""
