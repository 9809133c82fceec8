#!/usr/bin/env bash
# Seeded schedules of faults against three brokers under load; exit 1 and the seed when one loses or changes a record.
#   scripts/faults.sh [--schedules N] --seed S [--seconds T] [--brokers ours,3.9,2.8]
# Needs root for network namespaces. A schedule replays from its seed.
set -u
cd "$(dirname "$0")/.."
scripts/install-dependencies.sh build test || exit 1
scripts/build.sh release kafka-server kafka-tools || exit 1
exec env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/faults/run.py "$@"
