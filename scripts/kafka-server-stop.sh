#!/usr/bin/env bash
# Asks every broker of this installation that this user runs to shut down: kafka-server-stop.sh
set -u
signal=${SIGNAL:-TERM}
pids=""
for directory in /proc/[0-9]*; do
  program=$(readlink "$directory/exe" 2>/dev/null) || continue
  [ "${program##*/}" = kafka-server ] && [ -O "$directory" ] && pids="$pids ${directory#/proc/}"
done
if [ -z "$pids" ]; then
  echo "No kafka server to stop"
  exit 1
fi
# shellcheck disable=SC2086
kill -s "$signal" $pids
