# shellcheck shell=bash
# What the browser gets: style sheet, script, wasm, fonts; from sources to the folder that the binary embeds.
#
# The few tools are called directly. cargo-leptos would call the same ones (README.md), but brings a compiler of its own
# for scripts and takes longer to install (half an hour on two cores) than everything here together.

wasm_target() {
  if compgen -G "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null; then
    ready 'wasm target'
  else
    step 'wasm target' 'standard library for wasm32-unknown-unknown' "$root/.ci/wasm-target"
  fi
}

# The command line tool refuses a module made with any other version of the crate.
wasm_bindgen() {
  local version
  version=$(locked_version wasm-bindgen)
  if [[ $(wasm-bindgen --version 2>/dev/null) == "wasm-bindgen $version" ]]; then ready wasm-bindgen; return; fi
  # Without --locked: its lock file may name patch releases that a registry mirror does not have yet.
  step wasm-bindgen "command line tool, version $version" \
    crate_tool wasm-bindgen wasm-bindgen-cli --version "$version" --bin wasm-bindgen
}

style_sheet() {
  local inputs
  inputs=$(fingerprint style app/src server/src/auth)
  if [[ -f $front/pkg/lakeport.css ]] && fresh "$front/.css" "$inputs"; then ready css; return; fi
  step css 'style/main.css through Tailwind' \
    style/node_modules/.bin/tailwindcss --input style/main.css --output "$front/pkg/lakeport.css" --minify
  printf '%s' "$inputs" >"$front/.css"
}

frontend() {
  local module=$target/wasm32-unknown-unknown/wasm-release/lakeport_frontend.wasm inputs
  step frontend 'pages for the browser, as WebAssembly' \
    cargo build --quiet -p lakeport-frontend --target wasm32-unknown-unknown --profile wasm-release
  inputs=$(fingerprint "$module" Cargo.lock style/package-lock.json)
  if [[ -f $front/pkg/lakeport_bg.wasm ]] && fresh "$front/.wasm" "$inputs"; then ready wasm; return; fi
  step wasm 'bindings for the browser, then wasm-opt' bind_and_shrink "$module"
  printf '%s' "$inputs" >"$front/.wasm"
}

bind_and_shrink() {
  local out=$front/bindgen
  rm -rf "$out" "$front/pkg/snippets"
  wasm-bindgen --target web --no-typescript --out-dir "$out" --out-name lakeport "$1"
  # The features that rustc takes for granted; nothing newer, so that every browser of the last years can load it.
  style/node_modules/.bin/wasm-opt -Oz --enable-bulk-memory --enable-bulk-memory-opt --enable-call-indirect-overlong \
    --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
    "$out/lakeport_bg.wasm" -o "$front/pkg/lakeport_bg.wasm"
  cp "$out/lakeport.js" "$front/pkg/lakeport.js"
  if [[ -d $out/snippets ]]; then cp -r "$out/snippets" "$front/pkg/snippets"; fi
}

fonts() {
  mkdir -p "$front/fonts"
  # Links to the fonts' packages.
  cp -uL public/fonts/*.woff2 "$front/fonts/"
}

assets() {
  fonts
  step assets "hashed and compressed into ${site#"$root/"}" \
    node .ci/assets.mjs "$front" public "$site"
}

# Everything before the server: it embeds the result.
build_site() {
  wasm_target
  wasm_bindgen
  npm_packages style
  style_sheet
  frontend
  assets
}
