# shellcheck shell=bash
# Clippy as the compiler of our own crates: what it complains about fails the build, and what passes is the artefact
# that is tested. `cargo clippy` would check the seven hundred dependencies a second time, for their metadata.

lint_while_compiling() {
  RUSTC_WORKSPACE_WRAPPER=$(rustc --print sysroot)/bin/clippy-driver
  [[ -x $RUSTC_WORKSPACE_WRAPPER ]] || die 'clippy is missing; run: rustup component add clippy'
  export RUSTC_WORKSPACE_WRAPPER
  export CLIPPY_ARGS='-Dwarnings__CLIPPY_HACKERY__'
}

frontend_lint() {
  cargo build --quiet -p lakeport-frontend --target wasm32-unknown-unknown --profile wasm-release
}
