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

# Whether there is a browser for the page of the sandbox, where acceptance-tests/src/browser.rs looks
# for it.
has_chromium() {
  local name
  [ -z "${IXAPI_CHROMIUM:-}" ] || return 0
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
      return 0
    fi
  done
  return 1
}

# How many processors there are.
cores() {
  getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}

need_cargo() {
  command -v cargo >/dev/null 2>&1 ||
    fail "Rust is missing. Install it with rustup: https://rustup.rs"
}

version() {
  sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$project/Cargo.toml"
}

# The platform that Rust's compiler builds for by itself, such as x86_64-unknown-linux-gnu.
host() {
  rustc -vV | sed -n 's/^host: //p'
}

# platform TRIPLE: how Terraform and OpenTofu call the platform of a target, such as linux_amd64.
platform() {
  local system machine triple=$1
  case $triple in
    x86_64-*) machine=amd64 ;;
    aarch64-*) machine=arm64 ;;
    arm*) machine=arm ;;
    *) fail "The plugin layout has no name that we know for the machine of $triple." ;;
  esac
  case $triple in
    *-linux-*) system=linux ;;
    *-apple-darwin) system=darwin ;;
    *-windows-*) system=windows ;;
    *-freebsd) system=freebsd ;;
    *) fail "The plugin layout has no name that we know for the system of $triple." ;;
  esac
  printf '%s_%s' "$system" "$machine"
}

# program_suffix TRIPLE: what the name of a program ends in there.
program_suffix() {
  case $1 in
    *-windows-*) printf .exe ;;
  esac
}

# A path as programs of this system know it: the shell of Git for Windows has other names.
native() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -m "$1"; else printf '%s' "$1"; fi
}

# build_release TRIPLE: builds provider and sandbox for the target, so that two builds of one commit
# are equal, wherever they were made. What differs from machine to machine is where things are:
# the compilers are told to write names of ours in place of those folders.
build_release() {
  local triple=$1 target cargo_home sysroot flags package builder=build c_flags=
  target=${CARGO_TARGET_DIR:-$project/target}
  cargo_home=${CARGO_HOME:-$HOME/.cargo}
  sysroot=$(rustc --print sysroot)
  [ -d "$(rustc --print target-libdir --target "$triple")" ] ||
    fail "The Rust for $triple is missing. Install it: rustup target add $triple"
  # Of several prefixes that fit, the last one counts.
  flags=(
    "--remap-path-prefix=$(native "$project")=/source"
    "--remap-path-prefix=$(native "$target")=/target"
    "--remap-path-prefix=$(native "$cargo_home")=/cargo"
    "--remap-path-prefix=$(native "$sysroot/lib/rustlib/src/rust")=/rust"
  )
  case $triple in
    # Nobody has to install a runtime library, and no moment is written into the program.
    *-windows-msvc) flags+=(-Ctarget-feature=+crt-static -Clink-arg=-Brepro) ;;
    *) c_flags="-ffile-prefix-map=$cargo_home=/cargo -ffile-prefix-map=$target=/target" ;;
  esac
  case $triple in
    "$(host)") ;;
    # Hardly anybody has such a machine: zig has compilers, libraries and linkers for them.
    armv7-* | *-freebsd)
      builder=zigbuild
      command -v cargo-zigbuild >/dev/null 2>&1 ||
        fail "cargo-zigbuild is missing; it builds for $triple. Install it with zig:
pip install cargo-zigbuild ziglang"
      ;;
    *-linux-musl)
      command -v musl-gcc >/dev/null 2>&1 || command -v "${triple%%-*}-linux-musl-gcc" >/dev/null 2>&1 ||
        fail "musl-gcc is missing; it compiles what is C for $triple. On Debian and Ubuntu it is in
musl-tools. For a release that needs this machine's C library: --target $(host)"
      ;;
  esac
  # Apart, so that the provider is built of no more than it needs.
  for package in terraform-provider-ixapi ixapi-sandbox; do
    (
      cd "$project"
      # Whatever a person has set for other builds would make this one another.
      unset RUSTFLAGS CFLAGS
      IFS=$'\x1f'
      export CARGO_ENCODED_RUSTFLAGS="${flags[*]}" CFLAGS="$c_flags"
      unset IFS
      cargo "$builder" --locked --release --target "$triple" -p "$package"
    ) || return
  done
}

# mirror FOLDER BINARY: lays the provider out as a filesystem mirror, for Terraform and OpenTofu.
mirror() {
  local package place other triple
  triple=$(host)
  package=ixapi-rs/ixapi/$(version)/$(platform "$triple")
  place=$1/registry.terraform.io/$package
  mkdir -p "$place"
  cp "$2" "$place/.new"
  chmod 755 "$place/.new"
  mv "$place/.new" "$place/terraform-provider-ixapi_v$(version)$(program_suffix "$triple")"
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
    path = "$(native "$1")"
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
  # The shell writes the carriage return: not every sed knows \r.
  sed $'1,/^\r$/d' <&3
  exec 3>&-
}
