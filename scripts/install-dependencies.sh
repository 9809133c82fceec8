#!/usr/bin/env bash
# Installs the Debian 12 packages that building, testing and the quickstart need; does nothing when all are there.
#   scripts/install-dependencies.sh [build|test|peers|bench|fuzz]…     default: build test
set -eu

build="g++ cmake ninja-build pkg-config libzookeeper-mt-dev libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev
  libssl-dev libgoogle-glog-dev libgflags-dev libgtest-dev libgmock-dev zlib1g-dev libsnappy-dev liblz4-dev
  libzstd-dev libisal-dev libjemalloc-dev librdkafka-dev ccache mold"
test="zookeeper default-jre-headless kafkacat openssl python3 python3-kafka python3-confluent-kafka python3-kazoo python3-snappy
  python3-lz4 python3-zstandard python3-xxhash procps iproute2 util-linux"
peers="maven default-jdk-headless"
bench="libbenchmark-dev"
fuzz="clang-14 libclang-rt-14-dev"

wanted=""
for set_name in "${@:-build test}"; do
  for name in $set_name; do
    case "$name" in
      build) wanted="$wanted $build" ;;
      test) wanted="$wanted $test" ;;
      peers) wanted="$wanted $peers" ;;
      bench) wanted="$wanted $bench" ;;
      fuzz) wanted="$wanted $fuzz" ;;
      *) echo "install-dependencies.sh: no set $name: build, test, peers, bench or fuzz" >&2; exit 2 ;;
    esac
  done
done

have() {  # a package counts as there when dpkg has it, or when the command it is for is already on the machine
  case "$1" in
    maven) command -v mvn >/dev/null ;;
    default-jdk-headless) command -v javac >/dev/null ;;
    default-jre-headless) command -v java >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}

missing=""
for package in $wanted; do
  have "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || { echo "install-dependencies.sh: no apt-get here; install these by hand:$missing" >&2; exit 1; }
run=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "install-dependencies.sh: not root and no sudo; run: apt-get install$missing" >&2; exit 1; }
  run=sudo
fi
echo "Installing:$missing"
$run apt-get update -qq
# shellcheck disable=SC2086
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
