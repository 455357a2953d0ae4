#!/usr/bin/env bash
# All checks, after tools/setup.sh has installed what they need. The last lines are pytest's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
export PATH="$bin:$PATH"
export OMP_NUM_THREADS=1
export JOULEBOOK_TESTS=complete  # a test that skips because a part is missing fails

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

step "Form of the Python code"
ruff check .
ruff format --check .

step "Types of the Python code"
mypy

step "TypeScript: form, types, tests"
if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  export PATH="$PWD/.venv/lib/node/bin:$PATH"
fi
(cd extension && jlpm lint && jlpm test)

step "Generated files are fresh"
python tools/generate.py --check

step "CUDA code under the simulator"
NUMBA_ENABLE_CUDASIM=1 pytest -q tests/unit/solvers/cudasim

step "Examples in the docstrings"
pytest -q --doctest-modules solvers kernels hub_config/joulebook_hub extension/joulebook_lab \
  --ignore=hub_config/joulebook_hub/store/migrations `# scripts that Alembic runs` \
  --ignore=extension/joulebook_lab/shared_design.py `# jupyter_ydoc loads it while it is imported itself: it comes first`

step "Everything else"
pytest -q "$@" --ignore=tests/unit/solvers/cudasim tests
