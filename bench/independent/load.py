"""A load generator written from docs/en/sign-a-request.md alone: it shares no line with Keyseal or its benchmark.

The first line of stdin is a plan in JSON. Each further line asks for a round: every server in turn. The first line of
stdout says that all servers are warm, and each further one has what was measured in a round, in JSON:

    {"keys": 900, "calls": 4000, "servers": [
      {"name": "Keyseal", "port": 3000, "pid": 123, "sends": "signed"},
      {"name": "a peer", "port": 3001, "pid": 124, "sends": "plain", "answers": ["{...}"]}, ...]}

The first server is Keyseal: the generator signs up there and makes so many keys, which call in turn. A server with
"holders" is called with the credentials in them, one that has none with the very bytes that Keyseal is sent.
CPU is that of all threads of the server's process, from /proc (Linux).
"""

import hashlib
import hmac
import itertools
import json
import secrets
import selectors
import socket
import sys
import time
from pathlib import Path

CONNECTIONS = 32
PATH = "/api/echo"
TEXT = "Hello from the benchmark, about as long as a small call is."
BODY = json.dumps({"text": TEXT}, separators=(",", ":")).encode()
NO_LIMIT_REACHED = [{"name": "all", "limit": 1_000_000_000, "windowSeconds": 60}]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def signature(k, secret, authority, path, body, token):
    """The x-signature of a POST of JSON: ten lines, of this second, with a new nonce."""
    t, nonce = int(time.time()), secrets.token_urlsafe(16)
    lines = ["v1.request", k, str(t), nonce, "POST", authority, path, "application/json"]
    base = "\n".join([*lines, sha256(token.encode()), sha256(body)])
    mac = hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    return f"v1,k={k},t={t},n={nonce},s={mac}"


def request(path, body, headers):
    sent = {**headers, "content-type": "application/json", "content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def signed(holder, authority):
    """The bytes of a call with all three proofs, signed for itself."""
    k, secret, token = holder["id"], holder["signingSecret"], holder["token"]
    proofs = {"authorization": f"Bearer {holder['apiKey']}", "x-user-token": token}
    signed = signature(k, secret, authority, PATH, BODY, token)
    return request(PATH, BODY, {"host": authority, **proofs, "x-signature": signed})


class Answers:
    """Answers off one connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def read(self):
        """The body of a response that is 200, or None if it has not arrived whole."""
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("the connection was closed before the answer")
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        fields = head.lower()
        if b"transfer-encoding: chunked" in fields:
            if not rest.endswith(b"0\r\n\r\n"):
                return None
            body = unchunked(rest)
        else:
            length = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(rest) < length:
                return None
            body = rest
        self.buffer = b""
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"refused: {body.decode()}")
        return body

    def whole(self):
        while (body := self.read()) is None:
            pass
        return body


def unchunked(rest):
    body = b""
    while size := int((parts := rest.partition(b"\r\n"))[0], 16):
        body, rest = body + parts[2][:size], parts[2][size + 2 :]
    return body


def ask(port, path, data, headers):
    """One call of a procedure, on its own connection."""
    answers = Answers(port)
    answers.socket.sendall(request(path, json.dumps(data).encode(), headers))
    return json.loads(answers.whole())["result"]["data"]


def sign_up(port, count):
    """An account, and keys of it that may echo: what its every call is signed with."""
    authority = f"localhost:{port}"
    email = f"load-{secrets.token_hex(6)}@example.com"
    made = ask(port, "/api/auth.signUp", {"email": email, "password": "a long password"}, {"host": authority})
    session, path = made["session"], "/api/keys.create"
    wanted = {"name": "Load", "environment": "live", "permissions": ["echo:write"], "limits": NO_LIMIT_REACHED}
    token, body = session["accessToken"], json.dumps(wanted).encode()
    holders = []
    for _ in range(count):
        signed = signature(session["id"], session["signingSecret"], authority, path, body, token)
        headers = {"host": authority, "authorization": f"Bearer {token}", "x-signature": signed}
        key = ask(port, path, wanted, headers)
        holders.append({
            "id": key["key"]["id"],
            "userId": made["user"]["id"],
            "apiKey": key["secret"],
            "signingSecret": key["signingSecret"],
            "token": token,
        })
    return holders


def cpu(pid):
    """Seconds of CPU of all threads of a process so far."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def load(server, calls):
    """Sends requests made beforehand. Returns microseconds of the server's CPU for each, and calls a second."""
    waiting = [server["make"]() for _ in range(calls)]
    if server["sends"] == "signed" and len(set(waiting)) < calls:
        raise SystemExit("a request was made twice")
    selector = selectors.DefaultSelector()
    for answers in [Answers(server["port"]) for _ in range(min(CONNECTIONS, calls))]:
        selector.register(answers.socket, selectors.EVENT_READ, answers)
    used, begun, done = cpu(server["pid"]), time.perf_counter(), 0
    for key in list(selector.get_map().values()):
        key.data.socket.sendall(waiting.pop())
    while done < calls:
        for key, _ in selector.select():
            body = key.data.read()
            if body is None:
                continue
            if body not in server["right"]:
                raise SystemExit(f"{server['name']} answered {body.decode()}")
            done += 1
            if waiting:
                key.data.socket.sendall(waiting.pop())
    took = time.perf_counter() - begun
    microseconds = (cpu(server["pid"]) - used) * 1e6 / calls
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return microseconds, calls / took


def prepare(servers, keys):
    """How each server is called, and what it answers."""
    keyseal = servers[0]
    keyseal["holders"] = sign_up(keyseal["port"], keys)
    for server in servers:
        holders = server.get("holders", keyseal["holders"])
        authority = f"localhost:{server['port'] if 'holders' in server else keyseal['port']}"
        plain = request(PATH, BODY, {"host": authority})
        is_signed = server["sends"] == "signed"
        turns = itertools.cycle(holders)
        server["make"] = (lambda t=turns, a=authority: signed(next(t), a)) if is_signed else (lambda p=plain: p)
        said = [{"text": TEXT, "caller": {"keyId": one["id"], "userId": one["userId"]}} for one in holders]
        answers = [{"result": {"data": one}} for one in said] if server is keyseal else said
        wanted = server.get("answers", [json.dumps(one, separators=(",", ":")) for one in answers])
        server["right"] = {one.encode() for one in wanted}


def play(servers, calls):
    """A round: what each server took of a call."""
    measured = {}
    for server in servers:
        microseconds, speed = load(server, calls)
        measured[server["name"]] = {"cpu": microseconds, "speed": speed}
    return measured


def main():
    plan = json.loads(sys.stdin.readline())
    servers, calls = plan["servers"], plan["calls"]
    prepare(servers, plan["keys"])
    play(servers, calls)
    print("{}", flush=True)
    for _ in sys.stdin:
        print(json.dumps(play(servers, calls)), flush=True)


if __name__ == "__main__":
    main()
