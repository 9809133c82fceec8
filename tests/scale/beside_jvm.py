"""What the controller's work costs, the JVM's brokers and ours by turns: wall time, and processor time of the three brokers.

    beside_jvm.py [--rounds N] [--partitions N] [--topics N] [--contenders 3.9,ours]

Each round has a cluster of its own. On a busy machine only the processor time, and the ratio of one run, say something.
"""
import argparse
import os
import re
import statistics
import sys
import threading
import time
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.normpath(os.path.join(HERE, "..", folder)) for folder in ("integration", "interop")]

import peers  # noqa: E402  (the path above is needed first)
import wire  # noqa: E402
from cluster import wait_until  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

PATIENCE_S = 180
# When a controller has taken over: the time of the line, as the JVM's broker writes it and as ours does.
READY = {"3.9": (r"\[([-\d]+ [\d:]+,\d+)\].*Ready to serve as the new controller", "%Y-%m-%d %H:%M:%S,%f"),
         "ours": (r"^I(\d+ [\d:.]+) .*in charge of \d+ topics", "%Y%m%d %H:%M:%S.%f")}


def cpu_s(brokers):
    total = 0
    for broker in brokers:
        with open(f"/proc/{broker.process.pid}/stat") as stat:
            total += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


class Round:
    def __init__(self, cluster, contender, given):
        self.cluster = cluster
        self.contender = contender
        self.given = given
        self.admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "log_level": 0})
        self.figures = {}

    def create(self, topic, partitions, replicas):
        topic = NewTopic(topic, num_partitions=partitions, replication_factor=replicas)
        self.admin.create_topics([topic], operation_timeout=PATIENCE_S, request_timeout=PATIENCE_S)[topic.topic].result()

    def leaders(self, broker, topic):
        return [leader for _, leader in wire.metadata(broker.port, [topic])[2].get(topic, {}).values()]

    def measured(self, what, work, brokers=None):
        """`work` may give when it really began."""
        brokers = brokers or self.cluster.brokers
        cpu, begun = cpu_s(brokers), time.time()
        really = work()
        self.figures[what] = (time.time() - (really or begun), cpu_s(brokers) - cpu)

    def broad_topic(self):
        self.create("broad", self.given.partitions, 1)
        for broker in self.cluster.brokers:
            wait_until(lambda: sum(leader >= 0 for leader in self.leaders(broker, "broad")) == self.given.partitions, "leaders", PATIENCE_S)

    def topics_one_by_one(self):
        for number in range(self.given.topics):
            self.create(f"one-{number}", 1, 1)

    def death(self):
        """From ZooKeeper's word to the metadata of the controller's broker."""
        dead = next(broker for broker in self.cluster.brokers if broker.id != self.cluster.controller())
        controller = self.cluster.broker(self.cluster.controller())
        gone = self.when_changed(f"/brokers/ids/{dead.id}")
        dead.kill()
        begun = gone()
        wait_until(lambda: dead.id not in self.leaders(controller, "pairs"), "leaders elsewhere", PATIENCE_S)
        return begun

    def when_changed(self, path):
        """A function that waits for it and tells when it was."""
        changed, times = threading.Event(), []

        def on_event(_):
            times.append(time.time())
            changed.set()
        self.cluster.zk().exists(path, watch=on_event)

        def wait():
            assert changed.wait(PATIENCE_S), path
            return times[0]
        return wait

    def failover(self):
        """From a new /controller to the log line of the one who has all sent on its way; the figure is made here."""
        zk, pattern = self.cluster.zk(), re.compile(READY[self.contender][0], re.MULTILINE)
        sizes = {broker.id: len(broker.log()) for broker in self.cluster.brokers}
        zk.delete("/controller")
        created = wait_until(lambda: (zk.exists("/controller") or None), "controller", PATIENCE_S).ctime / 1000

        def ready():
            return [match.group(1) for broker in self.cluster.brokers for match in pattern.finditer(broker.log()[sizes[broker.id]:])]
        said = datetime.strptime(wait_until(ready, "controller that is ready", PATIENCE_S)[0], READY[self.contender][1])
        return time.time() - (said.timestamp() - created)

    def run(self):
        self.measured("a topic of partitions", self.broad_topic)
        self.measured("topics one by one", self.topics_one_by_one)
        self.create("pairs", self.given.partitions, 2)
        self.measured("controller failover", self.failover)
        survivors = [broker for broker in self.cluster.brokers if broker.id == self.cluster.controller()]
        self.measured("a broker's death", self.death, survivors)
        return self.figures


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--partitions", type=int, default=2000)
    arguments.add_argument("--topics", type=int, default=200)
    arguments.add_argument("--contenders", default="3.9,ours")
    given = arguments.parse_args()
    found = {}
    for number in range(given.rounds):
        for contender in given.contenders.split(","):
            release = None if contender == "ours" else contender
            with peers.ChangingCluster(3, release=release, zookeeper_session_timeout_ms=20000) as cluster:
                for what, figure in Round(cluster, contender, given).run().items():
                    found.setdefault((what, contender), []).append(figure)
                    print(f"round {number + 1} {contender:5} {what:24} {figure[0]:8.3f} s, processors {figure[1]:8.3f} s", flush=True)
    for (what, contender), figures in found.items():
        wall, cpu = (statistics.median(column) for column in zip(*figures))
        print(f"median  {contender:5} {what:24} {wall:8.3f} s, processors {cpu:8.3f} s")


if __name__ == "__main__":
    main()
