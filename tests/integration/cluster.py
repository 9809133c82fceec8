"""A real ZooKeeper and real broker processes on loopback, for tests: started, killed, restarted and looked into.

Everything a test starts belongs to its Cluster and ends with it, by pid. Waiting is for an event with a deadline, never for a time.
"""
import fcntl
import json
import logging
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError
from kazoo.retry import KazooRetry

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BINARIES = os.environ.get("ODRADEK_BINARIES", os.path.join(ROOT, "build/release"))
JARS = "/usr/share/java"
DEADLINE_S = float(os.environ.get("ODRADEK_TEST_DEADLINE_S", "60"))
SANITIZED = "san" in os.path.basename(BINARIES)
PORT_LOCKS = []  # open files, whose locks end with this process
SANITIZER_REPORT = re.compile(r"^.*(?:Sanitizer: |: runtime error: )", re.MULTILINE)


def memory_limit_mb(limit):
    """What a broker may take; sanitizers need memory of their own."""
    return limit * (10 if SANITIZED else 1)


def first_ephemeral_port():
    with open("/proc/sys/net/ipv4/ip_local_port_range") as bounds:
        return int(bounds.read().split()[0])


def free_port():
    """A port that nobody gets before we use it: below those that the kernel gives to outgoing connections, and locked
    against other tests on this machine for as long as this process lives."""
    folder = os.path.join(tempfile.gettempdir(), f"odradek-ports-{os.getuid()}")
    os.makedirs(folder, exist_ok=True)
    last = first_ephemeral_port()
    for port in random.sample(range(max(1024, last - 16000), last), 1000):
        lock = open(os.path.join(folder, str(port)), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        PORT_LOCKS.append(lock)
        return port
    raise AssertionError("no free port")


def wait_until(condition, what, deadline_s=None):
    """Asks until `condition()` is truthy and returns that; AssertionError after the deadline, with `what` or, when that is a function, what
    it gives then."""
    end = time.monotonic() + (deadline_s or DEADLINE_S)
    event = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"no {what() if callable(what) else what} within {deadline_s or DEADLINE_S} s")
        event.wait(0.05)


class PatientClient:
    """A kazoo client whose calls are repeated through lost connections and sessions, until the deadline."""

    def __init__(self, hosts):
        logging.getLogger("kazoo").setLevel(logging.CRITICAL)
        retry = {"max_tries": -1, "delay": 0.05, "max_delay": 0.3, "ignore_expire": True}
        self.client = KazooClient(hosts, connection_retry=KazooRetry(**retry),
                                  command_retry=KazooRetry(deadline=DEADLINE_S, **retry))
        self.client.start(DEADLINE_S)

    def __getattr__(self, name):
        call = getattr(self.client, name)
        return lambda *arguments, **named: self.client.retry(call, *arguments, **named)

    def close(self):
        self.client.stop()
        self.client.close()


def four_letter_word(host, port, word):
    """What a ZooKeeper server answers to it; empty while it answers nothing."""
    try:
        with socket.create_connection((host, port), timeout=0.2) as connection:
            connection.sendall(word.encode())
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
            return answer.decode(errors="replace")
    except OSError:
        return ""


class ZooKeeper:
    def __init__(self, directory):
        self.directory = directory
        self.port = free_port()
        self.process = None
        os.makedirs(os.path.join(directory, "data"))
        with open(os.path.join(directory, "zoo.cfg"), "w") as config:
            config.write(f"tickTime=200\ndataDir={directory}/data\nclientPort={self.port}\n"
                         "clientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                         "4lw.commands.whitelist=*\nmaxClientCnxns=0\nmaxSessionTimeout=60000\n")

    def start(self):
        log = open(os.path.join(self.directory, "log"), "a")
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
             "-cp", f"{self.directory}:{JARS}/zookeeper.jar:{JARS}/slf4j-simple.jar",
             "org.apache.zookeeper.server.quorum.QuorumPeerMain", f"{self.directory}/zoo.cfg"],
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        log.close()
        wait_until(lambda: "Mode:" in self.ask("srvr"), "serving ZooKeeper")

    def ask(self, word):
        return four_letter_word("127.0.0.1", self.port, word)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class Broker:
    host = "127.0.0.1"
    prefix = ()  # a command before its own

    def __init__(self, cluster, broker_id, settings):
        self.id = broker_id
        self.cluster = cluster
        self.directory = os.path.join(cluster.directory, f"broker-{broker_id}")
        self.data = os.path.join(self.directory, "data")
        os.makedirs(self.directory)
        self.port = free_port()
        self.ssl_port = free_port() if cluster.certificates else None
        self.process = None
        listeners = [f"PLAINTEXT://{self.host}:{self.port}"]
        if self.ssl_port:
            listeners.append(f"SSL://{self.host}:{self.ssl_port}")
        self.settings = {
            "broker.id": broker_id, "listeners": ",".join(listeners), "log.dirs": self.data,
            "zookeeper.connect": self.zookeeper_connect(),
            "zookeeper.session.timeout.ms": 4000, "group.initial.rebalance.delay.ms": 0,
            "offsets.topic.num.partitions": 5, "offsets.topic.replication.factor": 1,
            "num.network.threads": 2, "num.io.threads": 4}
        if self.ssl_port:
            self.settings.update({
                "ssl.keystore.type": "PEM", "ssl.keystore.location": f"{cluster.certificates}/broker.pem",
                "ssl.truststore.type": "PEM", "ssl.truststore.location": f"{cluster.certificates}/ca.pem",
                "ssl.client.auth": "requested"})
        self.settings.update(settings)
        self.properties = os.path.join(self.directory, "server.properties")

    def zookeeper_connect(self):
        return f"127.0.0.1:{self.cluster.zookeeper.port}/kafka"

    @property
    def log_path(self):
        return os.path.join(self.directory, "log")

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def launch(self, *arguments):
        """Starts the process without waiting for it to serve."""
        with open(self.properties, "w") as properties:
            properties.writelines(f"{key}={value}\n" for key, value in self.settings.items())
        self.mark = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [*self.prefix, os.path.join(ROOT, "scripts/kafka-server-start.sh"), self.properties, *arguments],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, "ODRADEK_BINARIES": BINARIES})
        return self

    def start(self, *arguments):
        self.launch(*arguments)
        self.wait_started()
        return self

    def wait_started(self):
        def state():
            if self.process.poll() is not None:
                raise AssertionError(f"broker {self.id} ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            return f"[KafkaServer id={self.id}] started" in self.log()[self.mark:]
        wait_until(state, f"start of broker {self.id}")

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self.wait_exit()

    def wait_exit(self):
        code = self.process.wait(DEADLINE_S)
        self.process = None
        return code

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def end(self):
        """Kills, but lets a sanitizer count what leaked before the end."""
        if SANITIZED and self.process and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def check_sanitizer(self):
        report = SANITIZED and os.path.exists(self.log_path) and SANITIZER_REPORT.search(self.log())
        if report:
            raise AssertionError(f"broker {self.id}:\n{self.log()[report.start():][:6000]}")

    def rss_mb(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


class Cluster:
    """Used as a context: `with Cluster(3) as cluster:` starts everything and cleans up; logs are kept on failure."""
    broker_type = Broker

    def __init__(self, brokers=1, ssl=False, **settings):
        self.directory = tempfile.mkdtemp(prefix="odradek-test-")
        self.certificates = None
        if ssl:
            self.certificates = os.path.join(self.directory, "certificates")
            subprocess.run([os.path.join(ROOT, "scripts/certificates.sh"), self.certificates, "127.0.0.1", "localhost"],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.zookeeper = ZooKeeper(os.path.join(self.directory, "zookeeper"))
        settings = {key.replace("_", "."): value for key, value in settings.items()}
        self.brokers = [self.broker_type(self, i + 1, settings) for i in range(brokers)]
        self.client = None

    def __enter__(self):
        try:
            self.zookeeper.start()
            for broker in self.brokers:
                broker.launch()
            for broker in self.brokers:
                broker.wait_started()
            self.wait_registered(len(self.brokers))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.close()
        if kind is None:
            for broker in self.brokers:
                broker.check_sanitizer()
            shutil.rmtree(self.directory, ignore_errors=True)
        else:
            print(f"\nlogs of the failed test: {self.directory}")
            for broker in self.brokers:
                print(f"--- broker {broker.id}, last lines\n{broker.log()[-2500:]}")
        return False

    def close(self):
        if self.client:
            self.client.close()
        for broker in self.brokers:
            broker.end()
        self.zookeeper.kill()

    @property
    def bootstrap(self):
        return ",".join(f"{broker.host}:{broker.port}" for broker in self.brokers)

    @property
    def ssl_bootstrap(self):
        return ",".join(f"127.0.0.1:{broker.ssl_port}" for broker in self.brokers)

    def zk(self):
        if self.client is None:
            self.client = PatientClient(f"127.0.0.1:{self.zookeeper.port}/kafka")
        return self.client

    def wait_registered(self, count):
        wait_until(lambda: self.zk().exists("/brokers/ids") and len(self.zk().get_children("/brokers/ids")) == count,
                   f"registration of {count} brokers")
        wait_until(lambda: self.zk().exists("/controller"), "controller")

    def controller(self):
        """The id in /controller; None while nobody has it."""
        data = self.data("/controller")
        return json.loads(data)["brokerid"] if data else None

    def data(self, path):
        """The bytes of a znode, by one read: between two a node may go. None when there is none."""
        try:
            return self.zk().get(path)[0]
        except NoNodeError:
            return None

    def broker(self, broker_id):
        return next(broker for broker in self.brokers if broker.id == broker_id)


def kcat(*arguments, data=None, deadline_s=None):
    """Runs kcat; its standard output as bytes. AssertionError with its standard error when it fails."""
    done = subprocess.run(["kcat", *arguments], input=data, capture_output=True, timeout=deadline_s or DEADLINE_S)
    if done.returncode != 0:
        raise AssertionError(f"kcat {' '.join(arguments)}: {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout
