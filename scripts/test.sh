#!/usr/bin/env bash
# Installs what is needed, builds, and runs every test; the last line is "N passed, N failed".
#   scripts/test.sh [--preset release|asan|tsan] [--unit-only]
set -u
cd "$(dirname "$0")/.."
preset=release unit_only=""
while [ $# -gt 0 ]; do
  case "$1" in
    --preset) preset=$2; shift 2 ;;
    --unit-only) unit_only=1; shift ;;
    *) sed -n '2,3p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done

scripts/install-dependencies.sh build test peers || exit 1
scripts/build.sh "$preset" || { echo "0 passed, 1 failed"; exit 1; }

export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp ${TSAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0 ${LSAN_OPTIONS:-}"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0 skipped=0

count() {  # count NAME EXIT_CODE PASSED FAILED LOG SKIPPED
  local bad=$4
  [ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1  # a crash counts too
  passed=$((passed + $3)) failed=$((failed + bad)) skipped=$((skipped + $6))
  if [ "$bad" -gt 0 ]; then
    echo "FAILED $1 ($3 passed, $bad failed)"
    grep -E -A 12 ': Failure$|^(FAIL|ERROR): ' "$5" | head -n 120
    tail -n 40 "$5"
  else
    echo "ok     $1 ($3 passed$([ "$6" -eq 0 ] || echo ", $6 skipped"))"
  fi
}

number() { grep -Eo "$1" "$2" | tail -n 1 | grep -Eo '[0-9]+' | head -n 1; }

for program in "build/$preset"/test_*; do
  [ -x "$program" ] || continue
  name=$(basename "$program")
  timeout 900 "$program" --gtest_brief=1 >"$logs/$name" 2>&1
  code=$?
  good=$(number '\[  PASSED  \] [0-9]+ test' "$logs/$name")
  bad=$(number '^ ?[0-9]+ FAILED TEST' "$logs/$name")
  left=$(number '\[  SKIPPED \] [0-9]+ test' "$logs/$name")
  count "$name" "$code" "${good:-0}" "${bad:-0}" "$logs/$name" "${left:-0}"
done

if [ -z "$unit_only" ]; then
  for file in tests/integration/test_*.py tests/interop/test_*.py; do
    [ -e "$file" ] || continue
    name=${file#tests/}
    ODRADEK_BINARIES="$PWD/build/$preset" PYTHONDONTWRITEBYTECODE=1 timeout 1200 /usr/bin/python3 "$file" >"$logs/log" 2>&1
    code=$?
    ran=$(number 'Ran [0-9]+ test' "$logs/log")
    bad=$(( $(grep -cE '^(FAIL|ERROR): ' "$logs/log") ))
    left=$(number 'skipped=[0-9]+' "$logs/log")
    good=$(( ${ran:-0} - ${left:-0} - bad ))
    count "$name" "$code" "$(( good > 0 ? good : 0 ))" "$bad" "$logs/log" "${left:-0}"
  done
fi

[ "$skipped" -eq 0 ] || echo "$skipped skipped: what they wait for stands in each"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
