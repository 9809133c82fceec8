"""Network namespaces that this process makes for its nodes, routed through its own, where packets between two of them can be dropped.

The process must be root in a network namespace of its own: enter() sees to that. Namespaces end with the processes that hold them.
"""
import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
ENTERED = "ODRADEK_FAULTS_NETWORK"


def may_enter():
    """Whether this machine lets us make network namespaces, and move interfaces into them."""
    return subprocess.run(["unshare", "--net", "ip", "link", "add", "node0", "type", "veth", "peer", "name", "eth0"],
                          capture_output=True).returncode == 0


def enter():
    """Runs this program again in a network namespace of its own, unless it is in one."""
    if os.environ.get(ENTERED):
        return
    os.environ[ENTERED] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr.strip()}")


class Node:
    """A namespace with one address; the process that made it reaches the node by `address`, the node reaches it by `gateway`."""

    def __init__(self, number):
        self.address = f"10.77.{number}.2"
        self.gateway = f"10.77.{number}.1"
        # Says a byte when it is in its namespace.
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE,
                                       stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
        self.holder.stdout.read(1)
        # What runs in the node ends with this process, however that ends.
        self.prefix = ["setpriv", "--pdeathsig", "KILL", "nsenter", "--target", str(self.holder.pid), "--net", "--"]
        self.link = link = f"node{number}"
        run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        run("ip", "address", "add", f"{self.gateway}/24", "dev", link)
        run("ip", "link", "set", link, "up")
        inside = [*self.prefix, "ip"]
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "address", "add", f"{self.address}/24", "dev", "eth0")
        run(*inside, "link", "set", "eth0", "up")
        run(*inside, "route", "add", "default", "via", self.gateway)

    def close(self):
        run("ip", "link", "delete", self.link)  # at once; with the namespace it would go when the kernel likes
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()


class Network:
    def __init__(self):
        run("ip", "link", "set", "lo", "up")
        with open("/proc/sys/net/ipv4/ip_forward", "w") as forward:
            forward.write("1")
        self.nodes = []
        self.cuts = []

    def add_node(self):
        node = Node(len(self.nodes) + 1)
        self.nodes.append(node)
        return node

    def cut(self, source, target):
        """What `source` sends to `target` is lost, in silence, until restore()."""
        run("ip", "rule", "add", "from", source.address, "to", target.address, "blackhole")
        self.cuts.append((source, target))

    def restore(self, source, target):
        run("ip", "rule", "delete", "from", source.address, "to", target.address, "blackhole")
        self.cuts.remove((source, target))

    def heal(self):
        for source, target in list(self.cuts):
            self.restore(source, target)

    def close(self):
        self.heal()
        for node in self.nodes:
            node.close()
        self.nodes = []
