#!/usr/bin/env bash
# Builds the commit at hand twice, in two folders of other names, and compares what comes of it.

source "$(dirname "$0")/common.sh"

need_cargo
commit=$(git -C "$project" rev-parse HEAD)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

built() {
  local place=$folder/$1
  git clone --quiet --no-checkout "$project" "$place"
  git -C "$place" checkout --quiet "$commit"
  (
    # Each builds all of it, in its own folder.
    unset CARGO_TARGET_DIR
    "$place/scripts/package.sh" --out "$place/dist" >&2
  )
  cat "$place/dist/terraform-provider-ixapi_$(version)_SHA256SUMS"
}

one=$(built one)
other=$(built and-quite/another)
printf '%s\n' "$one"
[ "$one" = "$other" ] || fail "Two builds of $commit are not the same:
$one
$other"
echo "Two builds of $commit are the same."
