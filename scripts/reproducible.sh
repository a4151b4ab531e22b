#!/usr/bin/env bash
# Whether two builds of one commit are equal: builds what is committed twice from nothing, in folders
# of different names, and compares every program and archive. --target as of package.sh.

source "$(dirname "$0")/common.sh"

need_cargo
command -v git >/dev/null 2>&1 || fail "git is missing; it copies the commit."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
commit=$(git -C "$project" rev-parse HEAD)
for copy in one a-second-one; do
  git clone --quiet --no-hardlinks "$project" "$folder/$copy/source"
  git -C "$folder/$copy/source" checkout --quiet --detach "$commit"
  # What was built elsewhere must not be taken.
  env -u CARGO_TARGET_DIR "$folder/$copy/source/scripts/package.sh" "$@" --out "$folder/$copy/dist"
done
echo
echo "Commit $commit, $(rustc -V)"
cd "$folder/one/source/target"
different=0
for program in */release/{terraform-provider-ixapi,ixapi-sandbox}{,.exe}; do
  [ -f "$program" ] || continue
  if cmp "$program" "$folder/a-second-one/source/target/$program"; then
    echo "equal: $program, $(wc -c <"$program" | tr -d ' ') bytes"
  else
    different=1
  fi
done
cd "$folder/one/dist"
for file in *; do
  cmp "$file" "$folder/a-second-one/dist/$file" || different=1
done
cat ./*_SHA256SUMS
[ "$different" = 0 ] || fail "The two builds differ."
echo "The two builds are equal."
