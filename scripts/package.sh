#!/usr/bin/env bash
# Makes of this commit what a release is made of, for one platform: the archive that the Registries
# of Terraform and OpenTofu want, the one of the sandbox, the manifest, and the sums of all archives
# that are there.
#
#   package.sh [--target TRIPLE] [--programs DIR] [--out DIR]
#   package.sh --sums [--out DIR]
#
# --target    for which platform; by default this machine's, on Linux without its C library
# --programs  takes the programs that are there, and builds nothing
# --out       where to; by default `dist`
# --sums      writes the sums of what is there, of whatever platform, and nothing else

source "$(dirname "$0")/common.sh"

need_cargo
triple='' programs='' out=$project/dist sums=''
while [ $# -gt 0 ]; do
  case $1 in
    --sums) sums=only ;;
    --target | --programs | --out)
      [ $# -gt 1 ] || fail "$1 needs a value."
      case $1 in
        --target) triple=$2 ;;
        --programs) programs=$(cd "$2" && pwd) ;;
        --out) out=$2 ;;
      esac
      shift
      ;;
    *) fail "$1 is no argument; see the beginning of scripts/package.sh." ;;
  esac
  shift
done
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$project"
packaging() { cargo run --locked --quiet -p ixapi-packaging -- "$@"; }

if [ -z "$sums" ]; then
  if [ -z "$triple" ]; then
    triple=$(host)
    # Such a program runs on every Linux, whatever C library it has, and however old.
    [ -n "$programs" ] || case $triple in
      armv7-*-gnueabihf) triple=armv7-unknown-linux-musleabihf ;;
      *-linux-gnu) triple=${triple%gnu}musl ;;
    esac
  fi
  if [ -z "$programs" ]; then
    build_release "$triple"
    programs=${CARGO_TARGET_DIR:-$project/target}/$triple/release
  fi
  platform=$(platform "$triple")
  suffix=$(program_suffix "$triple")
  for program in terraform-provider-ixapi ixapi-sandbox; do
    packaging archive --binary "$programs/$program$suffix" --platform "$platform" \
      --target "$triple" --out "$out" "$program"
  done
fi
packaging sums --out "$out"
