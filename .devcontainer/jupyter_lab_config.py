"""JupyterLab behind the address under which GitHub Codespaces shows a port, and no other."""

import os
import re

c = get_config()  # noqa: F821

if name := os.environ.get("CODESPACE_NAME"):
    domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
    c.ServerApp.allow_origin_pat = rf"https://{re.escape(name)}-\d+\.{re.escape(domain)}$"
