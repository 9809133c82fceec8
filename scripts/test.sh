#!/usr/bin/env bash
# Installs what is needed, builds, and runs every test; the last line is "N passed, N failed".
#   scripts/test.sh [--preset release|asan|tsan] [--unit-only] [--jobs N]
set -u
cd "$(dirname "$0")/.."
preset=release unit_only="" jobs=$(nproc)
while [ $# -gt 0 ]; do
  case "$1" in
    --preset) preset=$2; shift 2 ;;
    --unit-only) unit_only=1; shift ;;
    --jobs) jobs=$2; shift 2 ;;
    *) sed -n '2,3p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done

scripts/install-dependencies.sh build test peers || exit 1
if [ -z "$unit_only" ]; then  # before the tests, whose deadlines know nothing of downloads
  for release in 3.9 2.8; do tests/interop/peer fetch "$release" || exit 1; done
fi
scripts/build.sh "$preset" || { echo "0 passed, 1 failed"; exit 1; }

. tests/sanitizers.sh
export ODRADEK_BINARIES="$PWD/build/$preset" PYTHONDONTWRITEBYTECODE=1
export logs
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

number() { grep -Eo "$1" "$2" | tail -n 1 | grep -Eo '[0-9]+' | head -n 1; }

report() {  # report NAME EXIT_CODE PASSED FAILED SKIPPED LOG SECONDS
  local bad=$4
  [ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1  # a crash counts too
  echo "$3 $bad $5" >>"$logs/counts"
  if [ "$bad" -gt 0 ]; then
    echo "FAILED $1 ($3 passed, $bad failed, $7 s)"
    grep -E -A 12 ': Failure$|^(FAIL|ERROR): ' "$6" | head -n 120
    tail -n 40 "$6"
  else
    echo "ok     $1 ($3 passed$([ "$5" -eq 0 ] || echo ", $5 skipped"), $7 s)"
  fi
}

run_program() {  # run_program FILE LOG
  timeout 900 "$1" --gtest_brief=1 >"$2" 2>&1
  code=$?
  good=$(number '\[  PASSED  \] [0-9]+ test' "$2")
  bad=$(number '^ ?[0-9]+ FAILED TEST' "$2")
  left=$(number '\[  SKIPPED \] [0-9]+ test' "$2")
}

run_script() {  # run_script FILE LOG
  timeout 1200 /usr/bin/python3 "$1" >"$2" 2>&1
  code=$?
  local ran
  ran=$(number 'Ran [0-9]+ test' "$2")
  bad=$(grep -cE '^(FAIL|ERROR): ' "$2")
  left=$(number 'skipped=[0-9]+' "$2")
  good=$(( ${ran:-0} - ${left:-0} - bad ))
  [ "$good" -gt 0 ] || good=0
}

run() {  # run FILE: one of several at a time, so what is told is told at once
  local file=$1 log code good bad left begin=$SECONDS
  log=$logs/$(basename "$(dirname "$file")").$(basename "$file")
  case "$file" in
    *.py) run_script "$file" "$log" ;;
    *) run_program "$file" "$log" ;;
  esac
  report "${file#"$PWD/"}" "$code" "${good:-0}" "${bad:-0}" "${left:-0}" "$log" "$((SECONDS - begin))" >"$log.told"
  flock "$logs" cat "$log.told"
}
export -f run run_program run_script report number

tests() {  # those that take longest first, so that no worker is left with one of them at the end
  if [ -z "$unit_only" ]; then
    printf "%s\n" tests/interop/test_hand_over.py tests/integration/test_faults.py tests/integration/test_groups.py tests/interop/test_*.py tests/integration/test_*.py
  fi
  for program in "build/$preset"/test_*; do [ -x "$program" ] && echo "$program"; done
}

tests | awk '!seen[$0]++' | xargs -d '\n' -P "$jobs" -I '{}' bash -c 'run "$1"' _ '{}'

read -r passed failed skipped < <(awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}' "$logs/counts")
[ "$skipped" -eq 0 ] || echo "$skipped skipped: what they wait for stands in each"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
