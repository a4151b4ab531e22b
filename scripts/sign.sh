#!/usr/bin/env bash
# Signs the checksums in a folder with the key that gpg has: detached and not armored, as the
# Registries want it. The passphrase, if any, is in GPG_PASSPHRASE.

source "$(dirname "$0")/common.sh"

[ $# = 1 ] || fail "Usage: scripts/sign.sh DIR"
for sums in "$1"/*_SHA256SUMS; do
  [ -f "$sums" ] || fail "There are no checksums in $1."
  gpg --batch --yes --pinentry-mode loopback --passphrase-fd 3 --detach-sign "$sums" \
    3<<<"${GPG_PASSPHRASE:-}"
  gpg --batch --verify "$sums.sig" "$sums"
done
