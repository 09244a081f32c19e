#!/bin/bash
# A signed call with bash, curl and openssl.
#
#   export KEYSEAL_URL=http://localhost:3000
#   export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
#   examples/curl/call.sh GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
#   examples/curl/call.sh POST /api/echo '{"text":"hello"}'
#   examples/curl/call.sh POST /api/upload @picture.png application/octet-stream
#
# With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional. A target is
# already encoded: curl sends it as it stands, so that is what is signed.
set -euo pipefail

for name in KEYSEAL_URL KEYSEAL_API_KEY KEYSEAL_SIGNING_SECRET; do
  [[ -n ${!name-} ]] || { echo "Set $name in the environment." >&2; exit 64; }
done
[[ $KEYSEAL_URL =~ ^[Hh][Tt][Tt][Pp][Ss]?://[^/] ]] ||
  { echo "KEYSEAL_URL is not a URL such as http://localhost:3000." >&2; exit 64; }
[[ $# -ge 2 ]] || { echo "Give a method and a target." >&2; exit 64; }
[[ ${3-} != @* || ( -r ${3#@} && ! -d ${3#@} ) ]] || { echo "The file ${3#@} cannot be read." >&2; exit 64; }
method=$1 target=$2 body=${3-} type=
[[ $method == POST ]] && type=${4:-application/json}
token=${KEYSEAL_USER_TOKEN-}

# The authority as the URL standard writes it: lowercase, without the scheme's own port.
authority=$(tr 'A-Z' 'a-z' <<<"${KEYSEAL_URL#*://}")
authority=${authority%%/*}
# A service below a path is called, and signed, with that path.
rest=${KEYSEAL_URL#*://} rest=${rest%/}
origin=${KEYSEAL_URL%%://*}://${rest%%/*}
[[ $rest == */* ]] && target=/${rest#*/}$target
case $KEYSEAL_URL in
  https://*) authority=${authority%:443} ;;
  *) authority=${authority%:80} ;;
esac

sha256() { openssl dgst -sha256 | sed 's/.* //'; }
if [[ $body == @* ]]; then body_digest=$(sha256 <"${body#@}"); else body_digest=$(printf %s "$body" | sha256); fi
token_digest=$(printf %s "$token" | sha256)

IFS=_ read -r _ _ id _ <<<"$KEYSEAL_API_KEY"
now=$(date +%s)
nonce=$(openssl rand -hex 16)
base=$(printf '%s\n' v1.request "$id" "$now" "$nonce" "$method" "$authority" "$target" "$type" "$token_digest" "$body_digest")
mac=$(printf %s "$base" | openssl dgst -sha256 -hmac "$KEYSEAL_SIGNING_SECRET" | sed 's/.* //')

options=(--silent --show-error --fail-with-body --request "$method" --path-as-is --globoff)
options+=(--header "authorization: Bearer $KEYSEAL_API_KEY" --header "x-signature: v1,k=$id,t=$now,n=$nonce,s=$mac")
[[ -n $token ]] && options+=(--header "x-user-token: $token")
[[ $method == POST ]] && options+=(--header "content-type: $type" --data-binary "$body")
curl "${options[@]}" "$origin$target"
