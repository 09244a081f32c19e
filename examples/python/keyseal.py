"""Signed calls to Keyseal with the standard library of Python 3.9 or later."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from urllib.parse import quote, urlsplit


class NotKeyseal(Exception):
    """A response from something else, such as a proxy: its status and content type."""

    def __init__(self, response):
        self.status, self.content_type = response.status, response.getheader("content-type", "no content type")
        location = response.getheader("location", "").partition("?")[0]
        target = f", which redirects to {location}" if location else ""
        super().__init__(f"The response did not come from Keyseal: HTTP {self.status} with {self.content_type}{target}.")


class Refused(Exception):
    """A refusal: `reason` is stable, the message is for people."""

    def __init__(self, status, error):
        super().__init__(error["message"])
        self.status = status
        self.reason = error["data"]["reason"]
        self.data = error["data"]


def signature_base(k, t, nonce, method, authority, target, content_type, token, body):
    """The ten lines that are signed. `token` is a string and `body` is bytes; either may be empty."""
    return "\n".join([
        "v1.request", k, str(t), nonce, method, authority, target, content_type,
        hashlib.sha256(token.encode()).hexdigest(), hashlib.sha256(body).hexdigest(),
    ])


def sign(signing_secret, k, t, nonce, *request):
    """The `x-signature` header. The key of the HMAC is the secret itself, as a string."""
    base = signature_base(k, t, nonce, *request)
    mac = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    return f"v1,k={k},t={t},n={nonce},s={mac}"


def _answer(response):
    try:
        answer = json.load(response)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not ({"result", "error"} & answer.keys()):
        raise NotKeyseal(response)
    return answer


def key_id(api_key):
    """The public part of `ks_<live|test>_<id>_<secret>`."""
    return api_key.split("_")[2]


class Client:
    """Calls procedures as a key, as a key for a user, as a user, or, without credentials, the public ones."""

    def __init__(self, url, api_key=None, signing_secret=None, session=None):
        self.parts = urlsplit(url)
        # A service below a path is called, and signed, with that path.
        self.path = self.parts.path.rstrip("/")
        self.api_key = api_key
        self.session = session
        self.k = key_id(api_key) if api_key else session["id"] if session else None
        self.signing_secret = signing_secret if api_key else session and session["signingSecret"]

    def query(self, name, value=None):
        target = f"{self.path}/api/{name}"
        if value is not None:
            target += "?input=" + quote(json.dumps(value), safe="")
        return self._call("GET", target)

    def mutate(self, name, value=None):
        body = json.dumps({} if value is None else value).encode()
        return self._call("POST", f"{self.path}/api/{name}", "application/json", body)

    def send_bytes(self, name, body, content_type="application/octet-stream"):
        return self._call("POST", f"{self.path}/api/{name}", content_type, body)

    def subscribe(self, name, value=None):
        """The data of server-sent events, as they come."""
        target = f"{self.path}/api/{name}?input=" + quote(json.dumps({} if value is None else value), safe="")
        connection, response = self._open("GET", target)
        try:
            event = {}
            for line in response:
                field, _, text = line.decode().rstrip("\n").partition(": ")
                if field:
                    event[field] = text
                elif "data" in event:
                    if "event" not in event:
                        yield json.loads(event["data"])
                    event = {}
        finally:
            connection.close()

    def refresh(self):
        """A new access token. Only the session signs; the response is kept."""
        fields = {"refreshToken": self.session["refreshToken"]}
        alone = Client(self.parts.geturl(), session={**self.session, "accessToken": None})
        self.session = {**self.session, **alone.mutate("auth.refresh", fields)["session"]}
        return self.session

    def _call(self, *request):
        connection, response = self._open(*request)
        try:
            return _answer(response)["result"]["data"]
        finally:
            connection.close()

    def _open(self, method, target, content_type="", body=b""):
        secure = self.parts.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self.parts.hostname, self.parts.port, timeout=30)
        headers = self._proofs(method, target, content_type, body)
        if content_type:
            headers["content-type"] = content_type
        connection.request(method, target, body=body if method == "POST" else None, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            raise Refused(response.status, _answer(response)["error"])
        return connection, response

    def _proofs(self, method, target, content_type, body):
        if self.k is None:
            return {}
        token = (self.session or {}).get("accessToken") or ""
        t, nonce = int(time.time()), base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        request = (method, self._authority(), target, content_type, token, body)
        headers = {"x-signature": sign(self.signing_secret, self.k, t, nonce, *request)}
        if self.api_key:
            headers["authorization"] = f"Bearer {self.api_key}"
            if token:
                headers["x-user-token"] = token
        elif token:
            headers["authorization"] = f"Bearer {token}"
        return headers

    def _authority(self):
        """Host and port, lowercase, without the scheme's own port."""
        host = self.parts.hostname
        host = f"[{host}]" if ":" in host else host
        own = {"http": 80, "https": 443}[self.parts.scheme]
        return host if self.parts.port in (None, own) else f"{host}:{self.parts.port}"
