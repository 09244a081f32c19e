"""The whole way of a newcomer: an account, a key, and every sample procedure.

    python3 examples/python/tour.py http://localhost:3000
"""

import hashlib
import secrets
import sys

from keyseal import Client, Refused

if len(sys.argv) < 2:
    print("Give the URL of the service, such as http://localhost:3000.", file=sys.stderr)
    sys.exit(64)
url = sys.argv[1]
anyone = Client(url)
print("health     ", anyone.query("health")["status"])

account = {"email": f"{secrets.token_hex(6)}@example.com", "password": secrets.token_urlsafe(12)}
anyone.mutate("auth.signUp", account)
session = anyone.mutate("auth.signIn", account)["session"]
person = Client(url, session=session)
print("whoami     ", person.query("whoami")["user"]["email"] == account["email"])

samples = [f"{area}:*" for area in ("exemple", "echo", "profile", "clock", "upload")]
made = person.mutate("keys.create", {"name": "Tour", "environment": "test", "permissions": samples})
print("keys.list  ", [key["name"] for key in person.query("keys.list")["items"]])

client = Client(url, made["secret"], made["signingSecret"])
print("exemple    ", client.query("exemple", {"name": "Zoé O'Neill"})["message"])
print("echo       ", client.mutate("echo", {"text": "l’été"})["text"])
sent = b"\x00\x01\xff"
print("upload     ", client.send_bytes("upload", sent)["sha256"] == hashlib.sha256(sent).hexdigest())
form = b'--frontier\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext\r\n--frontier--\r\n'
print("upload     ", client.send_bytes("upload", form, "multipart/form-data; boundary=frontier")["name"])
ticks = client.subscribe("clock", {"everyMs": 100})
print("clock      ", [next(ticks)["tick"] for _ in range(3)])
ticks.close()

for_person = Client(url, made["secret"], made["signingSecret"], session=person.refresh())
print("profile    ", for_person.query("profile")["user"]["email"] == account["email"])

person.mutate("keys.revoke", {"id": made["key"]["id"]})
person.mutate("auth.signOut")
for who, name in ((client, "exemple"), (person, "whoami")):
    try:
        who.query(name)
    except Refused as refused:
        print("afterwards ", refused.status, refused.reason)
