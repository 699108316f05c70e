#!/bin/sh
# Asks for a token with curl, and prints Roomkey's answer.
#
#   ROOMKEY_URL=https://auth.example.com ROOMKEY_API_KEY=rk_… sh token.sh ada stand-up
set -eu
user=$1
room=$2
issuer=${3:-main}

# Quotes and backslashes are all that JSON minds in a name.
json() { printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; }

# The key comes from standard input: in the arguments every process of the machine could read it.
printf 'header = "Authorization: Bearer %s"\n' "$ROOMKEY_API_KEY" |
  curl --silent --show-error --fail-with-body --max-time 5 --config - \
    --header 'Content-Type: application/json' \
    --data "{\"user\":$(json "$user"),\"room\":$(json "$room")}" \
    "${ROOMKEY_URL%/}/api/v1/issuers/$issuer/tokens"
echo
