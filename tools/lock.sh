#!/usr/bin/env bash
# Renew the locks: every pin with its hashes, no address of any registry.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate "$@"
}
compile --extra lab --extra report --extra hub --extra docs --extra dev -o requirements/lock.txt
compile --extra docker --extra gateway --extra kubernetes --extra systemd --extra s3 --extra sentry --extra traefik -c requirements/lock.txt \
  -o requirements/lock-production.txt
compile --extra charts -c requirements/lock.txt -o requirements/lock-charts.txt
compile --extra node -c requirements/lock.txt -o requirements/lock-node.txt
compile --extra bench -o requirements/lock-bench.txt # apart: a peer needs older pandas
version=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/lock.txt)
echo "uv==$version" | .venv/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate -o requirements/lock-uv.txt
