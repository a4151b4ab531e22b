# Shared by the scripts of this folder: finds what they need and names what is missing.
# To be sourced, from anywhere below the project.

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# The Terraform or OpenTofu to use: TF_ACC_TERRAFORM_PATH, else terraform, else tofu.
find_terraform() {
  local candidate chosen=${TF_ACC_TERRAFORM_PATH:-}
  if [ -n "$chosen" ] && ! command -v "$chosen" >/dev/null 2>&1; then
    fail "TF_ACC_TERRAFORM_PATH is $chosen, which cannot be run."
  fi
  for candidate in "$chosen" terraform tofu; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  fail "Terraform is missing. Install Terraform (https://developer.hashicorp.com/terraform/install)
or OpenTofu (https://opentofu.org/docs/intro/install), or set TF_ACC_TERRAFORM_PATH."
}

need_cargo() {
  command -v cargo >/dev/null 2>&1 ||
    fail "Rust is missing. Install it with rustup: https://rustup.rs"
}

# build_release PACKAGE [ARGUMENT ...]: the release build, the same wherever it is made: no path of
# this machine is in it.
build_release() {
  local package=$1 home=${CARGO_HOME:-$HOME/.cargo}
  shift
  RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$project=/project --remap-path-prefix=$home=/cargo" \
    "${CARGO:-cargo}" build --locked --release -p "$package" "$@"
}

version() {
  sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$project/Cargo.toml"
}

# The folder of a platform in the plugin layout of Terraform and OpenTofu, such as linux_amd64.
platform() {
  local system machine
  system=$(uname -s | tr '[:upper:]' '[:lower:]')
  case "$(uname -m)" in
    x86_64 | amd64) machine=amd64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "The plugin layout has no name that we know for the machine $(uname -m)." ;;
  esac
  printf '%s_%s' "$system" "$machine"
}

# mirror FOLDER BINARY: lays the provider out as a filesystem mirror, for Terraform and OpenTofu.
mirror() {
  local package place other
  package=ixapi-rs/ixapi/$(version)/$(platform)
  place=$1/registry.terraform.io/$package
  mkdir -p "$place"
  cp "$2" "$place/.new"
  chmod 755 "$place/.new"
  mv "$place/.new" "$place/terraform-provider-ixapi_v$(version)"
  # OpenTofu asks for providers under the name of its own registry. Both follow a link only if it
  # stands for the platform's folder, so a link further up, as this once made, has to go.
  other=$1/registry.opentofu.org
  [ ! -L "$other/ixapi-rs/ixapi" ] || rm "$other/ixapi-rs/ixapi"
  mkdir -p "$(dirname "$other/$package")"
  rm -rf "${other:?}/$package"
  ln -s "../../../../registry.terraform.io/$package" "$other/$package"
}

# cli_config MIRROR: a CLI configuration that knows this mirror and nothing else.
cli_config() {
  cat <<CONFIG
provider_installation {
  filesystem_mirror {
    path = "$1"
  }
}
disable_checkpoint = true
CONFIG
}

# start_sandbox FOLDER [ARGUMENT ...]: starts the sandbox of the folder $target, waits until it listens,
# sets its variables.
start_sandbox() {
  local folder=$1 _
  shift
  "$target/ixapi-sandbox" --exit-with-parent "$@" >"$folder/sandbox.env" 2>"$folder/sandbox.log" &
  sandbox=$!
  for _ in $(seq 100); do
    if grep -q IXAPI_SANDBOX_URL "$folder/sandbox.env"; then
      eval "$(cat "$folder/sandbox.env")"
      return
    fi
    kill -0 "$sandbox" 2>/dev/null || break
    sleep 0.05
  done
  cat "$folder/sandbox.log" >&2
  fail "The sandbox did not start."
}

# ask_sandbox PATH: the answer of a control address, by the shell's own means.
ask_sandbox() {
  local address=${IXAPI_SANDBOX_URL#http://}
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$address" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}
