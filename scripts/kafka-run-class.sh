#!/usr/bin/env bash
# The launcher that scripts in the field call with a JVM class name: maps the names to the native programs.
#   kafka-run-class.sh [-name NAME] [-loggc] [-daemon] CLASS ARGS…
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)

daemon="" name=kafka
while [ $# -gt 0 ]; do
  case "$1" in
    -name) name=$2; shift 2 ;;
    -loggc) shift ;;
    -daemon) daemon=1; shift ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then
  echo "USAGE: $0 [-daemon] [-name servicename] [-loggc] classname [opts]" >&2
  exit 1
fi
class=$1; shift

binaries=${ODRADEK_BINARIES:-}
if [ -z "$binaries" ]; then
  for candidate in "$root/build/release" "$root/libexec" "$root/build/debug"; do
    [ -x "$candidate/kafka-server" ] && { binaries=$candidate; break; }
  done
fi
[ -n "$binaries" ] || { echo "kafka-run-class.sh: no kafka-server below $root; build it with scripts/build.sh" >&2; exit 1; }

case "$class" in
  kafka.Kafka) program=("$binaries/kafka-server") ;;
  kafka.admin.TopicCommand|org.apache.kafka.tools.TopicCommand) program=("$binaries/kafka-tools" topics) ;;
  kafka.tools.ConsoleProducer) program=("$binaries/kafka-tools" console-producer) ;;
  kafka.tools.ConsoleConsumer|org.apache.kafka.tools.consumer.ConsoleConsumer) program=("$binaries/kafka-tools" console-consumer) ;;
  kafka.admin.ReassignPartitionsCommand|org.apache.kafka.tools.reassign.ReassignPartitionsCommand) program=("$binaries/kafka-tools" reassign-partitions) ;;
  kafka.admin.LeaderElectionCommand|org.apache.kafka.tools.LeaderElectionCommand) program=("$binaries/kafka-tools" leader-election) ;;
  kafka.admin.PreferredReplicaLeaderElectionCommand) program=("$binaries/kafka-tools" preferred-replica-election) ;;
  kafka.admin.ConfigCommand) program=("$binaries/kafka-tools" configs) ;;
  kafka.admin.BrokerApiVersionsCommand) program=("$binaries/kafka-tools" broker-api-versions) ;;
  kafka.tools.ClusterTool|org.apache.kafka.tools.ClusterTool) program=("$binaries/kafka-tools" cluster) ;;
  kafka.admin.FeatureCommand|org.apache.kafka.tools.FeatureCommand) program=("$binaries/kafka-tools" features) ;;
  kafka.tools.GetOffsetShell|org.apache.kafka.tools.GetOffsetShell) program=("$binaries/kafka-tools" get-offsets) ;;
  kafka.admin.LogDirsCommand|org.apache.kafka.tools.LogDirsCommand) program=("$binaries/kafka-tools" log-dirs) ;;
  kafka.admin.DeleteRecordsCommand|org.apache.kafka.tools.DeleteRecordsCommand) program=("$binaries/kafka-tools" delete-records) ;;
  org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka|org.apache.zookeeper.ZooKeeperMain)
    program=("$binaries/kafka-tools" zookeeper-shell) ;;
  kafka.tools.DumpLogSegments) program=("$binaries/kafka-tools" dump-log) ;;
  kafka.admin.ConsumerGroupCommand|org.apache.kafka.tools.consumer.group.ConsumerGroupCommand)
    program=("$binaries/kafka-tools" consumer-groups) ;;
  kafka.tools.ReplicaVerificationTool|org.apache.kafka.tools.ReplicaVerificationTool)
    program=("$binaries/kafka-tools" replica-verification) ;;
  *) echo "kafka-run-class.sh: class $class has no native program here" >&2; exit 1 ;;
esac

if [ -n "$daemon" ]; then
  log_dir=${LOG_DIR:-$root/logs}
  mkdir -p "$log_dir"
  nohup "${program[@]}" "$@" >"$log_dir/$name.out" 2>&1 </dev/null &
  exit 0
fi
exec "${program[@]}" "$@"
