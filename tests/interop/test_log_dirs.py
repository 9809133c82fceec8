"""Several log directories, described, emptied and changed by the JVM's tools, and handed to and fro between the two brokers."""
import json
import os
import unittest

import peers
from cluster import kcat, wait_until
from peers import ChangingCluster, tool


class DirsCluster(ChangingCluster):
    """One broker with the log directories a, b and c."""

    def __init__(self, release=None, **settings):
        super().__init__(1, release, **settings)
        self.dirs = [f"{self.brokers[0].directory}/{name}" for name in "abc"]
        self.brokers[0].settings["log.dirs"] = ",".join(self.dirs)

    def create(self, topic, partitions, *options):
        return tool("3.9", "kafka-topics.sh", "--bootstrap-server", self.bootstrap, "--create", "--topic", topic,
                    "--partitions", partitions, *options)

    def produce(self, topic, partition, count, first=0):
        kcat("-b", self.bootstrap, "-P", "-t", topic, "-p", str(partition), "-X", "acks=all",
             data=b"".join(b"%d\n" % i for i in range(first, first + count)))

    def consumed(self, topic, partition=0):
        """[(offset, value)…] from the beginning."""
        text = kcat("-b", self.bootstrap, "-C", "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q", "-f", "%o %s\n")
        return [tuple(int(word) for word in line.split()) for line in text.splitlines()]

    def described(self, release, *options):
        """{directory: (error, {partition: (size, lag, is future)})} by kafka-log-dirs.sh."""
        text = tool(release, "kafka-log-dirs.sh", "--bootstrap-server", self.bootstrap, "--describe", *options)
        [broker] = json.loads(next(line for line in text.splitlines() if line.startswith("{")))["brokers"]
        return {entry["logDir"]: (entry["error"],
                                  {found["partition"]: (found["size"], found["offsetLag"], found["isFuture"])
                                   for found in entry["partitions"]})
                for entry in broker["logDirs"]}

    def place(self, name):
        """The log directories that hold a directory of this name."""
        return [path for path in self.dirs if os.path.isdir(os.path.join(path, name))]


class DescribeTest(unittest.TestCase):
    def test_sizes_and_places_are_those_that_the_jvm_tells(self):
        with DirsCluster() as cluster:
            broker = cluster.brokers[0]
            cluster.create("spread", 7)
            cluster.create("other", 2)
            for partition in range(7):
                cluster.produce("spread", partition, 10 * partition)
            ours = {release: cluster.described(release) for release in peers.RELEASES}
            self.assertEqual(ours["3.9"], ours["2.8"])
            self.assertEqual(set(cluster.dirs), set(ours["3.9"]))
            held = {path: [name for name in os.listdir(path) if name.startswith(("spread-", "other-"))] for path in cluster.dirs}
            self.assertEqual([3, 3, 3], [len(names) for names in held.values()])
            for path, (error, partitions) in ours["3.9"].items():
                self.assertIsNone(error)
                self.assertEqual(set(held[path]), set(partitions))
                for name, (size, lag, future) in partitions.items():
                    log = os.path.join(path, name, "0" * 20 + ".log")
                    self.assertEqual((os.path.getsize(log), 0, False), (size, lag, future))
            one = cluster.described("3.9", "--topic-list", "other,unknown", "--broker-list", "1")
            self.assertEqual({"other-0", "other-1"}, {name for _, partitions in one.values() for name in partitions})
            self.assertEqual(set(cluster.dirs), set(one))
            self.assertEqual(0, broker.stop())
            broker.start_as("3.9")
            wait_until(lambda: cluster.described("3.9") == ours["3.9"], "the JVM's description of the same directories")
            self.assertEqual(one, cluster.described("3.9", "--topic-list", "other,unknown", "--broker-list", "1"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
