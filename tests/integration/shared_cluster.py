"""A test class whose tests share one cluster; what a test kills is started again before the next."""
import os
import signal
import unittest

from cluster import Cluster, wait_until
from wire import metadata


class EndsItsCluster:
    """Beside a TestCase: the class's `cluster` ends with it, and is kept to be looked at when a test `failed`."""
    failed = None

    @classmethod
    def tearDownClass(cls):
        cls.cluster.__exit__(cls.failed and AssertionError, None, None)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            type(self).failed = self.id()


class SharedClusterTest(EndsItsCluster, unittest.TestCase):
    brokers = 3
    ssl = False
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(cls.brokers, ssl=cls.ssl, **cls.settings).__enter__()

    def setUp(self):
        cluster = self.cluster
        if cluster.zookeeper.process is None:
            cluster.zookeeper.start()
        os.kill(cluster.zookeeper.process.pid, signal.SIGCONT)
        for broker in cluster.brokers:
            if broker.process is not None and broker.process.poll() is None:
                os.kill(broker.process.pid, signal.SIGCONT)
                continue
            broker.process = None
            wait_gone(cluster, broker)
            broker.start()
        cluster.wait_registered(len(cluster.brokers))
        wait_agreement(cluster)

    def tearDown(self):
        for broker in self.cluster.brokers:
            if broker.process is not None:
                self.assertIsNone(broker.process.poll(), f"broker {broker.id} crashed:\n{broker.log()[-3000:]}")


def wait_agreement(cluster, leaders=None):
    """Until all running brokers list each other and ZooKeeper's controller, and these {topic: [leader of each partition]}."""
    leaders = leaders or {}
    running = [broker for broker in cluster.brokers if broker.process is not None]
    want_brokers = {(broker.id, "127.0.0.1", broker.port) for broker in running}

    def leaders_of(believed, topic):
        return [leader for _, (_, leader) in sorted(believed.get(topic, {}).items())]

    def agreed():
        for broker in running:
            brokers, controller, believed = metadata(broker.port, list(leaders))
            if brokers != want_brokers or controller != cluster.controller():
                return False
            if any(leaders_of(believed, topic) != wanted for topic, wanted in leaders.items()):
                return False
        return True
    wait_until(agreed, f"agreement of {sorted(broker.id for broker in running)} about themselves and {leaders}")


def wait_gone(cluster, broker):
    """Until the session of a broker that ended is over."""
    wait_until(lambda: not cluster.zk().exists(f"/brokers/ids/{broker.id}"), f"end of the session of broker {broker.id}")
