"""The command-line tools of the JVM Kafka, new and old, against our brokers."""
import glob
import json
import os
import re
import subprocess
import time
import unittest

import confluent_kafka

import peers
from cluster import BINARIES, DEADLINE_S, ROOT, Cluster, kcat, wait_until
from peers import tool


def described(text):
    """The topic line's fields and the partitions, {partition: (leader, replicas, isr)}, of `kafka-topics.sh --describe`."""
    head = dict(field.split(": ", 1) for field in text.strip().split("\n")[0].split("\t") if ": " in field)
    rows = re.findall(r"Partition: (\d+)\s+Leader: (\S+)\s+Replicas: (\S+)\s+Isr: (\S+)", text)
    return head, {int(partition): (leader, replicas.split(","), isr.split(",")) for partition, leader, replicas, isr in rows}


def rows(text):
    """The lines of a table with a header line, as dictionaries."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    header = next(i for i, line in enumerate(lines) if line[0] == "GROUP")
    return [dict(zip(lines[header], line)) for line in lines[header + 1:]]


def words(text):
    """What a table says, whatever its widths and the order of its lines."""
    return sorted(line.split() for line in text.splitlines() if line.strip())


class TopicsTest(unittest.TestCase):
    def check_described(self, text, partitions):
        head, found = described(text)
        self.assertEqual(str(len(partitions)), head["PartitionCount"].strip(), text)
        for partition, replicas in partitions.items():
            leader, got, isr = found[partition]
            self.assertEqual(replicas, [int(id) for id in got], text)
            self.assertEqual(str(replicas[0]), leader, text)
            self.assertEqual(sorted(replicas), sorted(int(id) for id in isr), text)

    def serves(self, cluster, topic, partitions):
        for partition in partitions:
            kcat("-b", cluster.bootstrap, "-P", "-t", topic, "-p", str(partition), "-X", "acks=all", data=b"one\ntwo\n")
            self.assertEqual(b"one\ntwo\n", kcat("-b", cluster.bootstrap, "-C", "-t", topic, "-p", str(partition), "-e", "-q"))

    def on_disk(self, cluster, topic):
        """Directories of a topic that is not about to be deleted."""
        found = [path for broker in cluster.brokers for path in glob.glob(f"{broker.data}/{topic}-*")]
        return [path for path in found if not path.endswith("-delete")]

    def test_the_new_tool_by_brokers(self):
        with Cluster(3) as cluster:
            topics = ["kafka-topics.sh", "--bootstrap-server", cluster.bootstrap]
            assignment = {0: [1, 2, 3], 1: [2, 3, 1], 2: [3, 1, 2]}
            done = tool("3.9", *topics, "--create", "--topic", "chosen", "--replica-assignment", "1:2:3,2:3:1,3:1:2",
                        "--config", "retention.ms=123456")
            self.assertIn("Created topic chosen.", done)
            tool("3.9", *topics, "--create", "--topic", "counted", "--partitions", "6", "--replication-factor", "1")
            text = tool("3.9", *topics, "--describe", "--topic", "chosen")
            self.check_described(text, assignment)
            self.assertIn("retention.ms=123456", text)
            self.assertRegex(text, r"TopicId: [\w-]{22}\t")
            self.assertEqual(["chosen", "counted"], tool("3.9", *topics, "--list").split())
            self.serves(cluster, "counted", range(6))
            self.assertEqual("", tool("3.9", *topics, "--describe", "--under-replicated-partitions").strip())
            again = peers.complete("tool", "3.9", *topics, "--create", "--topic", "chosen").stdout.decode()
            self.assertIn("Topic 'chosen' already exists.", again)
            tool("3.9", *topics, "--delete", "--topic", "chosen")
            wait_until(lambda: not cluster.zk().exists("/brokers/topics/chosen"), "deletion of the topic")
            wait_until(lambda: not self.on_disk(cluster, "chosen"), "deletion of its logs")
            self.assertEqual(["counted"], tool("3.9", *topics, "--list").split())

    def test_the_old_tool_by_brokers(self):
        with Cluster(1) as cluster:
            topics = ["kafka-topics.sh", "--bootstrap-server", cluster.bootstrap]
            tool("2.8", *topics, "--create", "--topic", "old", "--partitions", "2", "--config", "max.message.bytes=2000000")
            text = tool("2.8", *topics, "--describe")
            self.check_described(text, {0: [1], 1: [1]})
            self.assertIn("max.message.bytes=2000000", text)
            tool("2.8", *topics, "--delete", "--topic", "old")
            wait_until(lambda: not cluster.zk().exists("/brokers/topics/old"), "deletion of the topic")

    def test_the_old_tool_by_zookeeper(self):
        with Cluster(3) as cluster:
            topics = ["kafka-topics.sh", "--zookeeper", f"127.0.0.1:{cluster.zookeeper.port}/kafka"]
            done = tool("2.8", *topics, "--create", "--topic", "by-znode", "--replica-assignment", "1,2,3",
                        "--config", "retention.ms=123456")
            self.assertIn("Created topic by-znode.", done)

            def led():
                return all(cluster.zk().exists(f"/brokers/topics/by-znode/partitions/{i}/state") for i in range(3))
            wait_until(led, "leaders of a topic that was written into ZooKeeper")
            text = tool("2.8", *topics, "--describe", "--topic", "by-znode")
            self.check_described(text, {0: [1], 1: [2], 2: [3]})
            self.assertIn("retention.ms=123456", text)
            self.assertEqual(["by-znode"], tool("2.8", *topics, "--list").split())
            self.serves(cluster, "by-znode", range(3))
            tool("2.8", *topics, "--alter", "--topic", "by-znode", "--partitions", "4", "--replica-assignment",
                 "1,2,3,2")
            wait_until(lambda: cluster.zk().exists("/brokers/topics/by-znode/partitions/3/state"), "leader of a partition added")
            self.serves(cluster, "by-znode", [3])
            self.assertIn("marked for deletion", tool("2.8", *topics, "--delete", "--topic", "by-znode"))
            wait_until(lambda: not cluster.zk().exists("/brokers/topics/by-znode"), "deletion of the topic")
            wait_until(lambda: not self.on_disk(cluster, "by-znode"), "deletion of its logs")
            self.assertEqual("", tool("2.8", *topics, "--list").strip())


class GroupsTest(unittest.TestCase):
    def test_lag_members_and_state(self):
        with Cluster(1, num_partitions=2) as cluster:
            for partition, count in enumerate([10, 25]):
                kcat("-b", cluster.bootstrap, "-P", "-t", "counted", "-p", str(partition), data=b"x\n" * count)
            groups = ["kafka-consumer-groups.sh", "--bootstrap-server", cluster.bootstrap]
            consumer = confluent_kafka.Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "readers",
                                                 "client.id": "reader", "enable.auto.commit": False,
                                                 "auto.offset.reset": "earliest"})
            consumer.subscribe(["counted"])
            self.assertEqual(35, len(consumer.consume(35, DEADLINE_S)))
            consumer.commit(offsets=[confluent_kafka.TopicPartition("counted", 0, 7),
                                     confluent_kafka.TopicPartition("counted", 1, 25)], asynchronous=False)
            lag = {row["PARTITION"]: row for row in rows(tool("3.9", *groups, "--describe", "--group", "readers"))}
            self.assertEqual(("7", "10", "3"), tuple(lag["0"][key] for key in ["CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"]))
            self.assertEqual(("25", "25", "0"), tuple(lag["1"][key] for key in ["CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"]))
            self.assertEqual({"reader"}, {row["CLIENT-ID"] for row in lag.values()})
            self.assertEqual({"/127.0.0.1"}, {row["HOST"] for row in lag.values()})
            old = {row["PARTITION"]: row["LAG"] for row in rows(tool("2.8", *groups, "--describe", "--group", "readers"))}
            self.assertEqual({"0": "3", "1": "0"}, old)
            member = rows(tool("3.9", *groups, "--describe", "--group", "readers", "--members", "--verbose"))
            self.assertEqual([("reader", "2")], [(row["CLIENT-ID"], row["#PARTITIONS"]) for row in member])
            state = tool("3.9", *groups, "--describe", "--group", "readers", "--state")
            self.assertRegex(state, rf"readers\s+127\.0\.0\.1:{cluster.brokers[0].port}\s+\(1\)\s+range\s+Stable\s+1\b")
            self.assertEqual(["readers"], tool("3.9", *groups, "--list").split())
            consumer.close()
            gone = {row["PARTITION"]: row for row in rows(tool("3.9", *groups, "--describe", "--group", "readers"))}
            self.assertEqual({"0": ("7", "3", "-"), "1": ("25", "0", "-")},
                             {key: (row["CURRENT-OFFSET"], row["LAG"], row["CONSUMER-ID"]) for key, row in gone.items()})
            self.assertRegex(tool("3.9", *groups, "--list", "--state"), r"readers\s+(Consumer\s+|Classic\s+)?Empty")
            self.same_as_ours(cluster)
            for release in peers.RELEASES:
                self.change(cluster, release, "readers")

    def same_as_ours(self, cluster):
        """The native tool prints what the JVM's prints."""
        script = os.path.join(ROOT, "scripts/kafka-consumer-groups.sh")

        def ours(*arguments):
            done = subprocess.run([script, "--bootstrap-server", cluster.bootstrap, *arguments], capture_output=True,
                                  text=True, timeout=DEADLINE_S, env={**os.environ, "ODRADEK_BINARIES": BINARIES})
            self.assertEqual(0, done.returncode, done.stderr)
            return done.stdout
        tables = (["--list"], ["--list", "--state"], ["--list", "--state", "empty"], ["--list", "--type"],
                  *(["--describe", "--group", "readers", *what] for what in ([], ["--state"], ["--members"])),
                  ["--describe", "--group", "nobody"],
                  ["--reset-offsets", "--group", "readers", "--all-topics", "--shift-by", "1", "--export", "--dry-run"],
                  ["--delete", "--group", "nobody"])
        for arguments in tables:
            theirs = tool("3.9", "kafka-consumer-groups.sh", "--bootstrap-server", cluster.bootstrap, *arguments)
            self.assertEqual(words(theirs), words(ours(*arguments)), arguments)
        plan = ours("--reset-offsets", "--group", "readers", "--topic", "counted:0", "--to-offset", "99", "--execute")
        self.assertRegex(plan, r"readers\s+counted\s+0\s+10")
        self.assertIn("Successful", ours("--delete-offsets", "--group", "readers", "--topic", "counted:1"))
        lag = {row["PARTITION"]: row["CURRENT-OFFSET"] for row in rows(ours("--describe", "--group", "readers"))}
        self.assertEqual({"0": "10"}, lag)
        self.assertIn("('readers') was successful", ours("--delete", "--group", "readers"))
        self.commit(cluster, "readers")

    def commit(self, cluster, group):
        consumer = confluent_kafka.Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": group, "enable.auto.commit": False})
        consumer.commit(offsets=[confluent_kafka.TopicPartition("counted", 0, 7),
                                 confluent_kafka.TopicPartition("counted", 1, 25)], asynchronous=False)
        consumer.close()

    def change(self, cluster, release, group):
        """Resets, forgets and deletes a group of the topic "counted", then commits it anew."""
        groups = ["kafka-consumer-groups.sh", "--bootstrap-server", cluster.bootstrap]

        def offsets():
            return {row["PARTITION"]: row["CURRENT-OFFSET"] for row in rows(tool(release, *groups, "--describe", "--group", group))}
        self.assertEqual({"0": "7", "1": "25"}, offsets())
        reset = ["--reset-offsets", "--group", group, "--topic", "counted"]
        tool(release, *groups, *reset, "--shift-by", "-2", "--dry-run")
        self.assertEqual({"0": "7", "1": "25"}, offsets())
        tool(release, *groups, *reset, "--to-earliest", "--execute")
        self.assertEqual({"0": "0", "1": "0"}, offsets())
        done = tool(release, *groups, "--delete-offsets", "--group", group, "--topic", "counted:1")
        self.assertRegex(done, r"counted\s+1\s+Successful")
        self.assertEqual({"0": "0"}, offsets())
        done = tool(release, *groups, "--delete", "--group", group)
        self.assertIn(f"Deletion of requested consumer groups ('{group}') was successful.", done)
        self.assertEqual([], tool(release, *groups, "--list").split())
        self.assertIsNone(cluster.zk().exists(f"/consumers/{group}"))
        gone = peers.complete("tool", release, *groups, "--delete", "--group", group)
        self.assertIn("GroupIdNotFoundException", (gone.stdout + gone.stderr).decode())
        self.commit(cluster, group)


class OffsetsTest(unittest.TestCase):
    def test_earliest_latest_by_time_and_largest_time(self):
        with Cluster(1) as cluster:
            producer = confluent_kafka.Producer({"bootstrap.servers": cluster.bootstrap})
            start_ms = int(time.time() * 1000) - 3_600_000  # older records would be due for deletion
            for i in range(100):
                producer.produce("stamped", b"x", partition=0, timestamp=start_ms + i * 1000)
            self.assertEqual(0, producer.flush(DEADLINE_S))
            offsets = ["kafka-get-offsets.sh", "--topic", "stamped"]
            for when, expected in [("latest", 100), ("earliest", 0), ("max-timestamp", 99), (start_ms + 41_500, 42)]:
                got = tool("3.9", *offsets, "--bootstrap-server", cluster.bootstrap, "--time", when)
                self.assertEqual(f"stamped:0:{expected}", got.strip(), when)
            for when, expected in [(-1, 100), (-2, 0), (start_ms + 41_500, 42)]:
                got = tool("2.8", *offsets, "--broker-list", cluster.bootstrap, "--time", when)
                self.assertEqual(f"stamped:0:{expected}", got.strip(), when)


class DescribeTest(unittest.TestCase):
    def test_versions_are_those_that_are_served(self):
        with Cluster(1) as cluster:
            text = tool("3.9", "kafka-broker-api-versions.sh", "--bootstrap-server", cluster.bootstrap)
            self.assertIn(f"127.0.0.1:{cluster.brokers[0].port} (id: 1 rack: null) -> (", text)
            served = dict(re.findall(r"^\t(\w+)\(\d+\): (\d+(?: to \d+)?) \[usable", text, re.M))
            self.assertRegex(served["Produce"], r"^0 to \d+$")
            for name in ["Fetch", "Metadata", "ListOffsets", "FindCoordinator", "OffsetCommit", "InitProducerId", "CreateTopics"]:
                self.assertIn(name, served)
            self.assertNotIn("UNKNOWN", text)
            self.assertNotIn("unusable", text)
            old = tool("2.8", "kafka-broker-api-versions.sh", "--bootstrap-server", cluster.bootstrap)
            self.assertEqual(served["Produce"], re.search(r"Produce\(0\): (\d+ to \d+)", old).group(1))

    def test_configs_of_topic_and_broker(self):
        with Cluster(1, log_retention_hours=5) as cluster:
            configs = ["kafka-configs.sh", "--bootstrap-server", cluster.bootstrap, "--describe"]
            tool("3.9", "kafka-topics.sh", "--bootstrap-server", cluster.bootstrap, "--create", "--topic", "set",
                 "--config", "retention.ms=123456", "--config", "cleanup.policy=compact,delete")
            text = tool("3.9", *configs, "--topic", "set")
            self.assertIn("Dynamic configs for topic set are:", text)
            self.assertRegex(text, r"retention\.ms=123456 sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:retention\.ms=123456")
            self.assertRegex(text, r"cleanup\.policy=compact,delete ")
            everything = tool("3.9", *configs, "--topic", "set", "--all")
            self.assertRegex(everything, r"segment\.bytes=1073741824 sensitive=false synonyms=\{DEFAULT_CONFIG:log\.segment\.bytes=1073741824\}")
            broker = tool("3.9", *configs, "--broker", "1", "--all")
            self.assertIn("All configs for broker 1 are:", broker)
            self.assertRegex(broker, r"log\.retention\.hours=5 sensitive=false synonyms=\{STATIC_BROKER_CONFIG:log\.retention\.hours=5")
            self.assertRegex(tool("2.8", *configs, "--entity-type", "topics", "--entity-name", "set"), r"retention\.ms=123456 ")

    def test_a_topic_config_in_zookeeper_is_served(self):
        with Cluster(1) as cluster:
            configs = ["kafka-configs.sh", "--bootstrap-server", cluster.bootstrap]
            kcat("-b", cluster.bootstrap, "-P", "-t", "set", data=b"x\n")
            zookeeper = cluster.zk()
            zookeeper.create("/config/topics/set", b"") if not zookeeper.exists("/config/topics/set") else None
            zookeeper.set("/config/topics/set", json.dumps({"version": 1, "config": {"retention.ms": "777"}}).encode())
            zookeeper.create("/config/changes/config_change_", json.dumps({"version": 2, "entity_path": "topics/set"}).encode(),
                             sequence=True)
            self.assertIn("retention.ms=777 ", tool("3.9", *configs, "--describe", "--topic", "set"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
