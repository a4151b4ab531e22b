#!/usr/bin/env bash
# Packs the provider as the Registries want it: archive, checksums and manifest, by default of the
# release build for this machine, in dist/.
#
#   --target TRIPLE   build for another target, such as x86_64-unknown-linux-musl
#   --platform OS_ARCH  what the Registries call it; by default this machine's
#   --program NAME    provider (the default) or sandbox
#   --binary FILE     pack this program instead of building one
#   --out DIR         where to put it all

source "$(dirname "$0")/common.sh"

target='' binary='' program=provider out=$project/dist
platform=$(platform)
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || fail "$1 needs a value."
  case $1 in
    --target) target=$2 ;;
    --platform) platform=$2 ;;
    --program) program=$2 ;;
    --binary) binary=$(realpath "$2") ;;
    --out) out=$2 ;;
    *) fail "$1 is no option. See the beginning of scripts/package.sh." ;;
  esac
  shift 2
done
case $program in
  provider) package=terraform-provider-ixapi ;;
  sandbox) package=ixapi-sandbox ;;
  *) fail "--program is $program: it is provider or sandbox." ;;
esac

need_cargo
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$project"
if [ -z "$binary" ]; then
  build_release "$package" ${target:+--target "$target"}
  binary=${CARGO_TARGET_DIR:-$project/target}/${target:+$target/}release/$package
  [ -f "$binary" ] || binary=$binary.exe
fi
packaging() { cargo run --quiet --locked -p ixapi-packaging -- "$@"; }
packaging archive "$program" --binary "$binary" --platform "$platform" --out "$out"
# The checksums are those of all that is in the folder by now.
[ "$program" != provider ] || packaging sums --out "$out"
