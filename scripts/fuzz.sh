#!/usr/bin/env bash
# Fuzzes under the address and undefined-behaviour sanitizers; exit 1 and the input's path when a target breaks.
#   scripts/fuzz.sh SECONDS [TARGET…]   so many CPU seconds for each target, two targets at a time; default: all
#   FUZZ_FINDS=DIR scripts/fuzz.sh …    goes on with the inputs found before, and keeps the new ones
set -u
cd "$(dirname "$0")/.."
case ${1:-} in "" | *[!0-9]*) sed -n '3,4p' "$0" | cut -c3- >&2; exit 2 ;; esac
seconds=$1; shift
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cd tests/fuzz && ls ./*_fuzz.cc | sed 's|^\./||; s|_fuzz\.cc$||')

scripts/install-dependencies.sh build fuzz || exit 1
scripts/build.sh fuzz -j2 "${targets[@]/#/fuzz_}" || exit 1

kept=${FUZZ_FINDS:-}
finds=${kept:-$(mktemp -d)}
mkdir -p "$finds"
finds=$(cd "$finds" && pwd)
# Targets that read files make thousands of them a second.
[ -w /dev/shm ] && export TMPDIR=/dev/shm
export UBSAN_OPTIONS=print_stacktrace=1

# The fuzzer counts seconds of the clock, so it is started again until it has had its CPU time.
TIMEFORMAT="%U %S"
fuzz_one() {
  local name=$1 log="$finds/$1.log" begin=$SECONDS used_ms=0 runs=0 coverage=0 failed=0
  mkdir -p "$finds/$name"
  while [ "$used_ms" -lt $((seconds * 1000)) ] && [ "$failed" -eq 0 ]; do
    { time build/fuzz/fuzz_"$name" -max_total_time=$((seconds - used_ms / 1000)) -max_len=4096 -rss_limit_mb=2048 -malloc_limit_mb=512 \
      -timeout=120 -print_final_stats=1 -artifact_prefix="$finds/$name-" "$finds/$name" "tests/fuzz/corpus/$name" \
      >"$log" 2>&1 || failed=1; } 2>"$log.time"
    used_ms=$((used_ms + $(awk '{ print int(1000 * ($1 + $2)) }' "$log.time") + 1))
    runs=$((runs + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1 | grep . || echo 0)))
    coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -c6-)
  done
  echo "$name: $runs runs, $((used_ms / 1000)) CPU seconds ($((SECONDS - begin)) by the clock), coverage ${coverage:-0}, crashes $failed"
  [ "$failed" -eq 0 ] && return 0
  grep -E 'ERROR: |runtime error: |Check failed: |SUMMARY: |written to ' "$log" | sed 's/^/  /' | head -n 8
  return 1
}

failed=0
for name in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || failed=1; done
  fuzz_one "$name" &
done
while [ -n "$(jobs -p)" ]; do wait -n || failed=1; done
if [ "$failed" -ne 0 ]; then
  echo "The inputs and logs are in $finds"
elif [ -z "$kept" ]; then
  rm -rf "$finds"
fi
exit "$failed"
