#!/usr/bin/env bash
# Builds the benchmarks of the protocol layer and the log, runs them, and prints a table:
#   scripts/bench.sh [PATTERN]…     only benchmarks whose names match one of the patterns
# Seven repetitions of each, in random order so that a busy moment does not hit one benchmark alone. Take ratios within
# one run; figures of different runs differ by what else the machine did.
set -eu
cd "$(dirname "$0")/.."
scripts/install-dependencies.sh build bench
[ -f build/release/build.ninja ] && grep -q '^build bench:' build/release/build.ninja || cmake --preset release >/dev/null
scripts/build.sh release bench >&2

pattern=$(IFS='|'; echo "$*")
echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores" >&2
exec build/release/bench --benchmark_filter="${pattern:-.}" --benchmark_repetitions="${REPETITIONS:-7}" \
  --benchmark_min_time=0.1 --benchmark_enable_random_interleaving=true
