import type { SnippetParts } from './parts.ts';

/** A script that needs only the standard library of Python 3. */
export function pythonSnippet({ apiKey, signingSecret, origin, authority, target }: SnippetParts): string {
  const connection = origin.startsWith('https:') ? 'HTTPSConnection' : 'HTTPConnection';
  return `import hashlib, hmac, http.client, secrets, time

api_key = "${apiKey}"
signing_secret = "${signingSecret}"
host = "${authority}"
target = "${target}"

k, t, n = api_key.split("_")[2], str(int(time.time())), secrets.token_urlsafe(16)
nothing = hashlib.sha256(b"").hexdigest()
base = "\\n".join(["v1.request", k, t, n, "GET", host, target, "", nothing, nothing])
s = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()

connection = http.client.${connection}(host)
headers = {"authorization": f"Bearer {api_key}", "x-signature": f"v1,k={k},t={t},n={n},s={s}"}
connection.request("GET", target, headers=headers)
response = connection.getresponse()
print(response.status, response.read().decode())
`;
}
