"""Three brokers and three ZooKeeper servers, each in a network namespace of its own, and everything that can go wrong with them."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.normpath(os.path.join(HERE, "..", folder)) for folder in ("integration", "interop")]

import cluster as harness  # noqa: E402  (the path above is needed first)
import peers  # noqa: E402
from link import Link  # noqa: E402
from network import Network, end_with_parent  # noqa: E402
from schedule import BROKERS, SESSION_TIMEOUT_S, ZOOKEEPERS  # noqa: E402

BROKER_PORT = 9092
CLIENT_PORT = 2181
LINK_PORT = 2180  # with the number of the ZooKeeper server added
# What a broker may say that cannot start: the JVM's and ours.
MAY_END_A_START = ("NodeExists", "belongs to another ZooKeeper session", "Timed out waiting for connection", "ZooKeeperClientTimeout",
                   "no session with ZooKeeper", "session expired", "SessionExpiredException")


class ZooKeeperServer:
    """One member of the ensemble."""

    def __init__(self, directory, number, nodes):
        self.node = nodes[number]
        self.directory = directory
        self.process = None
        os.makedirs(os.path.join(directory, "data"))
        with open(os.path.join(directory, "data/myid"), "w") as identity:
            identity.write(str(number))
        members = "".join(f"server.{each}={node.address}:2888:3888\n" for each, node in nodes.items())
        with open(os.path.join(directory, "zoo.cfg"), "w") as config:
            config.write(f"tickTime=500\ninitLimit=20\nsyncLimit=6\ndataDir={directory}/data\nclientPort={CLIENT_PORT}\n"
                         "admin.enableServer=false\n4lw.commands.whitelist=*\nmaxClientCnxns=0\n"
                         f"minSessionTimeout=1000\n{members}")

    def start(self):
        with open(os.path.join(self.directory, "log"), "a") as log:
            self.process = subprocess.Popen(
                [*self.node.prefix, "java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                 "-cp", f"{self.directory}:{harness.JARS}/zookeeper.jar:{harness.JARS}/slf4j-simple.jar",
                 "org.apache.zookeeper.server.quorum.QuorumPeerMain", f"{self.directory}/zoo.cfg"],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)

    def serves(self):
        return "Mode:" in harness.four_letter_word(self.node.address, CLIENT_PORT, "srvr")

    def signal(self, number):
        if self.process:
            os.kill(self.process.pid, number)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class FaultBroker(peers.ChangingBroker):
    """A broker in its namespace, which reaches each ZooKeeper server through a link of its own."""

    def __init__(self, cluster, broker_id, settings):
        node = cluster.broker_nodes[broker_id]
        self.host = node.address
        self.prefix = node.prefix
        self.links = [Link(node.gateway, LINK_PORT + number, (server.node.address, CLIENT_PORT))
                      for number, server in cluster.ensemble.items()]
        super().__init__(cluster, broker_id, settings)
        self.port = BROKER_PORT
        self.settings["listeners"] = f"PLAINTEXT://{self.host}:{self.port}"

    def zookeeper_connect(self):
        return ",".join(link.address for link in self.links) + "/kafka"

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.alive():
            os.kill(self.process.pid, number)

    def serves(self):
        """One that came back before its old session had expired, or while it could not reach ZooKeeper or was too slow for it, has said
        so and ended; then once more."""
        alive = self.alive()  # before what it said last
        said = self.log()[self.mark:]
        started = f"[KafkaServer id={self.id}] started" in said
        if alive:
            return started
        if started or not any(words in said for words in MAY_END_A_START):
            raise AssertionError(f"broker {self.id} ended with {self.process and self.process.returncode}:\n{said[-3000:]}")
        self.launch()
        return False


class FaultCluster:
    """As a context. `releases`: for each broker None for ours or the JVM's release."""
    certificates = None

    def __init__(self, releases=(None, None, None), **settings):
        self.directory = tempfile.mkdtemp(prefix="odradek-faults-")
        self.network = Network()
        self.broker_nodes = {number: self.network.add_node() for number in BROKERS}
        nodes = {number: self.network.add_node() for number in ZOOKEEPERS}
        self.ensemble = {number: ZooKeeperServer(os.path.join(self.directory, f"zookeeper-{number}"), number, nodes)
                         for number in ZOOKEEPERS}
        common = {
            "zookeeper.session.timeout.ms": SESSION_TIMEOUT_S * 1000, "zookeeper.connection.timeout.ms": 18000, "replica.lag.time.max.ms": 4000,
            "replica.socket.timeout.ms": 5000, "controller.socket.timeout.ms": 5000, "request.timeout.ms": 10000,
            # A JVM broker that has not heard of a topic yet tries to make it when asked for it, and finds that it exists; but with a
            # factor above the brokers that are there it tells the client that instead, which takes it as the end of the topic.
            "min.insync.replicas": 2, "default.replication.factor": 1, "unclean.leader.election.enable": "false",
            "offsets.topic.replication.factor": 3, "auto.leader.rebalance.enable": "true",
            "leader.imbalance.check.interval.seconds": 5, "log.segment.bytes": 1 << 20, **settings}
        self.brokers = [FaultBroker(self, number, common) for number in BROKERS]
        for broker, release in zip(self.brokers, releases):
            broker.release = release
        self.client = None

    def __enter__(self):
        try:
            for server in self.ensemble.values():
                server.start()
            for server in self.ensemble.values():
                harness.wait_until(server.serves, "serving ZooKeeper")
            for broker in self.brokers:
                broker.launch()
            self.wait_served()
            self.wait_registered()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, *_):
        self.close()
        for broker in self.brokers:
            broker.check_sanitizer()  # also where something else broke: that may be why
        if kind is None:
            shutil.rmtree(self.directory, ignore_errors=True)
        return False

    def close(self):
        if self.client:
            self.client.close()
        for broker in self.brokers:
            broker.signal(signal.SIGCONT)
            broker.end()
        for server in self.ensemble.values():
            server.kill()
        for broker in self.brokers:
            for link in broker.links:
                link.close()
        self.network.close()

    @property
    def bootstrap(self):
        return ",".join(f"{broker.host}:{broker.port}" for broker in self.brokers)

    def broker(self, broker_id):
        return self.brokers[broker_id - 1]

    def zk(self):
        if self.client is None:
            hosts = ",".join(f"{server.node.address}:{CLIENT_PORT}" for server in self.ensemble.values())
            self.client = harness.PatientClient(hosts + "/kafka")
        return self.client

    def json(self, path):
        """The value of a znode; None when there is none."""
        try:
            data = self.zk().get(path)[0]
        except harness.NoNodeError:
            return None
        return json.loads(data)

    def controller(self):
        value = self.json("/controller")
        return value and value["brokerid"]

    def state(self, topic, partition):
        return self.json(f"/brokers/topics/{topic}/partitions/{partition}/state")

    def wait_served(self):
        for broker in self.brokers:
            harness.wait_until(broker.serves, f"service of broker {broker.id}")

    def wait_registered(self):
        def registered():
            ids = self.zk().exists("/brokers/ids") and self.zk().get_children("/brokers/ids")
            return ids and len(ids) == len(self.brokers) and self.controller() is not None
        harness.wait_until(registered, "registration of every broker and a controller")

    def wait_in_sync(self, topics):
        """Until every replica of every partition is in sync and led."""
        def in_sync():
            states = [self.state(topic, partition) for topic, count in topics.items() for partition in range(count)]
            return all(state and state["leader"] > 0 and len(state["isr"]) == len(self.brokers) for state in states)
        harness.wait_until(in_sync, f"full ISR of {', '.join(topics)}")


class Faults:
    """Does what a Fault says, and undoes it; notes whom it hit."""

    def __init__(self, cluster, topic):
        self.cluster = cluster
        self.topic = topic
        self.kind = None  # of the fault that is begun
        self.hits = set()  # (kind of fault, kind of server)
        self.terminated = []

    def begin(self, fault):
        """The function that undoes it."""
        self.kind = fault.kind
        return getattr(self, fault.kind)(*fault.targets)

    def hit(self, *ids):
        self.hits.update((self.kind, self.cluster.broker(each).release or "ours") for each in ids)

    def kill_broker(self, *ids):
        self.hit(*ids)
        brokers = [self.cluster.broker(each) for each in ids]
        for broker in brokers:
            broker.kill()

        def restart():
            for broker in brokers:
                if not broker.alive():
                    broker.launch()
        return restart

    kill_two_brokers = kill_broker

    def settle(self):
        """Once everything is undone: every broker serves."""
        for broker, process in self.terminated:
            if broker.process is process:
                harness.wait_until(lambda: not broker.alive(), f"end of broker {broker.id} after SIGTERM")
                broker.launch()
        self.cluster.wait_served()

    def kill_controller(self):
        return self.kill_broker(self.cluster.controller() or BROKERS[0])

    def kill_leader(self):
        state = self.cluster.state(self.topic, 0)
        return self.kill_broker(state["leader"] if state and state["leader"] > 0 else BROKERS[0])

    def terminate_broker(self, broker_id):
        """Its end is awaited in settle(): until then it may be stopped, or without the controller that it asks to take over."""
        self.hit(broker_id)
        broker = self.cluster.broker(broker_id)
        if broker.alive():
            broker.process.terminate()
            self.terminated.append((broker, broker.process))
        return lambda: None

    def stop_broker(self, broker_id):
        self.hit(broker_id)
        broker = self.cluster.broker(broker_id)
        broker.signal(signal.SIGSTOP)
        return lambda: broker.signal(signal.SIGCONT)

    def cut(self, pairs):
        nodes = self.cluster.broker_nodes
        for source, target in pairs:
            self.hit(source, target)
            self.cluster.network.cut(nodes[source], nodes[target])

        def heal():
            for source, target in pairs:
                self.cluster.network.restore(nodes[source], nodes[target])
        return heal

    def isolate_broker(self, broker_id):
        """From the other brokers; clients and ZooKeeper still reach it."""
        others = [each for each in BROKERS if each != broker_id]
        return self.cut([(broker_id, other) for other in others] + [(other, broker_id) for other in others])

    def isolate_broker_wholly(self, broker_id):
        heal = self.isolate_broker(broker_id)
        give_back = self.cut_zookeeper_of(broker_id)

        def restore():
            heal()
            give_back()
        return restore

    def cut_two_brokers(self, one, other):
        return self.cut([(one, other), (other, one)])

    def cut_one_way(self, source, target):
        return self.cut([(source, target)])

    def hold(self, *ids):
        """No byte between these brokers and ZooKeeper."""
        self.hit(*ids)
        links = [link for each in ids for link in self.cluster.broker(each).links]
        for link in links:
            link.hold()

        def release():
            for link in links:
                link.release()
        return release

    def cut_zookeeper_of(self, broker_id):
        return self.hold(broker_id)

    def lose_zookeeper(self):
        return self.hold(*BROKERS)

    def slow_zookeeper(self):
        self.hit(*BROKERS)
        links = [link for broker in self.cluster.brokers for link in broker.links]
        for link in links:
            link.delay_s = 0.3

        def speed_up():
            for link in links:
                link.delay_s = 0.0
        return speed_up

    def kill_zookeeper(self, number):
        self.hits.add((self.kind, "ZooKeeper"))
        server = self.cluster.ensemble[number]
        server.kill()

        def restart():
            if server.process is None:
                server.start()
        return restart

    def stop_zookeeper(self, number):
        self.hits.add((self.kind, "ZooKeeper"))
        server = self.cluster.ensemble[number]
        server.signal(signal.SIGSTOP)
        return lambda: server.signal(signal.SIGCONT)
