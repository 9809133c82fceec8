#!/usr/bin/env bash
# From nothing to a working cluster: builds, starts ZooKeeper and three brokers with TLS on this machine,
# moves real text through them, kills the controller and a leader under a producer, and shows that nothing was lost.
#   scripts/quickstart.sh           leaves the cluster up until Ctrl-C
#   scripts/quickstart.sh --once    ends after the checks; the exit code tells whether they held
# REPLICATION_FACTOR is 3 unless set. With 1 what a killed broker had comes back with it.
# ODRADEK_BINARIES names a folder with kafka-server and kafka-tools; then nothing is built.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
scripts=$root/scripts
once=""
case "${1:-}" in
  "") ;;
  --once) once=1 ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

session_timeout_ms=6000
replication=${REPLICATION_FACTOR:-3}
[[ $replication =~ ^[123]$ ]] || { echo "quickstart.sh: REPLICATION_FACTOR is 1, 2 or 3" >&2; exit 2; }
topic=licenses
group=readers
texts=/usr/share/common-licenses
python=/usr/bin/python3 # where Debian's kazoo is; another python3 may stand before it in PATH

work=""
zookeeper_pid=""
producer_pid=""
declare -A broker_pid=()

step() { printf '\n\033[1m== %s\033[0m (%s s)\n' "$*" "$SECONDS"; }
say() { printf '   %s\n' "$*"; }
fail() {
  printf '\nquickstart.sh: %s\n' "$*" >&2
  exit 1
}

# end_process PID SECONDS: TERM, and KILL when that does not help in time.
end_process() {
  local pid=$1 left=$(($2 * 10))
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    if [ $left -le 0 ]; then
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    left=$((left - 1))
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}

clean_up() {
  local code=$?
  trap - EXIT
  trap '' INT TERM
  [ -z "$producer_pid" ] || { touch "$work/enough"; end_process "$producer_pid" 2; }
  if [ ${#broker_pid[@]} -gt 0 ] || [ -n "$zookeeper_pid" ]; then
    step "Stopping what was started"
    local id
    # All at once, so that none waits for a controller that is already gone.
    for id in "${!broker_pid[@]}"; do kill -TERM "${broker_pid[$id]}" 2>/dev/null || true; done
    for id in "${!broker_pid[@]}"; do end_process "${broker_pid[$id]}" 30; done
    [ -z "$zookeeper_pid" ] || end_process "$zookeeper_pid" 10
  fi
  if [ -n "$work" ] && [ $code -ne 0 ] && [ $code -ne 130 ]; then
    say "Logs are kept in $work"
  elif [ -n "$work" ]; then
    rm -rf "$work"
  fi
  exit $code
}
trap clean_up EXIT
trap 'exit 130' INT TERM

prerequisites() {
  "$scripts/install-dependencies.sh" build test ||
    fail "packages are missing and could not be installed (see above)"
  local missing=() command
  for command in java kcat openssl cmake ninja "$python"; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  [ -d "$texts" ] || missing+=("$texts (package base-files)")
  "$python" -c 'import kazoo' 2>/dev/null || missing+=("python3-kazoo")
  [ ${#missing[@]} -eq 0 ] || fail "missing here: ${missing[*]}"
  say "all there"
}

# Four ports in a row that nobody listens on, below those the kernel gives to outgoing connections.
find_ports() {
  "$python" - <<'PYTHON'
import random, socket
with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
    top = int(f.read().split()[0])
starts = list(range(10000, max(top - 4, 10001), 4))
random.shuffle(starts)
for start in starts:
    held = []
    try:
        for port in range(start, start + 4):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", port))
            held.append(s)
        print(start)
        break
    except OSError:
        continue
    finally:
        for s in held:
            s.close()
PYTHON
}

zookeeper_answers() { # a connection made right after the server's start may never be answered: ask again soon
  timeout 0.3 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf srvr >&3 && cat <&3' "$1" 2>/dev/null |
    grep -q 'Mode:'
}

# wait_for WHAT PID LOG SECONDS COMMAND…: until the command succeeds; fails when the process ends or time is up.
wait_for() {
  local what=$1 pid=$2 log=$3 end=$((SECONDS + $4))
  shift 4
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || { tail -n 15 "$log" >&2; fail "$what ended while it was starting"; }
    [ $SECONDS -lt $end ] || { tail -n 15 "$log" >&2; fail "$what did not start in time"; }
    sleep 0.05
  done
}

start_zookeeper() {
  mkdir -p "$work/zookeeper"
  cat >"$work/zookeeper.properties" <<PROPERTIES
dataDir=$work/zookeeper
clientPort=$zookeeper_port
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=srvr
maxClientCnxns=0
tickTime=500
PROPERTIES
  # A session of its own, so that Ctrl-C reaches this script alone and the order of the end is ours.
  setsid "$scripts/zookeeper-server-start.sh" "$work/zookeeper.properties" >"$work/zookeeper.log" 2>&1 </dev/null &
  zookeeper_pid=$!
  wait_for ZooKeeper "$zookeeper_pid" "$work/zookeeper.log" 60 zookeeper_answers "$zookeeper_port"
  say "ZooKeeper on 127.0.0.1:$zookeeper_port, process $zookeeper_pid"
}

start_broker() { # start_broker ID
  local id=$1 port=$((zookeeper_port + $1))
  {
    cat <<PROPERTIES
broker.id=$id
listeners=SSL://127.0.0.1:$port
security.inter.broker.protocol=SSL
zookeeper.connect=127.0.0.1:$zookeeper_port
zookeeper.session.timeout.ms=$session_timeout_ms
log.dirs=$work/data-$id
default.replication.factor=$replication
min.insync.replicas=$(((replication + 1) / 2))
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=$replication
transaction.state.log.min.isr=$(((replication + 1) / 2))
offsets.topic.num.partitions=10
transaction.state.log.num.partitions=10
group.initial.rebalance.delay.ms=0
PROPERTIES
    cat "$work/tls/broker.properties"
  } >"$work/broker-$id.properties"
  setsid "$scripts/kafka-server-start.sh" "$work/broker-$id.properties" >"$work/broker-$id.log" 2>&1 </dev/null &
  broker_pid[$id]=$!
}

broker_started() { grep -qE 'started \(kafka\.server|KafkaServer id=[0-9]+\] started' "$1"; }

tool() { # tool NAME ARGS…: one of our tools over TLS
  local name=$1
  shift
  "$scripts/$name" --bootstrap-server "$bootstrap" "$@"
}

kcat_tls() {
  kcat -b "$bootstrap" -X security.protocol=ssl -X ssl.ca.location="$work/tls/ca.pem" \
    -X log_level=3 "$@"
}

# kcat leaves empty lines out, so every line goes with a bar in front.
produce_texts() {
  local file name
  total=0
  for file in "$texts"/*; do
    [ -f "$file" ] || continue
    name=${file##*/}
    LC_ALL=C sed 's/^/|/' "$file" |
      kcat_tls -P -t "$topic" -k "$name" -X acks=all -X message.timeout.ms=30000 ||
      fail "producing $file failed"
    total=$((total + $(LC_ALL=C sed 's/^/|/' "$file" | LC_ALL=C awk 'END {print NR}')))
    printf '.'
  done
  printf '\n'
  say "$total lines of $(find -L "$texts" -maxdepth 1 -type f | wc -l) files are written, each file under its name as key"
}

# consume_and_compare GROUP: everything back through a group, and every file byte for byte.
consume_and_compare() {
  local reader=$1 file name differing=0
  local into=$work/read-$reader
  rm -rf "$into"
  mkdir -p "$into"
  timeout 120 kcat -b "$bootstrap" -X security.protocol=ssl -X ssl.ca.location="$work/tls/ca.pem" -X log_level=3 \
    -X auto.offset.reset=earliest -q -c "$total" -f '%k\t%s\n' -G "$reader" "$topic" >"$work/read.txt" ||
    fail "group $reader did not read $total records"
  LC_ALL=C awk -v into="$into" '{
    tab = index($0, "\t"); print substr($0, tab + 2) > (into "/" substr($0, 1, tab - 1))
  }' "$work/read.txt"
  for file in "$texts"/*; do
    [ -f "$file" ] || continue
    name=${file##*/}
    # A last line without an end comes back with one.
    LC_ALL=C sed '$a\' "$file" | cmp -s - "$into/$name" || { say "differs: $name"; differing=$((differing + 1)); }
  done
  [ $differing -eq 0 ] || fail "$differing files came back different"
  say "group $reader read $total records: every file is the same, byte for byte"
}

show_zookeeper() {
  "$python" - "127.0.0.1:$zookeeper_port" <<'PYTHON'
import json, logging, sys
from kazoo.client import KazooClient
logging.disable(logging.CRITICAL)
zk = KazooClient(sys.argv[1]); zk.start(timeout=15)
def text(path): return zk.get(path)[0].decode()
def children(path): return sorted(zk.get_children(path)) if zk.exists(path) else []
for broker in children("/brokers/ids"):
    print(f"   /brokers/ids/{broker}  {json.loads(text('/brokers/ids/' + broker))['endpoints'][0]}")
print(f"   /controller     broker {json.loads(text('/controller'))['brokerid']}, epoch {text('/controller_epoch')}")
for topic in children("/brokers/topics"):
    if topic.startswith("__"): continue
    for p in sorted(children(f"/brokers/topics/{topic}/partitions"), key=int):
        s = json.loads(text(f"/brokers/topics/{topic}/partitions/{p}/state"))
        print(f"   /brokers/topics/{topic}/partitions/{p}/state  leader {s['leader']}, in sync {s['isr']}")
for group in children("/consumers"):
    for topic in children(f"/consumers/{group}/offsets"):
        for p in sorted(children(f"/consumers/{group}/offsets/{topic}"), key=int):
            print(f"   /consumers/{group}/offsets/{topic}/{p}  {text(f'/consumers/{group}/offsets/{topic}/{p}')}")
zk.stop()
PYTHON
}

kill_the_controller() {
  local output
  # The watch stands before the kill, so that nothing is missed.
  output=$("$python" - "127.0.0.1:$zookeeper_port" "$session_timeout_ms" \
    "$(for id in "${!broker_pid[@]}"; do printf '%s:%s ' "$id" "${broker_pid[$id]}"; done)" <<'PYTHON'
import json, logging, os, signal, sys, threading, time
from kazoo.client import KazooClient
logging.disable(logging.CRITICAL)
zk = KazooClient(sys.argv[1]); zk.start(timeout=15)
limit = int(sys.argv[2]) / 1000 + 1
pids = {int(id): int(pid) for id, pid in (pair.split(":") for pair in sys.argv[3].split())}
old = json.loads(zk.get("/controller")[0])["brokerid"]
new, changed = None, threading.Event()
@zk.DataWatch("/controller")
def watch(data, stat):
    global new
    if data and json.loads(data)["brokerid"] != old:
        new = json.loads(data)["brokerid"]; changed.set()
begin = time.monotonic()
os.kill(pids[old], signal.SIGKILL)
# More than the limit, to tell a late controller from none.
changed.wait(limit + 20)
took = time.monotonic() - begin
zk.stop()
print(old, new if new is not None else "none", f"{took:.2f}", "yes" if new is not None and took <= limit else "no")
PYTHON
  ) || fail "the controller could not be killed"
  read -r old_controller new_controller took in_time <<<"$output"
  wait "${broker_pid[$old_controller]}" 2>/dev/null || true
  unset "broker_pid[$old_controller]"
  [ "$new_controller" != none ] || fail "broker $old_controller was killed, and none became controller in $took s"
  say "broker $old_controller, the controller, was killed; broker $new_controller is controller after $took s"
  [ "$in_time" = yes ] || fail "that is more than the session timeout of $session_timeout_ms ms and 1 s"
}

describe() { tool kafka-topics.sh --describe --topic "$topic" --command-config "$work/tls/client.properties" "$@"; }

leaders_moved() { # leaders_moved ID: every partition is led by another broker than this one
  local description
  description=$(describe 2>/dev/null) || return 1
  ! grep -qE "Leader: ($1|none)"$'\t' <<<"$description"
}

leader_of_first() { describe | sed -nE 's/.*Partition: 0\tLeader: ([0-9]+)\t.*/\1/p'; }

# Numbers, one after the other, until $work/enough is there; each must be acknowledged by every in-sync replica.
start_numbers() {
  {
    local number=0
    while [ ! -e "$work/enough" ]; do
      echo $number
      number=$((number + 1))
      sleep 0.005
    done
    echo $number >"$work/numbers"
  } | kcat_tls -P -t "$numbers_topic" -X acks=all -X enable.idempotence=true -X message.timeout.ms=60000 2>"$work/numbers.log" &
  producer_pid=$!
}

# Ends the producer, and compares what is there with all that it was told is there.
check_numbers() {
  touch "$work/enough"
  wait "$producer_pid" || { tail -n 15 "$work/numbers.log" >&2; fail "not every number was acknowledged"; }
  producer_pid=""
  local count
  count=$(cat "$work/numbers")
  kcat_tls -C -e -q -o beginning -t "$numbers_topic" | sort -n >"$work/numbers-read"
  seq 0 $((count - 1)) | cmp -s - "$work/numbers-read" ||
    fail "$count numbers were acknowledged, $(wc -l <"$work/numbers-read") are there or some are there twice"
  say "$count numbers were acknowledged with acks=all while brokers died: all are there, each once"
}

restart_broker() { # restart_broker ID
  start_broker "$1"
  wait_for "broker $1" "${broker_pid[$1]}" "$work/broker-$1.log" 60 broker_started "$work/broker-$1.log"
  wait_for "catching up" "${broker_pid[$1]}" "$work/broker-$1.log" 60 all_in_sync
  describe | sed 's/^/   /'
}

all_in_sync() {
  local lacking
  lacking=$(describe --under-replicated-partitions 2>/dev/null && describe --unavailable-partitions 2>/dev/null) || return 1
  [ -z "$lacking" ]
}

step "Prerequisites"
prerequisites
if [ -z "${ODRADEK_BINARIES:-}" ]; then
  step "Building"
  "$scripts/build.sh" release kafka-server kafka-tools || fail "the build failed (see above)"
  export ODRADEK_BINARIES="$root/build/release"
fi
for program in kafka-server kafka-tools; do
  [ -x "$ODRADEK_BINARIES/$program" ] || fail "no $program in $ODRADEK_BINARIES"
  say "$ODRADEK_BINARIES/$program: $(du -h "$ODRADEK_BINARIES/$program" | cut -f1)"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/odradek-quickstart.XXXXXX")
step "Certificates"
"$scripts/certificates.sh" "$work/tls" | sed 's/^/   /'

zookeeper_port=$(find_ports)
[ -n "$zookeeper_port" ] || fail "no four free ports in a row"
bootstrap=127.0.0.1:$((zookeeper_port + 1)),127.0.0.1:$((zookeeper_port + 2)),127.0.0.1:$((zookeeper_port + 3))

step "ZooKeeper"
start_zookeeper
step "Three brokers, TLS only"
for id in 1 2 3; do start_broker $id; done
for id in 1 2 3; do
  wait_for "broker $id" "${broker_pid[$id]}" "$work/broker-$id.log" 60 broker_started "$work/broker-$id.log"
  say "broker $id on SSL://127.0.0.1:$((zookeeper_port + id)), process ${broker_pid[$id]}"
done

numbers_topic=numbers
step "A topic of 3 partitions, each on $replication brokers"
tool kafka-topics.sh --create --topic "$topic" --partitions 3 --replication-factor "$replication" \
  --command-config "$work/tls/client.properties" | sed 's/^/   /' || fail "the topic could not be created"
describe | sed 's/^/   /'

step "Every text of $texts, line by line, through kcat"
produce_texts
consume_and_compare "$group"

step "What stands in ZooKeeper"
show_zookeeper

step "Killing the controller's broker, while a producer counts with acks=all"
tool kafka-topics.sh --create --topic "$numbers_topic" --partitions 3 --replication-factor "$replication" \
  --command-config "$work/tls/client.properties" | sed 's/^/   /' || fail "the topic could not be created"
start_numbers
kill_the_controller
if [ "$replication" -gt 1 ]; then
  wait_for "the new leadership" "$zookeeper_pid" "$work/broker-$new_controller.log" 30 leaders_moved "$old_controller"
  describe | sed 's/^/   /'
  consume_and_compare "$group-after-failover"
fi

step "The killed broker comes back"
restart_broker "$old_controller"
consume_and_compare "$group-after-return"

if [ "$replication" -gt 1 ]; then
  step "Killing the leader of a partition"
  leader=$(leader_of_first)
  kill -KILL "${broker_pid[$leader]}"
  wait "${broker_pid[$leader]}" 2>/dev/null || true
  unset "broker_pid[$leader]"
  wait_for "the new leadership" "$zookeeper_pid" "$work/zookeeper.log" 30 leaders_moved "$leader"
  say "broker $leader, the leader of $topic-0, was killed; broker $(leader_of_first) leads it"
  restart_broker "$leader"
fi
check_numbers

step "All of it held"
if [ -n "$once" ]; then exit 0; fi
cat <<TEXT
   Three brokers are up. Try, in another shell:

   export S=$scripts B=127.0.0.1:$((zookeeper_port + 1)) C=$work/tls/client.properties
   \$S/kafka-topics.sh --bootstrap-server \$B --command-config \$C --list
   \$S/kafka-console-producer.sh --bootstrap-server \$B --producer.config \$C --topic $topic
   \$S/kafka-console-consumer.sh --bootstrap-server \$B --consumer.config \$C --topic $topic --from-beginning
   kcat -b \$B -X security.protocol=ssl -X ssl.ca.location=$work/tls/ca.pem -L

   Logs and data are in $work; Ctrl-C ends everything and removes them.
TEXT
# The brokers' end would be a failure.
wait -n "${broker_pid[@]}" "$zookeeper_pid" || true
fail "one of the processes ended by itself; see $work"
