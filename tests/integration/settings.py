"""Settings that change while brokers run: written into ZooKeeper as tools do, and seen from outside."""
import json
import os
import re
import shutil
import socket
import ssl
import subprocess

import wire
from cluster import ROOT

ALL = "<default>"


def store(cluster, entity, settings):
    """What kafka-configs leaves in ZooKeeper: the entity, then a note of it."""
    data = json.dumps({"version": 1, "config": settings}).encode()
    path = f"/config/{entity}"
    if cluster.zk().exists(path):
        cluster.zk().set(path, data)
    else:
        cluster.zk().create(path, data, makepath=True)


def note(cluster, payload):
    cluster.zk().create("/config/changes/config_change_", payload, sequence=True)


def change(cluster, entity, settings):
    store(cluster, entity, settings)
    note(cluster, json.dumps({"version": 2, "entity_path": entity}).encode())


def with_dots(settings):
    return {key.replace("_", "."): str(value) for key, value in settings.items()}


def change_brokers(cluster, broker=ALL, **settings):
    change(cluster, f"brokers/{broker}", with_dots(settings))


def change_topic(cluster, topic, **settings):
    change(cluster, f"topics/{topic}", with_dots(settings))


def tasks(broker, prefix, file="comm"):
    """What /proc says in this file of each thread whose name begins so (the kernel keeps 15 letters of it)."""
    for task in os.listdir(f"/proc/{broker.process.pid}/task"):
        folder = f"/proc/{broker.process.pid}/task/{task}"
        try:
            with open(f"{folder}/comm") as name, open(f"{folder}/{file}") as wanted:
                if name.read().startswith(prefix):
                    yield wanted.read()
        except OSError:
            pass  # it ended meanwhile


def threads(broker, prefix):
    return len(list(tasks(broker, prefix)))


def reads_of(broker, prefix):
    """How many times these threads have called read or the like."""
    return sum(int(re.search(r"syscr: (\d+)", io).group(1)) for io in tasks(broker, prefix, "io"))


def produce_error(port, topic, records, acks=-1, partition=0):
    with wire.Connection(port) as connection:
        return wire.produce(connection, topic, partition, records, acks)[0]


def certificate(port, context=None):
    """(the served certificate, the connection)."""
    context = context or ssl._create_unverified_context()
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20))
    return connection.getpeercert(binary_form=True), connection


def served(port):
    """The certificate of a connection of its own."""
    found, connection = certificate(port)
    connection.close()
    return found


def new_certificates(cluster, name, password=None, ca=True):
    """The folder of other keys and certificates of the same subjects: of the same CA or, without `ca`, of another."""
    folder = os.path.join(cluster.directory, name)
    os.makedirs(folder)
    for file in ("ca.pem", "ca.key") if ca else ():
        shutil.copy(os.path.join(cluster.certificates, file), folder)
    subprocess.run([os.path.join(ROOT, "scripts/certificates.sh"), folder, "127.0.0.1", "localhost"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PASSWORD": password or f"password of {name}"})
    return folder


def der_of(folder, name="broker"):
    """The certificate that a listener with this key store serves."""
    with open(os.path.join(folder, f"{name}.pem")) as store_file:
        text = store_file.read()
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE"):text.index("-----END CERTIFICATE")]
                                    + "-----END CERTIFICATE-----\n")
