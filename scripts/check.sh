#!/usr/bin/env bash
# Checks the source without running it: format, tidy rules, clang's thread-safety analysis, clang-tidy.
# scripts/check.sh            clang-tidy only on what differs from origin/main or, without one, from HEAD
# scripts/check.sh --all      clang-tidy on every file (long)
# scripts/check.sh --since X  clang-tidy on what differs from commit X
set -u
cd "$(dirname "$0")/.."
build=build/check
jobs=$(nproc)
failed=()

all=no
since=HEAD
git rev-parse --verify --quiet origin/main >/dev/null && since=$(git merge-base origin/main HEAD)
while [ $# -gt 0 ]; do
  case $1 in
    --all) all=yes ;;
    --since) since=${2:?a commit}; shift ;;
    *) sed -n '2,5s/^# //p' "$0"; exit 2 ;;
  esac
  shift
done

step() { # step NAME COMMAND…
  local name=$1 begin=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    echo "   $name: good ($((SECONDS - begin)) s)"
  else
    echo "   $name: FAILED ($((SECONDS - begin)) s)"
    failed+=("$name")
  fi
}

folders=()
for folder in base protocol zk server tools tests; do [ -d "$folder" ] && folders+=("$folder"); done
our_files() { git ls-files --cached --others --exclude-standard -- "${folders[@]}" | grep -E '\.(h|cc)$' | sort -u | while read -r f; do [ -f "$f" ] && echo "$f"; done; }
changed_files() { { git diff --name-only --diff-filter=d "$since" --; git ls-files --others --exclude-standard; } | sort -u | grep -E '\.(h|cc)$'; }

format() { our_files | xargs -P "$jobs" -n 20 clang-format-14 --dry-run --Werror; }

configure() { [ -f "$build/build.ninja" ] || cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-14 -DODRADEK_PRECOMPILED=OFF -DODRADEK_UNITY=OFF >/dev/null; }

# A real compilation, not -fsyntax-only, so that ninja and ccache repeat it only for what changed.
thread_safety() {
  local libraries
  libraries=$(ninja -C "$build" -t targets all | sed -nE 's/^([a-z_]+\.a): .*/\1/p')
  ninja -C "$build" -k 0 -j "$jobs" --quiet $libraries
}

headers_alone() {
  local flags="-std=c++20 -I. -DODRADEK_SOURCE_DIR=\"\" -DODRADEK_BINARY_DIR=\"\" -fsyntax-only -Wall -Wextra -Werror -Wthread-safety"
  { if [ $all = yes ]; then our_files; else changed_files; fi; } | grep '\.h$' |
    xargs -r -P "$jobs" -n 1 clang++-14 $flags -x c++-header
}

clang_tidy() {
  # Only what the build knows: files that are not ours to compile have no command.
  { if [ $all = yes ]; then our_files; else changed_files; fi; } | grep -v '^tests/' | grep '\.cc$' |
    while read -r f; do grep -q "/$f\"" "$build/compile_commands.json" && echo "$f"; done |
    xargs -r -P "$jobs" -n 1 sh -c 'clang-tidy-14 -p "$0" --quiet "$1" 2>/dev/null' "$build"
}

tidy_rules() { ninja -C "$build" -j "$jobs" --quiet test_tidy && "$build/test_tidy" --gtest_brief=1; }

step "clang-format" format
step "configure for clang" configure
step "tidy rules" tidy_rules
step "thread safety" thread_safety
step "headers alone" headers_alone
step "clang-tidy" clang_tidy

[ ${#failed[@]} -eq 0 ] && { echo "All checks are good."; exit 0; }
echo "Failed: ${failed[*]}"
exit 1
