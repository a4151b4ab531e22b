#!/usr/bin/env bash
# Signs the sums of a release, as the Registries want it: detached, and not as text.
#
#   GPG_PRIVATE_KEY=... PASSPHRASE=... sign.sh DIR
#
# The key is kept in a folder of its own for as long as this runs, and never in an argument.

source "$(dirname "$0")/common.sh"

[ $# = 1 ] || fail "Say where the sums are: sign.sh DIR"
[ -n "${GPG_PRIVATE_KEY:-}" ] || fail "GPG_PRIVATE_KEY is missing: the private key, as text."
command -v gpg >/dev/null 2>&1 || fail "gpg is missing; it signs."
lists=("$1"/*_SHA256SUMS)
[ -f "${lists[0]}" ] || fail "There are no sums in $1: package.sh makes them."

GNUPGHOME=$(mktemp -d)
export GNUPGHOME
clean_up() {
  gpgconf --kill all || true
  rm -rf "$GNUPGHOME"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
gpg --batch --quiet --import <<<"$GPG_PRIVATE_KEY"
keys=$(gpg --batch --with-colons --list-secret-keys)
[ "$(grep -c '^sec:' <<<"$keys")" = 1 ] || fail "GPG_PRIVATE_KEY is not one key."
# The Registry of Terraform knows no other kinds: 1 is RSA, 17 is DSA (RFC 4880, 9.1).
case $(awk -F: '/^sec:/ { print $4 }' <<<"$keys") in
  1 | 17) ;;
  *) fail "The key is of a kind that the Registry of Terraform does not take: make one with RSA." ;;
esac
fingerprint=$(awk -F: '/^fpr:/ { print $10; exit }' <<<"$keys")
for sums in "${lists[@]}"; do
  gpg --batch --yes --pinentry-mode loopback --passphrase-fd 3 --local-user "$fingerprint" \
    --digest-algo SHA256 --output "$sums.sig" --detach-sign "$sums" 3<<<"${PASSPHRASE:-}"
  gpg --batch --quiet --verify "$sums.sig" "$sums"
  echo "Signed by $fingerprint: $sums.sig"
done
