"""Records that were committed and are gone after a crash of the machine are not led away in silence; and a leader that is alone has on its disk
what it acknowledges."""
import os
import shutil
import subprocess
import unittest

import wire
from cluster import BINARIES, ROOT, Cluster, wait_until
from load import create_topic, read_all
from replica_logs import batches, state_of, wait_isr, wait_same_logs
from shared_cluster import wait_gone

CHECK = "unclean.restart.check.enable"
SETTINGS = dict(replica_lag_time_max_ms=3000, replica_fetch_backoff_ms=200)
NOT_LEADER_OR_FOLLOWER = 6


def checkpointed(broker, name, topic):
    """The offset of the topic's partition 0 in one of the broker's checkpoint files; None when it is not there."""
    path = os.path.join(broker.data, name)
    if not os.path.exists(path):
        return None
    with open(path) as checkpoint:
        lines = [line.split() for line in checkpoint.read().splitlines()[2:]]
    return next((int(words[2]) for words in lines if words[:2] == [topic, "0"]), None)


def tool(cluster, name, *arguments):
    """Runs one of our tools; (exit code, what it said)."""
    done = subprocess.run([os.path.join(ROOT, "scripts", name), "--bootstrap-server", cluster.bootstrap, *arguments],
                          capture_output=True, text=True, timeout=60, env={**os.environ, "ODRADEK_BINARIES": BINARIES})
    return done.returncode, done.stdout + done.stderr


def values(cluster, topic):
    return [value for _, value in read_all(cluster.bootstrap, topic, 1)[0]]


class LostRecordsCase(unittest.TestCase):
    def append(self, broker, topic, *added, acks=-1):
        """Acknowledged batches of one record each; a broker that is said to lead may not have heard of it yet."""
        with wire.Connection(broker.port) as connection:
            for value in added:
                def answer():
                    error = wire.produce(connection, topic, 0, wire.batch([value]), acks)[0]
                    return None if error == NOT_LEADER_OR_FOLLOWER else (error,)
                self.assertEqual((0,), wait_until(answer, f"leadership of {topic} by broker {broker.id}"))

    def wait_led(self, cluster, topic, leader):
        wait_until(lambda: state_of(cluster, topic)[0] == leader, f"leader {leader} of {topic}")

    def wait_recorded(self, broker, topic, offset):
        wait_until(lambda: checkpointed(broker, "replication-offset-checkpoint", topic) == offset, "record of what is committed")

    def crash(self, cluster, broker, topic, kept):
        """kill -9, and of the partition's log only so many batches were on the disk."""
        broker.kill()
        wait_gone(cluster, broker)
        if kept is not None:
            os.truncate(f"{broker.data}/{topic}-0/{0:020}.log", sum(len(data) for _, data in batches(broker, topic)[:kept]))

    def start_refused(self, cluster, broker, topic):
        broker.start()
        said = f"partition {topic}-0 is not led by this broker: its log ends at offset 3"
        wait_until(lambda: said in broker.log()[broker.mark:], "refusal")
        self.assertIn("offsets 3 to 4 are lost here", broker.log()[broker.mark:])
        self.wait_led(cluster, topic, -1)

    def sole_replica(self, cluster, topic):
        """Five acknowledged records, recorded as committed, on the only replica."""
        create_topic(cluster.bootstrap, topic, [[1]])
        self.append(cluster.brokers[0], topic, b"0", b"1", b"2", b"3", b"4")
        self.wait_recorded(cluster.brokers[0], topic, 5)


class LostRecordsTest(LostRecordsCase):
    def test_of_the_only_replica_they_are_given_up_by_the_operator_alone(self):
        with Cluster(1, **SETTINGS) as cluster:
            broker = cluster.brokers[0]
            self.sole_replica(cluster, "sole")
            self.crash(cluster, broker, "sole", 3)
            self.start_refused(cluster, broker, "sole")
            self.assertEqual(0, broker.stop())
            self.start_refused(cluster, broker, "sole")  # a stop in order makes nothing good
            with wire.Connection(broker.port) as connection:
                self.assertNotEqual(0, wire.produce(connection, "sole", 0, wire.batch([b"x"]))[0])
            code, said = tool(cluster, "kafka-configs.sh", "--alter", "--entity-type", "topics", "--entity-name", "sole",
                              "--add-config", "unclean.leader.election.enable=true")
            self.assertEqual(0, code, said)

            def elected():
                tool(cluster, "kafka-leader-election.sh", "--election-type", "unclean", "--topic", "sole", "--partition", "0")
                return state_of(cluster, "sole")[0] == 1
            wait_until(elected, "election by the operator")
            self.append(broker, "sole", b"new")
            self.assertEqual(["0", "1", "2", "new"], values(cluster, "sole"))
            self.wait_recorded(broker, "sole", 4)
            self.crash(cluster, broker, "sole", None)
            broker.start()  # what was given up is not missed again
            self.wait_led(cluster, "sole", 1)
            self.assertEqual(["0", "1", "2", "new"], values(cluster, "sole"))

    def test_without_the_check_the_rest_is_led_as_by_the_jvm(self):
        with Cluster(1, **SETTINGS) as cluster:
            broker = cluster.brokers[0]
            self.sole_replica(cluster, "rest")
            self.crash(cluster, broker, "rest", 3)
            broker.settings[CHECK] = "false"
            broker.start()
            self.wait_led(cluster, "rest", 1)
            self.append(broker, "rest", b"new")
            self.assertEqual(["0", "1", "2", "new"], values(cluster, "rest"))
            self.assertEqual(0, broker.stop())
            del broker.settings[CHECK]
            broker.start()
            self.wait_led(cluster, "rest", 1)
            self.assertEqual(["0", "1", "2", "new"], values(cluster, "rest"))

    def test_where_none_are_missing_every_start_leads(self):
        with Cluster(1, **SETTINGS) as cluster:
            broker = cluster.brokers[0]
            self.sole_replica(cluster, "whole")
            self.crash(cluster, broker, "whole", None)
            broker.start()
            self.wait_led(cluster, "whole", 1)
            self.append(broker, "whole", b"5")
            self.assertEqual(0, broker.stop())
            broker.start()
            self.wait_led(cluster, "whole", 1)
            self.assertEqual([str(i) for i in range(6)], values(cluster, "whole"))

    def test_a_partition_deleted_from_the_disk_is_missed_a_whole_directory_is_not(self):
        with Cluster(1, **SETTINGS) as cluster:
            broker = cluster.brokers[0]
            self.sole_replica(cluster, "gone")
            broker.kill()
            wait_gone(cluster, broker)
            shutil.rmtree(f"{broker.data}/gone-0")
            broker.start()
            wait_until(lambda: "offsets 0 to 4 are lost here" in broker.log()[broker.mark:], "refusal")
            self.wait_led(cluster, "gone", -1)
            self.assertEqual(0, broker.stop())
            shutil.rmtree(broker.data)  # and with it what was recorded
            broker.start()
            self.wait_led(cluster, "gone", 1)
            self.assertEqual([], values(cluster, "gone"))

    def test_another_replica_that_the_operator_elects_is_followed(self):
        with Cluster(2, **SETTINGS) as cluster:
            first, second = cluster.brokers
            create_topic(cluster.bootstrap, "two", [[1, 2]])
            self.append(first, "two", b"0", b"1")
            wait_isr(cluster, "two", [1, 2])
            wait_same_logs(cluster.brokers, "two")
            self.assertEqual(0, second.stop())
            wait_isr(cluster, "two", [1])
            self.append(first, "two", b"2", b"3", b"4")
            self.wait_recorded(first, "two", 5)
            self.crash(cluster, first, "two", 3)
            self.start_refused(cluster, first, "two")
            second.start()
            cluster.wait_registered(2)

            def elected():
                tool(cluster, "kafka-leader-election.sh", "--election-type", "unclean", "--topic", "two", "--partition", "0")
                return state_of(cluster, "two")[0] == 2
            wait_until(elected, "election of the other replica")
            self.append(second, "two", b"new")
            wait_isr(cluster, "two", [1, 2])
            wait_same_logs(cluster.brokers, "two")
            self.assertEqual(["0", "1", "new"], values(cluster, "two"))

    def test_a_follower_has_on_its_disk_what_flush_messages_wants_before_it_counts_as_copied(self):
        with Cluster(2, log_flush_offset_checkpoint_interval_ms=200, log_initial_task_delay_ms=200, **SETTINGS) as cluster:
            first, second = cluster.brokers
            create_topic(cluster.bootstrap, "flushed", [[1, 2]], flush_messages=1)
            self.append(first, "flushed", b"0", b"1")
            for broker in cluster.brokers:
                wait_until(lambda: checkpointed(broker, "recovery-point-offset-checkpoint", "flushed") == 2, "sync of a follower")
            wait_isr(cluster, "flushed", [1, 2])

    def test_a_leader_that_is_alone_has_on_its_disk_what_it_acknowledges(self):
        with Cluster(2, log_flush_offset_checkpoint_interval_ms=200, log_initial_task_delay_ms=200, **SETTINGS) as cluster:
            first, second = cluster.brokers
            create_topic(cluster.bootstrap, "alone", [[1, 2]])
            self.append(first, "alone", b"0", b"1")
            wait_isr(cluster, "alone", [1, 2])
            self.wait_recorded(first, "alone", 2)
            self.assertEqual(0, checkpointed(first, "recovery-point-offset-checkpoint", "alone"))
            self.assertEqual(0, second.stop())
            wait_isr(cluster, "alone", [1])
            self.append(first, "alone", b"2", b"3")

            def flushed(offset):
                return lambda: checkpointed(first, "recovery-point-offset-checkpoint", "alone") == offset
            wait_until(flushed(4), "sync of what was acknowledged")
            self.append(first, "alone", b"4", acks=1)
            wait_until(flushed(5), "sync of what consumers see")
            self.wait_recorded(first, "alone", 5)
            second.start()
            wait_isr(cluster, "alone", [1, 2])
            self.append(first, "alone", b"5")
            self.wait_recorded(first, "alone", 6)
            self.assertTrue(flushed(5)())
            self.assertEqual(0, first.stop())
            self.assertEqual([str(i) for i in range(6)], values(cluster, "alone"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
