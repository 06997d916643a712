#!/usr/bin/env bash
# run.sh PEER WORKLOAD [N]   -> one JSON line.  PEER: floor floorbatch dbos dbosq openworkflow absurd restate graphile pgboss bullmq | limits
cd "$(dirname "$0")"; if [ "$1" = limits ]; then exec timeout "${CASE_TIMEOUT:-180}" node limits.mjs; fi
exec timeout "${CASE_TIMEOUT:-180}" node --no-deprecation drive.mjs "$@"
