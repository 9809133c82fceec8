#!/usr/bin/env bash
# Starts one ZooKeeper server from Debian's packages, in the foreground unless told -daemon:
#   zookeeper-server-start.sh [-daemon] zookeeper.properties
# KAFKA_HEAP_OPTS and KAFKA_OPTS are for the JVM; ZOOKEEPER_JARS is a folder with other jars.
set -eu
if [ $# -lt 1 ]; then
  echo "USAGE: $0 [-daemon] zookeeper.properties"
  exit 1
fi
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
daemon=""
if [ "$1" = -daemon ]; then
  daemon=1
  shift
fi
properties=$1
[ -r "$properties" ] || { echo "zookeeper-server-start.sh: cannot read $properties" >&2; exit 1; }

java=java
[ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ] && java=$JAVA_HOME/bin/java
command -v "$java" >/dev/null ||
  { echo "zookeeper-server-start.sh: no java; install default-jre-headless" >&2; exit 1; }

jars=${ZOOKEEPER_JARS:-/usr/share/java}
[ -e "$jars/zookeeper.jar" ] || [ -n "${ZOOKEEPER_JARS:-}" ] ||
  { echo "zookeeper-server-start.sh: no $jars/zookeeper.jar; install the package zookeeper" >&2; exit 1; }
if [ -n "${ZOOKEEPER_JARS:-}" ]; then
  class_path="$jars/*"
else
  # The manifest of zookeeper.jar names all it needs but the log's back end and parts of Netty.
  class_path=""
  for name in zookeeper slf4j-log4j12 log4j-1.2 netty-codec netty-common netty-buffer netty-handler \
    netty-resolver netty-transport netty-transport-native-epoll netty-transport-native-unix-common; do
    [ -e "$jars/$name.jar" ] && class_path="$class_path${class_path:+:}$jars/$name.jar"
  done
fi

# shellcheck disable=SC2086
set -- "$java" ${KAFKA_HEAP_OPTS:--Xmx512M -Xms64M} -XX:+UseSerialGC -Djava.awt.headless=true \
  -Dzookeeper.admin.enableServer=false -Dzookeeper.jmx.log4j.disable=true \
  -Dlog4j.configuration="file:$root/conf/zookeeper-log4j.properties" ${KAFKA_OPTS:-} \
  -cp "$class_path" org.apache.zookeeper.server.quorum.QuorumPeerMain "$properties"
if [ -n "$daemon" ]; then
  log_dir=${LOG_DIR:-$root/logs}
  mkdir -p "$log_dir"
  nohup "$@" >"$log_dir/zookeeper.out" 2>&1 </dev/null &
  exit 0
fi
exec "$@"
