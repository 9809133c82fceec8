"""One broker process: start, serve, stop, be killed, and refuse what would do harm."""
import os
import re
import shutil
import subprocess
import unittest

from cluster import BINARIES, SANITIZED, Cluster, kcat, wait_until

LINES = "".join(f"line {i}\n" for i in range(20000)).encode()


class BrokerTest(unittest.TestCase):
    def test_every_codec_is_stored_and_read_back(self):
        with Cluster(1) as cluster:
            for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
                kcat("-b", cluster.bootstrap, "-P", "-t", f"t-{codec}", "-p", "0", "-z", codec, data=LINES)
                self.assertEqual(LINES, kcat("-b", cluster.bootstrap, "-C", "-t", f"t-{codec}", "-p", "0", "-e", "-q"), codec)

    def test_a_clean_stop_exits_0_and_keeps_everything(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            kcat("-b", cluster.bootstrap, "-P", "-t", "kept", "-p", "0", data=LINES)
            self.assertEqual(0, broker.stop())
            self.assertTrue(os.path.exists(f"{broker.data}/.kafka_cleanshutdown"))
            with open(f"{broker.data}/meta.properties") as meta:
                text = meta.read()
            self.assertIn("version=0", text)
            self.assertIn("broker.id=1", text)
            self.assertRegex(text, r"cluster\.id=[A-Za-z0-9_-]{22}")
            broker.start()
            self.assertEqual(LINES, kcat("-b", cluster.bootstrap, "-C", "-t", "kept", "-p", "0", "-e", "-q"))

    def test_a_kill_loses_nothing_acknowledged(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            kcat("-b", cluster.bootstrap, "-P", "-t", "kept", "-p", "0", "-X", "acks=all", data=LINES)
            broker.kill()
            wait_until(lambda: not cluster.zk().exists("/brokers/ids/1"), "end of the dead broker's session")
            broker.start()
            self.assertEqual(LINES, kcat("-b", cluster.bootstrap, "-C", "-t", "kept", "-p", "0", "-e", "-q"))

    def test_a_second_broker_on_the_same_directory_is_refused(self):
        with Cluster(2) as cluster:
            first, second = cluster.brokers
            second.stop()
            second.settings.update({"log.dirs": first.data, "broker.id": 1})
            second.launch()
            self.assertEqual(1, second.wait_exit())
            self.assertIn("lock", second.log())
            kcat("-b", f"127.0.0.1:{first.port}", "-L")

    def test_a_broker_id_that_is_alive_is_refused(self):
        with Cluster(2) as cluster:
            first, second = cluster.brokers
            second.stop()
            second.settings["broker.id"] = 1
            shutil.rmtree(second.data)
            second.launch()
            self.assertEqual(1, second.wait_exit())
            self.assertRegex(second.log(), r"(?i)/brokers/ids/1|broker id 1|already")
            self.assertTrue(cluster.zk().exists("/brokers/ids/1"))
            kcat("-b", f"127.0.0.1:{first.port}", "-L")

    def test_a_directory_of_another_broker_or_cluster_is_refused(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            broker.stop()
            broker.settings["broker.id"] = 7
            broker.launch()
            self.assertEqual(1, broker.wait_exit())
            self.assertIn("meta.properties", broker.log())
            broker.settings["broker.id"] = 1
            with open(f"{broker.data}/meta.properties") as meta:
                text = meta.read()
            with open(f"{broker.data}/meta.properties", "w") as meta:
                meta.write(re.sub(r"cluster\.id=.*", "cluster.id=AAAAAAAAAAAAAAAAAAAAAA", text))
            broker.launch()
            self.assertEqual(1, broker.wait_exit())
            self.assertIn("AAAAAAAAAAAAAAAAAAAAAA", broker.log())

    def test_wrong_settings_are_named(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            broker.stop()
            broker.launch("--override", "num.io.threads=0")
            self.assertEqual(1, broker.wait_exit())
            self.assertIn("num.io.threads", broker.log())
            self.assertIn("0", broker.log())

    def test_overrides_win_and_unknown_keys_only_warn(self):
        with Cluster(1) as cluster:
            broker = cluster.brokers[0]
            broker.stop()
            broker.settings["no.such.key"] = "1"
            broker.start("--override", "num.partitions=3")
            self.assertIn("no.such.key", broker.log())
            kcat("-b", cluster.bootstrap, "-P", "-t", "three", data=b"x\n")
            self.assertEqual(3, len(cluster.zk().get_children("/brokers/topics/three/partitions")))

    @unittest.skipIf(SANITIZED, "sanitizers need memory of their own")
    def test_an_empty_broker_is_small(self):
        with Cluster(1) as cluster:
            self.assertLess(cluster.brokers[0].rss_mb(), 20)

    def test_usage_errors_exit_1(self):
        done = subprocess.run([os.path.join(BINARIES, "kafka-server")], capture_output=True)
        self.assertEqual(1, done.returncode)
        self.assertIn(b"USAGE", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
