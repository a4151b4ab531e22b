#!/usr/bin/env bash
# An apply that waits for COUNT ports (500) for MINUTES (60): what the provider holds meanwhile, and
# how often it asks. Fails if either grows. Linux only: it looks into /proc.

source "$(dirname "$0")/common.sh"

minutes=${MINUTES:-60} count=${COUNT:-500}
# The first minute and the last one are not looked at, and four looks are the least to compare.
[ "$minutes" -ge 5 ] 2>/dev/null || fail "MINUTES is $minutes; it has to be 5 or more."
need_cargo
terraform=$(find_terraform)
cd "$project"
cargo build --locked --release -p terraform-provider-ixapi -p ixapi-sandbox
target=${CARGO_TARGET_DIR:-$project/target}/release

folder=$(mktemp -d)
sandbox='' apply=''
clean_up() {
  for process in $apply $sandbox; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# One step of the exchange takes a port to where the provider goes on.
start_sandbox "$folder" --step-ms "$((minutes * 60000))"
mirror "$folder/mirror" "$target/terraform-provider-ixapi"
cli_config "$folder/mirror" >"$folder/terraform.rc"
export TF_CLI_CONFIG_FILE=$folder/terraform.rc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
cat >"$folder/main.tf" <<CONFIG
terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

resource "ixapi_connection" "port" {
  count             = $count
  managing_account  = "A0087999"
  consuming_account = "A0087999"
  billing_account   = "A0087999"
  mode              = "standalone"
  product_offering  = "503234.AMS5-B.S"
  port_quantity     = 1
  external_ref      = "soak-\${count.index}"

  timeouts {
    create = "$((minutes + 60))m"
  }
}
CONFIG
cd "$folder"
"$terraform" init -input=false >/dev/null
"$terraform" apply -input=false -auto-approve -parallelism="$count" >apply.log 2>&1 &
apply=$!

requests() {
  ask_sandbox /sandbox/counts | grep -o '"count":[0-9]*' | awk -F: '{ all += $2 } END { print all }'
}
ordered() { ask_sandbox /sandbox/live | grep -o '"connections":[0-9]*' | cut -d: -f2; }
# Memory in KiB, open files, and requests so far.
sample() {
  local provider
  provider=$(pgrep -P "$apply" -f terraform-provider-ixapi) || return
  printf '%s %s %s\n' "$(awk '/^VmRSS/ { print $2 }' "/proc/$provider/status")" \
    "$(find "/proc/$provider/fd" -mindepth 1 | wc -l)" "$(requests)"
}

until [ "$(ordered)" = "$count" ]; do
  kill -0 "$apply" || fail "$(cat apply.log)"
  sleep 1
done
echo "$count ports are ordered. What the provider holds while it waits:"
printf '%10s %12s %12s %10s\n' minute 'memory KiB' 'open files' requests
first='' looks=() began=$SECONDS
while [ "$((SECONDS - began))" -lt "$((minutes * 60 - 60))" ]; do
  # The first minute is not counted: it is still arriving at its pace.
  sleep 60
  held=$(sample) || fail "The apply ended too early: $(cat apply.log)"
  : "${first:=$held}"
  looks+=("${held##* }")
  # shellcheck disable=SC2086
  printf '%10s %12s %12s %10s\n' "$(((SECONDS - began) / 60))" $held
done
wait "$apply" || fail "$(cat apply.log)"
apply=''
grep '^Apply complete' apply.log

read -r memory_first files_first _ <<<"$first"
read -r memory_last files_last _ <<<"$held"
[ "$memory_last" -le "$((memory_first * 11 / 10))" ] || fail "The memory has grown by more than a tenth."
[ "$files_last" -le "$files_first" ] || fail "There are more open files than before."
# By then all are asked for in the longest pause.
half=$(((${#looks[@]} - 1) / 2))
early=$((looks[half] - looks[0])) late=$((looks[-1] - looks[-1 - half]))
[ "$late" -le "$((early * 11 / 10 + count / 10))" ] || fail "It asks more often than before: $late and $early requests."
