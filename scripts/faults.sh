#!/usr/bin/env bash
# Seeded schedules of faults against three brokers under load; exit 1 and the seed when one loses or changes a record, or a
# sanitizer has something to report.
#   scripts/faults.sh [--schedules N] --seed S [--seconds T] [--brokers ours,3.9,2.8] [--preset release|asan|tsan]
# Needs root for network namespaces. A schedule replays from its seed.
set -u
cd "$(dirname "$0")/.."
preset=release arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --preset) preset=$2; shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
scripts/install-dependencies.sh build test || exit 1
scripts/build.sh "$preset" kafka-server kafka-tools || exit 1
. tests/sanitizers.sh
export ODRADEK_BINARIES="$PWD/build/$preset" PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 tests/faults/run.py "${arguments[@]}"
