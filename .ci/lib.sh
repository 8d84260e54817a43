# shellcheck shell=bash
# What the scripts of this folder share: where things are, and how a step reports itself.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Tools of the project live in one folder per person: no root is needed, and all clones share them.
tools=${LAKEPORT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/lakeport}
# A CI clone is thrown away; its dependencies are worth keeping, incremental state keyed by its path is not.
if [[ ${CI:-} == true ]]; then
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$tools/target}
  export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
fi
target=${CARGO_TARGET_DIR:-$root/target}
site=$root/target/site      # what the binary embeds: hashed and compressed
front=$root/target/front    # what the site is made of: plain names
binary=$target/release/lakeport
export PATH=$tools/bin:$PATH
mkdir -p "$tools/bin" "$site" "$front/pkg"
cd "$root"

current_step=
step_began=0
script_began=$SECONDS

say() { printf '%s\n' "$*"; }
die() { printf 'lakeport: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# rustup takes the release that rust-toolchain.toml names, and fetches it when it is not there. Where the toolchain in
# use is that very release under another name (as `stable`), nothing has to be fetched, which offline could not be.
same_toolchain() {
  local wanted
  have rustup && [[ -z ${RUSTUP_TOOLCHAIN:-} ]] || return 0
  wanted=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
  if rustup run "$wanted" rustc -V >/dev/null 2>&1; then return; fi
  if [[ $(cd / && rustc -V 2>/dev/null) == "rustc $wanted "* ]]; then
    RUSTUP_TOOLCHAIN=$(cd / && rustup show active-toolchain | cut -d' ' -f1)
    export RUSTUP_TOOLCHAIN
  fi
}
same_toolchain

# step NAME SENTENCE COMMAND..: runs the command, says what it does and how long it took.
# The command runs outside of any condition, so that `set -e` stays in force inside it.
step() {
  current_step=$1 step_began=$SECONDS
  say "-- $1: $2"
  "${@:3}"
  say "== $1 .. $((SECONDS - step_began)) s"
  current_step=
}

# ready NAME: a step whose result is there already.
ready() { say "== $1 .. ready"; }

report_failure() {
  local code=$?
  if ((code != 0)) && [[ -n $current_step ]]; then
    printf '== %s .. failed after %s s\n' "$current_step" $((SECONDS - step_began)) >&2
  fi
  return "$code"
}
trap report_failure EXIT

# fingerprint FILE|FOLDER..: one hash over names and contents.
fingerprint() {
  find "$@" -type f -not -path '*/node_modules/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}

# fresh STAMP HASH: whether the stamp file holds this hash.
fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# debian PACKAGE PROBE: installs a Debian package unless the probe (a command or a file) is there.
debian() {
  local package=$1 probe=$2 as_root=()
  if have "$probe" || [[ -e $probe ]]; then return; fi
  have apt-get || die "$probe is missing; install it (on Debian it comes with the package $package)"
  if ((EUID != 0)); then
    have sudo || die "the Debian package $package is missing; run as root: apt-get install $package"
    as_root=(sudo)
  fi
  say "   installing the Debian package $package"
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package")
  "${install[@]}" >"$tools/apt.log" 2>&1 ||
    { "${as_root[@]}" apt-get update -q >"$tools/apt.log" 2>&1 && "${install[@]}" >>"$tools/apt.log" 2>&1; } ||
    { tail -n 20 "$tools/apt.log" >&2; die "the Debian package $package could not be installed"; }
}

# crate_tool COMMAND CRATE ARGUMENT..: installs a command line tool from its crate, into the tools folder.
# Debug, without debug info: these tools run for seconds, and an optimised build costs minutes more.
crate_tool() {
  CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$tools/build-$1 RUSTC_WORKSPACE_WRAPPER='' \
    cargo install --quiet --debug --force --root "$tools" "${@:2}"
  rm -rf "$tools/build-$1"
}

# npm_packages FOLDER: installs what the folder's lock file names.
npm_packages() {
  local lock
  lock=$(fingerprint "$1/package.json" "$1/package-lock.json")
  if fresh "$1/node_modules/.lakeport" "$lock"; then ready "npm $1"; return; fi
  step "npm $1" "packages named in $1/package-lock.json" \
    env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix "$1" ci --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$lock" >"$1/node_modules/.lakeport"
}

# locked_version CRATE: the crate's version in Cargo.lock.
locked_version() { sed -n "/^name = \"$1\"\$/{n;s/^version = \"\\(.*\\)\"\$/\\1/p;q}" "$root/Cargo.lock"; }
