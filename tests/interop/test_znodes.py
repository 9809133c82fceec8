"""After the same steps, ZooKeeper holds the same with our broker as with the JVM's."""
import json
import re
import unittest

import confluent_kafka
from confluent_kafka.admin import AdminClient, NewTopic
from kazoo.client import KazooClient

import peers
from cluster import DEADLINE_S, wait_until

# What differs from run to run, by key, whoever the broker is.
OWN_VALUES = {"timestamp": r"\d{13}", "topic_id": r"[\w-]{22}", "id": r"[\w-]{22}", "port": r"\d+"}


def normalised(value, ports):
    if isinstance(value, dict):
        plain = {key: normalised(item, ports) for key, item in value.items()}
        for key, pattern in OWN_VALUES.items():
            if re.fullmatch(pattern, str(plain.get(key, ""))):
                plain[key] = f"some {key} as {type(plain[key]).__name__}"
        return plain
    if isinstance(value, list):
        return [normalised(item, ports) for item in value]
    if isinstance(value, str):
        for port in ports:
            value = value.replace(f":{port}", ":PORT")
    return value


def dump(cluster):
    """{path: what can be compared} of everything below the chroot, and the chroot's neighbours' names."""
    client = KazooClient(f"127.0.0.1:{cluster.zookeeper.port}")
    client.start()
    ports = [broker.port for broker in cluster.brokers]
    found = {"/": sorted(client.get_children("/"))}

    def visit(path):
        data, stat = client.get(path)
        try:
            value = normalised(json.loads(data), ports) if data else data
        except ValueError:
            value = data
        found[path] = {"value": value, "data version": stat.version, "ephemeral": stat.ephemeralOwner != 0,
                       "acl": [(acl.perms, acl.id.scheme, acl.id.id) for acl in client.get_acls(path)[0]]}
        for child in client.get_children(path):
            visit(f"{path}/{child}")

    visit("/kafka")
    client.stop()
    client.close()
    return found


def steps(cluster):
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
    topics = [NewTopic("kept", 2, 1, config={"retention.ms": "123456", "cleanup.policy": "compact"}), NewTopic("gone", 3, 1)]
    for future in admin.create_topics(topics).values():
        future.result(DEADLINE_S)
    for topic, partitions in [("kept", 2), ("gone", 3)]:
        for i in range(partitions):
            path = f"/brokers/topics/{topic}/partitions/{i}/state"
            wait_until(lambda path=path: cluster.zk().exists(path), f"leader at {path}")
    producer = confluent_kafka.Producer({"bootstrap.servers": cluster.bootstrap, "enable.idempotence": True,
                                         "allow.auto.create.topics": True})
    producer.produce("auto-created", b"value", b"key")
    assert producer.flush(DEADLINE_S) == 0
    for future in admin.delete_topics(["gone"]).values():
        future.result(DEADLINE_S)
    wait_until(lambda: not cluster.zk().exists("/brokers/topics/gone"), "deletion of a topic")
    wait_until(lambda: not cluster.zk().get_children("/admin/delete_topics"), "end of the deletion")


def differences(theirs, ours):
    for path in sorted(theirs.keys() | ours.keys()):
        if path not in ours:
            yield f"{path}: only the JVM's broker makes it: {theirs[path]}"
        elif path not in theirs:
            yield f"{path}: only our broker makes it: {ours[path]}"
        elif theirs[path] != ours[path]:
            yield f"{path}:\n    JVM  {theirs[path]}\n    ours {ours[path]}"


class ZnodesTest(unittest.TestCase):
    def after_steps(self, release, **settings):
        with peers.ChangingCluster(1, release=release, **settings) as cluster:
            steps(cluster)
            running = dump(cluster)
            cluster.brokers[0].stop()
            return running, dump(cluster)

    def compare(self, release, **settings):
        theirs, ours = self.after_steps(release, **settings), self.after_steps(None, **settings)
        for when, one, other in zip(["while running", "after a clean stop"], theirs, ours):
            found = "\n".join(differences(one, other))
            self.assertEqual("", found, f"{when}:\n{found}")

    def test_with_the_newest_protocol(self):
        self.compare("3.9")

    def test_with_an_old_protocol(self):
        """As in the middle of an upgrade from 2.8."""
        self.compare("3.9", inter_broker_protocol_version="2.8")


if __name__ == "__main__":
    unittest.main(verbosity=2)
