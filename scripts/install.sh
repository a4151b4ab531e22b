#!/usr/bin/env bash
# Puts the release build where Terraform and OpenTofu look for providers of this machine.

source "$(dirname "$0")/common.sh"

need_cargo
(cd "$project" && cargo build --locked --release -p terraform-provider-ixapi)
target=${CARGO_TARGET_DIR:-$project/target}/release

# The implied mirrors: https://developer.hashicorp.com/terraform/cli/config/config-file
case $(uname -s) in
  Darwin) plugins="$HOME/Library/Application Support/io.terraform/plugins" ;;
  *) plugins="${XDG_DATA_HOME:-$HOME/.local/share}/terraform/plugins" ;;
esac
mirror "$plugins" "$target/terraform-provider-ixapi"

cat <<DONE

Installed version $(version) in $plugins

Paste this into your configuration, then run terraform init:

terraform {
  required_providers {
    ixapi = {
      source  = "ixapi-rs/ixapi"
      version = "$(version)"
    }
  }
}
DONE
