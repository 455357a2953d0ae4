#!/usr/bin/env bash
# Print Joulebook beside its peer on the same work. The peer lives in an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
peer=.venv-bench
lock=requirements/lock-bench.txt
wanted=$(cat $lock requirements/lock.txt | sha256sum | cut -c1-16)
if [ "$(cat $peer/.joulebook 2>/dev/null)" != "$wanted" ]; then
  echo "Installing the peer into $peer"
  .venv/bin/uv venv -q --clear --python .venv/bin/python $peer
  .venv/bin/uv pip install -q --python $peer/bin/python --compile-bytecode --require-hashes -r $lock
  .venv/bin/uv pip install -q --python $peer/bin/python --no-deps -e .
  printf '%s' "$wanted" >$peer/.joulebook
fi
export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1
for script in tests/benchmarks/bench_*.py; do
  $peer/bin/python "$script"
done
