#!/usr/bin/env bash
# The native kafka-configs: same flags and output as upstream's script of this name.
exec "$(dirname "$(readlink -f "$0")")/kafka-run-class.sh" kafka.admin.ConfigCommand "$@"
