"""One signed call: KEYSEAL_URL, KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET say where and by whom.

    python3 examples/python/call.py Ada
"""

import os
import sys

from keyseal import Client

env = os.environ
client = Client(env["KEYSEAL_URL"], env["KEYSEAL_API_KEY"], env["KEYSEAL_SIGNING_SECRET"])
print(client.query("exemple", {"name": sys.argv[1] if len(sys.argv) > 1 else "world"})["message"])
