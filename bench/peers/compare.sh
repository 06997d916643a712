#!/usr/bin/env bash
# The whole comparison: peers and floors on a throw-away Postgres, then the engine beside the same floors.
#   bench/peers/compare.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")"
RESULTS="${RESULTS:-../results}"; mkdir -p "$RESULTS"
OUT="$RESULTS/peers-$(date -u +%Y%m%dT%H%M%S).jsonl"
PEERS="${PEERS:-floor floorbatch dbos openworkflow restate bullmq}"
if [ -f "${ABSURD_SQL:-absurd.sql}" ]; then PEERS="$PEERS absurd"; else echo "absurd is left out: see README.md"; fi
export PEERS
./setup.sh
./rounds.sh "${1:-3}" "$OUT"
node summarize.mjs "$OUT"
cd ../.. && npm run -s bench -- --rounds "${1:-3}"
