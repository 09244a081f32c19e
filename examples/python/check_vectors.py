"""Holds `sign` against worked examples: python3 examples/python/check_vectors.py test/vectors/signature-v1.json"""

import base64
import json
import sys

from keyseal import sign

if len(sys.argv) < 2:
    print("Give the file of the worked examples.", file=sys.stderr)
    sys.exit(64)
with open(sys.argv[1], encoding="utf-8") as file:
    vectors = json.load(file)["vectors"]
for v in vectors:
    body = base64.b64decode(v["bodyBase64"])
    request = (v["method"], v["authority"], v["target"], v["contentType"], v["userToken"], body)
    made = sign(v["signingSecret"], v["keyId"], v["timestamp"], v["nonce"], *request)
    assert made == v["signature"], v["name"]
print(f"{len(vectors)} agree")
