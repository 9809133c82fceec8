"""The JVM Kafka as seen from the tests beside this file: its tools, its clients, its broker in place of ours."""
import base64
import os
import subprocess
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.normpath(os.path.join(HERE, "../integration")))

import cluster as harness  # noqa: E402  (the path above is needed first)
import wire  # noqa: E402

PEER = os.path.join(HERE, "peer")
# Short runs: compiling them thoroughly costs more than it saves.
TOOL_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8"
RELEASES = ["3.9", "2.8"]


def complete(*arguments, data=None, deadline_s=None):
    """Runs `peer ARGUMENTS` to its end, whatever that is; the CompletedProcess with its output as bytes."""
    given = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    return subprocess.run([PEER, *map(str, arguments)], **given, capture_output=True,
                          timeout=deadline_s or 3 * harness.DEADLINE_S, env={**os.environ, "KAFKA_OPTS": TOOL_OPTIONS})


def run(*arguments, **options):
    """Like complete(), but standard output alone, and AssertionError with all it said when it fails."""
    done = complete(*arguments, **options)
    if done.returncode != 0:
        raise AssertionError(f"peer {' '.join(map(str, arguments))}: {done.returncode}\n"
                             f"{done.stdout[-2000:].decode(errors='replace')}\n{done.stderr[-4000:].decode(errors='replace')}")
    return done.stdout


def tool(release, name, *arguments, **options):
    """Runs one of the command-line tools; its standard output as text."""
    return run("tool", release, name, *arguments, **options).decode()


def java(release, class_name, *arguments, **options):
    return run("java", release, class_name, *arguments, **options).decode()


class Done(NamedTuple):
    code: int
    out: str
    err: str


class ToolRunner:
    """The JVM's tools of one release, all in one JVM: to be used where many calls are compared. A context."""

    def __init__(self, release):
        self.release = release
        self.classes = {}
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [PEER, "java", self.release, os.path.join(HERE, "ToolRunner.java")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "KAFKA_OPTS": TOOL_OPTIONS + " -Djava.security.manager=allow"})
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(harness.DEADLINE_S)
        self.process.stdout.close()

    def __call__(self, name, *arguments):
        if name not in self.classes:
            self.classes[name] = run("class", self.release, name).decode().strip()
        words = [self.classes[name], *map(str, arguments)]
        self.process.stdin.write(b" ".join(base64.b64encode(word.encode()) for word in words) + b"\n")
        self.process.stdin.flush()
        code, out, err = self.process.stdout.readline().decode().rstrip("\n").split(" ")
        return Done(int(code), base64.b64decode(out).decode(), base64.b64decode(err).decode())


class ChangingBroker(harness.Broker):
    """A broker that is ours or, while `release` is set, the JVM's: with the same settings, ports and data directory."""
    release = None

    def launch(self, *arguments):
        if self.release is None:
            return super().launch(*arguments)
        with open(self.properties, "w") as properties:
            properties.writelines(f"{key}={value}\n" for key, value in self.settings.items())
        self.mark = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [*self.prefix, PEER, "broker", self.release, self.properties], stdout=log, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env={**os.environ, "KAFKA_OPTS": TOOL_OPTIONS})
        return self

    def start_as(self, release, *arguments):
        self.release = release
        return self.start(*arguments)

    def wait_started(self):
        super().wait_started()
        if self.release is None:
            return
        # The JVM's broker says that it has started before it has heard of itself, and makes no topics until then.
        harness.wait_until(lambda: self.id in {node for node, *_ in wire.metadata(self.port)[0]}, f"metadata of broker {self.id}")

    def log_of_this_run(self):
        return self.log()[self.mark:]


class ChangingCluster(harness.Cluster):
    """A cluster whose brokers start as the JVM's of `release`, or as ours when that is None."""
    broker_type = ChangingBroker

    def __init__(self, brokers=1, release=None, **settings):
        super().__init__(brokers, **settings)
        for broker in self.brokers:
            broker.release = release


def wait_gone(cluster, broker_id):
    """Waits until ZooKeeper has dropped the session of a killed broker."""
    harness.wait_until(lambda: not cluster.zk().exists(f"/brokers/ids/{broker_id}"), f"end of broker {broker_id}'s session")
