#!/usr/bin/env bash
# Lists what a release is made of, as CycloneDX: the provider with all that is linked into it.
#
#   sbom.sh [--out DIR]

source "$(dirname "$0")/common.sh"

need_cargo
command -v cargo-cyclonedx >/dev/null 2>&1 || fail "cargo-cyclonedx is missing. Install it:
cargo install --locked cargo-cyclonedx"
out=$project/dist
case ${1:-} in
  '') ;;
  --out) out=${2:?where to} ;;
  *) fail "$1 is no argument; see the beginning of scripts/sbom.sh." ;;
esac
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$project"
name=terraform-provider-ixapi_$(version)_sbom
# Of the latest commit, not of now: two lists of one commit are equal.
if [ -z "${SOURCE_DATE_EPOCH:-}" ] && command -v git >/dev/null 2>&1; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
fi
# Each crate of the workspace gets a list beside it; a release is the first one. They have another
# name than the result, which may lie below the project too, and stays.
part=${name}_part.cdx
trap 'find . -name "$part.json" -not -path "./target/*" -delete' EXIT
# Of whatever platform: one list is good for every archive.
cargo cyclonedx --quiet --format json --spec-version 1.5 --target all --no-build-deps \
  --override-filename "$part"
# Without where it was made.
sed "s|file://$project|file:///source|g" "$part.json" >"$out/$name.cdx.json"
echo "$out/$name.cdx.json: $(grep -c '"purl"' "$out/$name.cdx.json") components"
