"""Our kafka-replica-verification.sh says what the JVM's says: of equal replicas, of replicas that differ, and of what it does not understand."""
import glob
import os
import re
import struct
import subprocess
import unittest

import peers
from cluster import BINARIES, ROOT, Cluster, kcat
from load import create_topic
from replica_logs import batches, wait_isr, wait_same_logs
from replica_verification import LINE, RELEASES, Verification

BROKERS = [1, 2]
LAST_OFFSET_DELTA = struct.Struct(">i")
LAST_OFFSET_DELTA_AT = 23
CRC_AT = 17
MESSAGE_COUNT = 12


def ended(release, *arguments):
    """(exit code, its lines without times, standard error) of a tool that ends by itself."""
    if release is None:
        done = subprocess.run([os.path.join(ROOT, "scripts/kafka-replica-verification.sh"), *arguments], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, "ODRADEK_BINARIES": BINARIES})
    else:
        done = peers.complete("tool", release, "kafka-replica-verification.sh", *arguments)
    lines = [LINE.fullmatch(line).group(1) for line in done.stdout.decode().splitlines() if LINE.fullmatch(line)]
    return done.returncode, lines, done.stderr.decode()


class ReplicaVerificationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(len(BROKERS), zookeeper_session_timeout_ms=4000))

    def fill(self, topic, sets=MESSAGE_COUNT):
        """Batches of two records each, on both brokers."""
        create_topic(self.cluster.bootstrap, topic, [BROKERS])
        for number in range(sets):
            kcat("-b", self.cluster.bootstrap, "-P", "-t", topic, "-X", "acks=all", "-X", "linger.ms=500", data=b"%d\nmore\n" % number)
        wait_same_logs(self.cluster.brokers, topic)
        self.assertEqual(sets, len(batches(self.cluster.brokers[0], topic)))

    def alter_follower(self, topic, number, change):
        """Changes a batch in the log of broker 2, which does not run meanwhile and looks at no batch when it starts after a clean stop."""
        follower = self.cluster.broker(2)
        self.assertEqual(0, follower.stop())
        path, = glob.glob(f"{follower.data}/{topic}-0/*.log")
        position = sum(len(data) for _, data in batches(follower, topic)[:number])
        with open(path, "r+b") as log:
            log.seek(position)
            batch = bytearray(log.read(61))
            change(batch)
            log.seek(position)
            log.write(batch)
        follower.start()
        wait_isr(self.cluster, topic, BROKERS)

    def arguments(self, topic, *more):
        return ["--broker-list", self.cluster.bootstrap, "--topics-include", topic, "--report-interval-ms", "100", "--max-wait-ms", "50", *more]

    def test_equal_replicas(self):
        self.fill("equal")
        said = {}
        for release in RELEASES:
            topics = "--topic-white-list" if release == "2.8" else "--topics-include"
            arguments = ["--time", "-2", *(topics if each == "--topics-include" else each for each in self.arguments("equal"))]
            with Verification(self.cluster.directory, release, *arguments) as tool:
                tool.wait_said(r"max lag is 0 for .*")
                said[release or "ours"] = tool.said()[:2]
        said["2.8"][0] = said["2.8"][0].rstrip(".")
        for release, lines in said.items():
            self.assertEqual(["verification process is started",
                              f"max lag is 0 for partition equal-0 at offset {2 * MESSAGE_COUNT} among 1 partitions"], lines, release)

    def test_it_begins_where_time_says(self):
        self.fill("begun")
        for time in "-1", "1000":
            with Verification(self.cluster.directory, None, *self.arguments("begun", "--time", time, "--fetch-size", "1")) as tool:
                tool.wait_said(rf"max lag is 0 for partition begun-0 at offset {2 * MESSAGE_COUNT} among 1 partitions")
        code, _, errors = ended(None, *self.arguments("begun", "--time", "99999999999999"))
        self.assertEqual(1, code)
        self.assertIn("partition begun-0 has no record at or after --time 99999999999999", errors)

    def test_checksums_that_differ(self):
        def flip(batch):
            batch[CRC_AT] ^= 1
        self.fill("flipped")
        self.alter_follower("flipped", 3, flip)
        said = {}
        for release in RELEASES[:1] + [None]:
            with Verification(self.cluster.directory, release, *self.arguments("flipped", "--time", "-2")) as tool:
                tool.wait_said(r"max lag is 0 for .*")
                said[release] = tool.said()[:3]
        self.assertEqual(said["3.9"], said[None])
        self.assertRegex(said[None][1], r"partition flipped-0 has unmatched checksum at offset 7; replica 1's checksum \d+; replica 2's checksum \d+")

    def test_offsets_that_differ_end_it(self):
        def shorten(batch):
            LAST_OFFSET_DELTA.pack_into(batch, LAST_OFFSET_DELTA_AT, 0)
        self.fill("shortened")
        self.alter_follower("shortened", 2, shorten)
        arguments = self.arguments("shortened", "--time", "-2")
        wanted = "partition shortened-0: replica 1's offset 5 doesn't match replica 2's offset 4"
        # The JVM's says so too, but its threads then wait for each other instead of ending with 1.
        with Verification(self.cluster.directory, "3.9", *arguments) as tool:
            tool.wait_said(re.escape(wanted))
        code, lines, errors = ended(None, *arguments)
        self.assertEqual((1, wanted), (code, lines[-1]), errors)

    def test_command_lines_that_mean_nothing(self):
        """The line that says what is wrong, and the exit code, are the JVM's."""
        servers = self.cluster.bootstrap
        for arguments, wanted in (
                ([], r"Validate that all replicas for a set of topics have the same data\."),
                (["--time", "-1"], r'Missing required argument "\[broker-list\]"'),
                (["--broker-list", servers, "--topics-include", "a", "--topic-white-list", "b"],
                 r'Option "\[topics-include\]" can\'t be used with option "\[topic-white-list\]"'),
                (["--broker-list", servers, "--topics-include", "[a"], r"\[a is an invalid regex"),
                (["--broker-list", servers, "--topics-include", "nobody-has-this"],
                 r"No topics found\. \[topics-include\] if specified, is either filtering out all topics or there is no topic\.")):
            for release in "3.9", None:
                code, lines, errors = ended(release, *arguments)
                self.assertEqual((1, []), (code, lines), (release, arguments, errors))
                self.assertTrue(re.search(wanted, errors), (release, arguments, errors))

    def test_a_signal_ends_it(self):
        self.fill("ended", 1)
        with Verification(self.cluster.directory, None, *self.arguments("ended")) as tool:
            tool.wait_said("verification process is started")
            tool.process.terminate()
            self.assertEqual(128 + 15, tool.wait_exit())


if __name__ == "__main__":
    unittest.main(verbosity=2)
