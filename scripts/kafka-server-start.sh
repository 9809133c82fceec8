#!/usr/bin/env bash
# Starts one broker: kafka-server-start.sh [-daemon] server.properties [--override property=value]*
set -eu
if [ $# -lt 1 ]; then
  echo "USAGE: $0 [-daemon] server.properties [--override property=value]*"
  exit 1
fi
extra=(-name kafkaServer)
if [ "$1" = -daemon ]; then
  extra=(-daemon -name kafkaServer)
  shift
fi
exec "$(dirname "$(readlink -f "$0")")/kafka-run-class.sh" "${extra[@]}" kafka.Kafka "$@"
