#!/usr/bin/env bash
# Lints the workflow, and looks whether what it uses of others can change under our hands.

source "$(dirname "$0")/common.sh"

cd "$project"
command -v actionlint >/dev/null 2>&1 || fail "actionlint is missing. Install it:
go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
actionlint
# Whoever can move a tag of an action could run what he likes beside our secrets.
if grep -nE '^ *(- )?uses: ' .github/workflows/*.yml | grep -vE '@[0-9a-f]{40} # v[0-9.]+$'; then
  fail "These actions are not pinned by the hash of a commit, with the version beside it."
fi
