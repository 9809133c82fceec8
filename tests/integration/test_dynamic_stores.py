"""Key stores and trust stores of a listener that lives, replaced in every format; what a listener that is added takes from its settings."""
import os
import shutil
import socket
import ssl
import subprocess
import unittest

from confluent_kafka.admin import AdminClient, ConfigResource

import settings
import wire
from cluster import DEADLINE_S, Cluster, free_port, wait_until
from settings import der_of, new_certificates, served
from shared_cluster import EndsItsCluster

SECRET = "of both stores"


def text_of(folder, name):
    with open(os.path.join(folder, name)) as file:
        return file.read()


def blocks(text, kind):
    """The PEM blocks of a kind."""
    begin, end = f"-----BEGIN {kind}", f"-----END {kind}"
    return [begin + part.partition(end)[0] + end + "-----\n" for part in text.split(begin)[1:]]


def encrypted_key(folder):
    return subprocess.run(["openssl", "pkcs8", "-topk8", "-in", os.path.join(folder, "broker.pem"), "-passout", f"pass:{SECRET}"], check=True,
                          capture_output=True, text=True).stdout


def stores_in_files(kind, extension):
    def stores(folder):
        return {"ssl.keystore.type": kind, "ssl.keystore.location": f"{folder}/broker.{extension}", "ssl.keystore.password": SECRET,
                "ssl.truststore.type": kind, "ssl.truststore.location": f"{folder}/truststore.{extension}", "ssl.truststore.password": SECRET}
    return stores


def pem_files(folder):
    path = f"{folder}/encrypted.pem"
    with open(path, "w") as file:
        file.write(encrypted_key(folder) + "".join(blocks(text_of(folder, "broker.pem"), "CERTIFICATE")))
    return {"ssl.keystore.type": "PEM", "ssl.keystore.location": path, "ssl.key.password": SECRET,
            "ssl.truststore.type": "PEM", "ssl.truststore.location": f"{folder}/ca.pem"}


def pem_in_settings(folder):
    return {"ssl.keystore.type": "PEM", "ssl.keystore.key": encrypted_key(folder), "ssl.key.password": SECRET,
            "ssl.keystore.certificate.chain": "".join(blocks(text_of(folder, "broker.pem"), "CERTIFICATE")),
            "ssl.truststore.type": "PEM", "ssl.truststore.certificates": text_of(folder, "ca.pem")}


def trusts(port, folder):
    """Whether a client with the certificate of this folder is let in, and trusts what it is shown."""
    context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
    context.check_hostname = False
    context.load_cert_chain(os.path.join(folder, "client.pem"))
    try:
        _, connection = settings.certificate(port, context)
        with connection:
            connection.sendall(wire.frame(wire.header(18, 0)))
            return bool(connection.recv(4))
    except OSError:
        return False


class StoresTest(EndsItsCluster, unittest.TestCase):
    """One broker, whose listener ADDED comes and goes; what it needs stands in ZooKeeper alone."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(1, ssl=True, password_encoder_secret="encoder-secret")
        cls.broker = cls.cluster.brokers[0]
        cls.base = f"PLAINTEXT://127.0.0.1:{cls.broker.port}"
        for key in [key for key in cls.broker.settings if key.startswith("ssl.")]:
            del cls.broker.settings[key]
        cls.broker.settings["listeners"] = cls.base
        cls.cluster.__enter__()
        cls.first, cls.second = (new_certificates(cls.cluster, name, SECRET, ca=False) for name in ("first", "second"))
        cls.admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{cls.broker.port}", "log_level": 0})

    def setUp(self):
        self.port = free_port()

    def tearDown(self):
        settings.change_brokers(self.cluster, 1)
        wait_until(self.is_gone, "end of the listener")
        self.assertFalse("a change has no effect" in self.broker.log())

    def give(self, **of_listener):
        """These are all settings of the broker now."""
        all_of_them = {"listeners": f"{self.base},ADDED://127.0.0.1:{self.port}",
                       "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,ADDED:SSL",
                       **{f"listener.name.added.{key}": value for key, value in of_listener.items()}}
        resource = ConfigResource(ConfigResource.Type.BROKER, "1", set_config=all_of_them)
        self.admin.alter_configs([resource])[resource].result(DEADLINE_S)

    def is_gone(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=20).close()
            return False
        except ConnectionRefusedError:
            return True

    def wait_served(self, folder):
        def is_served():
            try:
                return served(self.port) == der_of(folder)
            except OSError:
                return False
        wait_until(is_served, f"the certificate of {folder}")

    def check_replaced(self, stores):
        for folder, other in ((self.first, self.second), (self.second, self.first), (self.first, self.second)):
            self.give(**{"ssl.client.auth": "required"}, **stores(folder))
            self.wait_served(folder)
            wait_until(lambda: trusts(self.port, folder), "trust in the clients of the new CA")
            self.assertFalse(trusts(self.port, other), "no trust in those of the other")
        self.assertNotIn(SECRET, self.broker.log())
        self.assertNotIn(SECRET, self.cluster.data("/config/brokers/1").decode())

    def test_pkcs12_stores(self):
        self.check_replaced(stores_in_files("PKCS12", "p12"))

    def test_jks_stores(self):
        self.check_replaced(stores_in_files("JKS", "jks"))

    def test_pem_files(self):
        self.check_replaced(pem_files)

    def test_pem_in_settings(self):
        self.check_replaced(pem_in_settings)

    def test_files_written_over_are_read_again(self):
        used, other = os.path.join(self.cluster.directory, "used"), self.second
        shutil.copytree(self.first, used)
        stores = {"ssl.keystore.type": "PEM", "ssl.keystore.location": f"{used}/broker.pem",
                  "ssl.truststore.type": "PEM", "ssl.truststore.location": f"{used}/ca.pem", "ssl.client.auth": "required"}
        self.give(**stores)
        self.wait_served(used)
        for name in ("broker.pem", "ca.pem"):
            shutil.copyfile(os.path.join(other, name), os.path.join(used, name))  # the same file, other bytes
        self.wait_served(other)
        wait_until(lambda: trusts(self.port, other), "trust in the clients of the new CA")
        with open(f"{used}/broker.pem", "w") as broken:
            broken.write("no key store at all")
        wait_until(lambda: "Listener ADDED keeps its TLS settings" in self.broker.log(), "the reason in the log")
        self.assertTrue(trusts(self.port, other))

    def refusal(self, **of_listener):
        with self.assertRaises(Exception) as refused:
            self.give(**of_listener)
        return str(refused.exception)

    def test_what_a_listener_is_made_with_stays(self):
        folder = self.first
        stores = stores_in_files("PKCS12", "p12")(folder)
        made_with = {"ssl.client.auth": "none", "ssl.enabled.protocols": "TLSv1.2", "ssl.cipher.suites": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}
        self.give(**stores, **made_with)
        self.wait_served(folder)
        _, connection = settings.certificate(self.port)
        with connection:
            self.assertEqual(("ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2"), connection.cipher()[:2])
        self.assertTrue(trusts(self.port, folder))
        other = {"ssl.client.auth": "required", "ssl.enabled.protocols": "TLSv1.3", "ssl.cipher.suites": "TLS_AES_128_GCM_SHA256",
                 "ssl.endpoint.identification.algorithm": ""}
        for key, value in other.items():
            self.assertIn("Configs cannot be updated dynamically for existing listener", self.refusal(**stores, **{**made_with, key: value}))
        used, self.port = self.port, free_port()
        self.assertIn("Configs cannot be updated dynamically for existing listener", self.refusal(**stores, **made_with))
        self.port = used

    def test_stores_that_do_not_fit_are_refused(self):
        folder = self.first
        fine = stores_in_files("PKCS12", "p12")(folder)
        self.give(**fine)
        self.wait_served(folder)
        subject = {**fine, "ssl.keystore.location": f"{folder}/client.p12"}
        for wrong in ({**fine, "ssl.keystore.location": "/no/such.p12"}, {**fine, "ssl.keystore.password": "wrong"}, subject,
                      {**fine, "ssl.keystore.type": "PEM"}, {**fine, "ssl.truststore.password": "wrong"}):
            self.assertIn("INVALID_REQUEST", self.refusal(**wrong))
            self.assertEqual(der_of(folder), served(self.port))
        self.assertIn("subject", self.refusal(**subject))


if __name__ == "__main__":
    unittest.main(verbosity=2)
