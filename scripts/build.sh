#!/usr/bin/env bash
# Builds one preset (release unless told): scripts/build.sh [release|debug|asan|tsan|fuzz] [ninja targets…]
set -eu
cd "$(dirname "$0")/.."
preset=${1:-release}; [ $# -gt 0 ] && shift
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
exec ninja -C "build/$preset" --quiet "$@"
