# shellcheck shell=bash
# Python programs that look at the portal from outside live in virtual environments of their own.

# venv FOLDER REQUIREMENTS: makes the environment, unless it is there; false when it cannot be made.
venv() {
  local folder=$1 requirements=$2 wanted
  wanted=$(fingerprint "$requirements")
  if fresh "$folder/.lakeport" "$wanted"; then ready "python $(basename "$folder")"; return 0; fi
  say "-- python $(basename "$folder"): packages named in $requirements"
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  # Outside of a Debian with python3-venv this fails with a sentence of its own.
  if python3 -m venv "$folder" >"$folder.log" 2>&1 &&
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >>"$folder.log" 2>&1; then
    printf '%s' "$wanted" >"$folder/.lakeport"
    rm "$folder.log"
    return 0
  fi
  say "   not installed: $(tail -n 1 "$folder.log")"
  return 1
}
