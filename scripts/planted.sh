#!/usr/bin/env bash
# Whether `make chaos` finds anything: puts each fault of chaos/planted into a copy of the project,
# and wants the harness to fail. Prints by which seed each was found.

source "$(dirname "$0")/common.sh"

need_cargo
command -v git >/dev/null 2>&1 || fail "git is missing; it puts the faults into the copy."
cd "$project"
# What is built of a copy serves the next one.
target=${CARGO_TARGET_DIR:-$project/target}/planted
copy=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$copy" "$log"' EXIT
missed=0
for patch in chaos/planted/*.patch; do
  name=$(basename "$patch" .patch)
  # With new times, so that nothing that was built with the fault before is taken for fresh.
  rm -rf "${copy:?}"/*
  git ls-files | tar -cf - -T - | tar -xmf - -C "$copy"
  git -C "$copy" apply "$project/$patch"
  found=$(CARGO_TARGET_DIR=$target "$copy/scripts/chaos.sh" until-it-fails "${SEED:-1}" 2>"$log" || true)
  seed=$(printf '%s\n' "$found" | sed -n 's/^seed \([0-9]*\):.*/\1/p' | head -1)
  if [ -n "$seed" ]; then
    printf '%-16s found by seed %s\n' "$name" "$seed"
    printf '%s\n' "$found" | sed -n '1,/Alone:/s/^/    /p'
  else
    printf '%-16s NOT FOUND\n' "$name"
    tail -n 20 "$log" >&2
    missed=1
  fi
done
exit "$missed"
