"""A signed call with the standard library of Python 3.9 or later.

    export KEYSEAL_URL=http://localhost:3000
    export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
    python3 examples/python/call.py GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
    python3 examples/python/call.py POST /api/echo '{"text":"hello"}'
    python3 examples/python/call.py POST /api/upload @picture.png application/octet-stream

With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional. A target is
already encoded: http.client sends it as it stands, so that is what is signed.
"""

import hashlib
import hmac
import http.client
import os
import re
import secrets
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

NAMES = ("KEYSEAL_URL", "KEYSEAL_API_KEY", "KEYSEAL_SIGNING_SECRET")
method, target, given, content_type = (sys.argv[1:] + [""] * 4)[:4]
address, api_key, signing_secret = (os.environ.get(name, "") for name in NAMES)
faults = [f"Set {name} in the environment." for name in NAMES if not os.environ.get(name)]
faults += ["KEYSEAL_URL is not a URL such as http://localhost:3000."] * (not re.match("(?i)https?://[^/]", address))
faults += ["Give a method and a target."] * (not target)
faults += [f"The file {given[1:]} cannot be read."] * (given[:1] == "@" and not os.access(given[1:], os.R_OK))
if faults:
    sys.exit(print(faults[0], file=sys.stderr) or 64)
url = urlsplit(address)
target = url.path.rstrip("/") + target  # a service below a path is called, and signed, with that path
token = os.environ.get("KEYSEAL_USER_TOKEN", "")

body, headers = b"", {"authorization": f"Bearer {api_key}"}
headers |= {"x-user-token": token} if token else {}
if method == "POST":
    headers["content-type"] = content_type or "application/json"
    body = Path(given[1:]).read_bytes() if given.startswith("@") else os.fsencode(given)

# The authority as the URL standard writes it: lowercase, without the scheme's own port.
authority = url.netloc.lower().removesuffix(":443" if url.scheme == "https" else ":80")

k, t, nonce = api_key.split("_")[2], str(int(time.time())), secrets.token_urlsafe(16)
base = "\n".join([
    "v1.request", k, t, nonce, method, authority, target, headers.get("content-type", ""),
    hashlib.sha256(token.encode()).hexdigest(), hashlib.sha256(body).hexdigest(),
])
mac = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()
headers["x-signature"] = f"v1,k={k},t={t},n={nonce},s={mac}"

connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
connection = connect(url.hostname, url.port, timeout=30)
connection.request(method, target, body if method == "POST" else None, headers)
response = connection.getresponse()
sys.stdout.buffer.write(response.read())
sys.exit(response.status >= 400)
