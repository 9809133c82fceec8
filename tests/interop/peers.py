"""The JVM Kafka as seen from the tests beside this file: its tools, its clients, its broker in place of ours."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.normpath(os.path.join(HERE, "../integration")))

import cluster as harness  # noqa: E402  (the path above is needed first)

PEER = os.path.join(HERE, "peer")
# Short runs: compiling them thoroughly costs more than it saves.
TOOL_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8"
RELEASES = ["3.9", "2.8"]


def run(*arguments, data=None, deadline_s=None, check=True):
    """Runs `peer ARGUMENTS`; standard output as bytes. AssertionError with all it said when it fails."""
    done = subprocess.run([PEER, *map(str, arguments)], input=data, capture_output=True,
                          stdin=subprocess.DEVNULL if data is None else None,
                          timeout=deadline_s or 3 * harness.DEADLINE_S,
                          env={**os.environ, "KAFKA_OPTS": TOOL_OPTIONS})
    if check and done.returncode != 0:
        raise AssertionError(f"peer {' '.join(map(str, arguments))}: {done.returncode}\n"
                             f"{done.stdout[-2000:].decode(errors='replace')}\n{done.stderr[-4000:].decode(errors='replace')}")
    return done.stdout


def tool(release, name, *arguments, **options):
    """Runs one of the command-line tools; its standard output as text."""
    return run("tool", release, name, *arguments, **options).decode()


def java(release, class_name, *arguments, **options):
    return run("java", release, class_name, *arguments, **options).decode()


def launch_jvm_broker(broker, release="3.9"):
    """Starts the JVM broker with the settings, ports and data directory of `broker`, which must not be running.

    From then on the object is used as always: wait_started, stop, kill, log.
    """
    with open(broker.properties, "w") as properties:
        properties.writelines(f"{key}={value}\n" for key, value in broker.settings.items())
    broker.mark = os.path.getsize(broker.log_path) if os.path.exists(broker.log_path) else 0
    with open(broker.log_path, "a") as log:
        broker.process = subprocess.Popen(
            [PEER, "broker", release, broker.properties], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env={**os.environ, "KAFKA_OPTS": TOOL_OPTIONS, "KAFKA_HEAP_OPTS": "-Xmx512m"})
    return broker


def start_jvm_broker(broker, release="3.9"):
    launch_jvm_broker(broker, release).wait_started()
    return broker


def wait_gone(cluster, broker_id):
    """Waits until ZooKeeper has dropped the session of a killed broker."""
    harness.wait_until(lambda: not cluster.zk().exists(f"/brokers/ids/{broker_id}"), f"end of broker {broker_id}'s session")
