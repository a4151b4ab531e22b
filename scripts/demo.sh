#!/usr/bin/env bash
# The main job, from nothing: builds, starts the sandbox, orders examples/quickstart with the real
# Terraform or OpenTofu, changes it in place and cancels it again. Exits with 0 only if all of that
# is true. With DEMO_PAUSE=1 it waits before it cancels, so that one can look at the sandbox's page.

source "$(dirname "$0")/common.sh"

need_cargo
terraform=$(find_terraform)
name=$(basename "$terraform")
target=${CARGO_TARGET_DIR:-$project/target}/debug

bold() { printf '\n\033[1m== %s\033[0m\n\n' "$*"; }

# What a person need not see a second time: reads, and the attributes of what goes away.
brief() { sed -E '/: (Reading|Read complete|Refreshing)/d; /^ {4,}/d; /resource "/d' | cat -s; }
no_reads() { sed -E '/: (Reading|Read complete|Refreshing)/d'; }

bold "Building the provider and the sandbox"
(cd "$project" && cargo build --locked -p terraform-provider-ixapi -p ixapi-sandbox)

folder=$(mktemp -d)
sandbox=
# Some systems delete no folder that a process is in, or has files open in. A demo that has succeeded
# does not fail for that.
clean_up() {
  cd "$project" || true
  if [ -n "$sandbox" ]; then
    kill "$sandbox" 2>/dev/null || true
    wait "$sandbox" 2>/dev/null || true
  fi
  rm -rf "$folder" || true
}
trap clean_up EXIT
trap 'exit 130' INT TERM

bold "Starting an exchange to play with"
start_sandbox "$folder" --speed fast
echo "It listens at $IXAPI_SANDBOX_URL and takes orders from account A0087999."
echo "Look at it in a browser: $IXAPI_SANDBOX_URL/"

mirror "$folder/mirror" "$target/terraform-provider-ixapi$(program_suffix "$(host)")"
cli_config "$folder/mirror" >"$folder/terraform.rc"
cp "$project"/examples/quickstart/*.tf "$folder"
export TF_CLI_CONFIG_FILE=$folder/terraform.rc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
unset TF_REATTACH_PROVIDERS TF_DATA_DIR TF_WORKSPACE TF_CLI_ARGS TF_PLUGIN_CACHE_DIR
cd "$folder"

bold "$name init"
"$terraform" init -input=false

bold "$name plan: two ways into the exchange, and a circuit between them"
"$terraform" plan -input=false -out=plan

bold "$name apply"
"$terraform" apply -input=false plan

bold "A second plan is empty"
"$terraform" plan -input=false -detailed-exitcode | brief ||
  fail "The second plan is not empty: that is a fault of the provider."

bold "Another VLAN, in place"
"$terraform" apply -input=false -auto-approve -var vlan=24 | no_reads

if [ "${DEMO_PAUSE:-}" = 1 ]; then
  bold "All is ordered. Look at it in a browser: $IXAPI_SANDBOX_URL/"
  if [ -t 0 ]; then
    read -r -p "Enter goes on, and cancels it. " || true
  else
    echo "DEMO_PAUSE waits for Enter, and there is no terminal to press it in: going on."
  fi
fi

bold "$name destroy"
"$terraform" destroy -input=false -auto-approve -compact-warnings -var vlan=24 | brief

bold "What the exchange has seen, and what it still holds"
seen=$(ask_sandbox /sandbox/log)
count() { grep -o "\"method\":\"$1\",\"party\":\"A\"" <<<"$seen" | wc -l | tr -d ' '; }
echo "orders: $(count POST), changes: $(count PATCH), cancellations: $(count DELETE)"
[ "$(count POST) $(count PATCH) $(count DELETE)" = "10 1 10" ] ||
  fail "Ten orders, one change and ten cancellations were expected."
live=$(ask_sandbox /sandbox/live)
echo "$live"
case $live in
  *'"cancelling":{"counts":{},'*'"live":{"counts":{},'*) ;;
  *) fail "Something is still live at the exchange: that is a fault of the provider." ;;
esac
bold "Nothing is left. All was ordered once, changed in place, and cancelled."
