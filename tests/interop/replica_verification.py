"""kafka-replica-verification.sh, the JVM's and ours: both run until they are told to end."""
import os
import re
import subprocess

import peers
from cluster import BINARIES, DEADLINE_S, ROOT, wait_until

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}: (.*)")
LAG = re.compile(r"max lag is (-?\d+) for partition (\S+) at offset (\d+) among (\d+) partitions")
RELEASES = [*peers.RELEASES, None]


class Verification:
    """Runs beside the test, as the JVM's of `release` or, when that is None, as ours; `said` is what stands behind the times of its lines."""

    def __init__(self, directory, release, *arguments):
        self.path = os.path.join(directory, f"verification-{release or 'ours'}")
        command = [os.path.join(ROOT, "scripts/kafka-replica-verification.sh")] if release is None else \
            [peers.PEER, "tool", release, "kafka-replica-verification.sh"]
        with open(self.path, "w") as said, open(f"{self.path}.err", "w") as errors:
            self.process = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=errors,
                                            env={**os.environ, "KAFKA_OPTS": peers.TOOL_OPTIONS, "ODRADEK_BINARIES": BINARIES})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def said(self):
        with open(self.path) as said:
            lines = said.read().splitlines()
        wrong = [line for line in lines if not LINE.fullmatch(line)]
        assert not wrong, wrong
        return [LINE.fullmatch(line).group(1) for line in lines]

    def errors(self):
        with open(f"{self.path}.err") as errors:
            return errors.read()

    def wait_said(self, pattern):
        """The first match of a whole line."""
        def found():
            matches = [match for line in self.said() if (match := re.fullmatch(pattern, line))]
            if not matches and self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}: {self.said()} {self.errors()}")
            return matches and matches[0]
        return wait_until(found, lambda: f"{pattern}; it said {self.said()[-5:]} {self.errors()[-500:]}", 3 * DEADLINE_S)

    def wait_exit(self):
        return self.process.wait(DEADLINE_S)


def check(cluster, topics, partitions, releases=("3.9", None)):
    """Every tool compares all replicas from the start to where they end now, and finds no difference. The JVM's asks in the newest version of
    its release, whatever the broker speaks."""
    for release in releases:
        arguments = ["--broker-list", cluster.bootstrap, "--topic-white-list", topics, "--time", "-2", "--report-interval-ms", "200",
                     "--max-wait-ms", "100"]
        with Verification(cluster.directory, release, *arguments) as tool:
            # Records come while it compares: being behind by as many as come in a round is being there.
            lag = tool.wait_said(r"max lag is \d{1,3} for partition (\S+) at offset ([1-9]\d*) among (\d+) partitions")
            assert int(lag.group(3)) == partitions, lag.group(0)
            assert not [line for line in tool.said() if "match" in line], tool.said()
