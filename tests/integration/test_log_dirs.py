"""Log directories that fail while the broker runs or before it starts: the others go on, the cluster is told, nothing is lost."""
import os
import unittest

import wire
from cluster import Cluster, kcat, wait_until

STORAGE_ERROR = 56
QUICK_CHECKPOINTS = dict(log_flush_offset_checkpoint_interval_ms=300, log_initial_task_delay_ms=300,
                         replica_high_watermark_checkpoint_interval_ms=300)


class DirsCluster(Cluster):
    """Every broker with the log directories a and b."""

    def __init__(self, brokers=1, **settings):
        super().__init__(brokers, **QUICK_CHECKPOINTS, **settings)
        for broker in self.brokers:
            broker.dirs = [f"{broker.directory}/{name}" for name in "ab"]
            broker.settings["log.dirs"] = ",".join(broker.dirs)


def lose(path):
    """The directory's disk is gone: whatever is opened in it fails."""
    os.rename(path, path + ".lost")
    with open(path, "w"):
        pass


def mend(path):
    os.remove(path)
    os.rename(path + ".lost", path)


def place(broker, name):
    [path] = [path for path in broker.dirs if os.path.isdir(os.path.join(path, name))]
    return path


class FailureTest(unittest.TestCase):
    def produce_error(self, broker, topic, partition):
        with wire.Connection(broker.port) as connection:
            return wire.produce(connection, topic, partition, wire.batch([b"x"]), acks=1)[0]

    def test_partitions_move_to_other_brokers_and_the_rest_stays(self):
        with DirsCluster(2, default_replication_factor=2, num_partitions=4) as cluster:
            broker = cluster.brokers[0]
            kcat("-b", cluster.bootstrap, "-P", "-t", "spread", "-X", "acks=1", data=b"one\n")

            def leaders():
                believed = wire.metadata(cluster.brokers[1].port, ["spread"])[2].get("spread", {})
                return {partition: leader for partition, (error, leader) in believed.items() if error == 0}
            wait_until(lambda: len(leaders()) == 4 and set(leaders().values()) == {1, 2}, "leaders on both brokers")
            led = [partition for partition, leader in leaders().items() if leader == 1]
            for partition in led:  # the other broker may have heard of it first
                wait_until(lambda: self.produce_error(broker, "spread", partition) == 0, f"leadership of spread-{partition}")
            lost_dir = place(broker, f"spread-{led[0]}")
            lost = [partition for partition in range(4) if place(broker, f"spread-{partition}") == lost_dir]
            kept = [partition for partition in led if partition not in lost]
            lose(lost_dir)
            wait_until(lambda: all(leaders().get(partition) == 2 for partition in lost), "new leaders of the lost partitions")
            for partition in lost:
                self.assertEqual(STORAGE_ERROR, self.produce_error(broker, "spread", partition))
            for partition in kept:
                self.assertEqual(1, leaders()[partition])
                self.assertEqual(0, self.produce_error(broker, "spread", partition))
            self.assertIn("1", {str(id) for id in cluster.zk().get_children("/brokers/ids")})
            wait_until(lambda: not cluster.zk().get_children("/log_dir_event_notification"), "end of the notification")

    def test_a_bad_directory_is_left_out_at_the_start_and_taken_back_when_mended(self):
        with DirsCluster(1, num_partitions=2) as cluster:
            broker = cluster.brokers[0]
            for partition in range(2):
                kcat("-b", cluster.bootstrap, "-P", "-t", "kept", "-p", str(partition), data=b"one\n")
            bad = place(broker, "kept-0")
            good = place(broker, "kept-1")
            self.assertNotEqual(bad, good)
            self.assertEqual(0, broker.stop())
            lose(bad)
            broker.start()
            wait_until(lambda: self.produce_error(broker, "kept", 1) == 0, "the partition in the good directory")
            wait_until(lambda: self.produce_error(broker, "kept", 0) == STORAGE_ERROR, "the error of the lost partition")
            kcat("-b", cluster.bootstrap, "-P", "-t", "new", "-p", "0", data=b"one\n")
            kcat("-b", cluster.bootstrap, "-P", "-t", "new", "-p", "1", data=b"one\n")
            self.assertEqual([good, good], [place(broker, f"new-{partition}") for partition in range(2)])
            self.assertEqual(0, broker.stop())
            mend(bad)
            broker.start()
            wait_until(lambda: self.produce_error(broker, "kept", 0) == 0, "the partition in the mended directory")
            self.assertEqual(b"one\nx\n", kcat("-b", cluster.bootstrap, "-C", "-t", "kept", "-p", "0", "-e", "-q"))

    def test_without_any_directory_the_broker_ends(self):
        with DirsCluster(1) as cluster:
            broker = cluster.brokers[0]
            for path in broker.dirs:
                lose(path)
            self.assertEqual(1, broker.wait_exit())
            self.assertIn("no log directory is left", broker.log())
            with self.assertRaises(AssertionError):
                broker.start()
            self.assertIn("none of the directories of log.dirs can be used", broker.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
