"""The replicas of a partition: what ZooKeeper says of them, and their logs on disk."""
import glob
import json
import struct

from cluster import wait_until

BATCH_OVERHEAD = 12


def state_of(cluster, topic, partition=0):
    """What ZooKeeper says of a partition: (leader, sorted in-sync replicas, leader epoch)."""
    state = json.loads(cluster.data(f"/brokers/topics/{topic}/partitions/{partition}/state"))
    return state["leader"], sorted(state["isr"]), state["leader_epoch"]


def wait_isr(cluster, topic, isr, partition=0):
    wait_until(lambda: state_of(cluster, topic, partition)[1] == sorted(isr),
               f"in-sync replicas {isr} of {topic}-{partition}; they are {state_of(cluster, topic, partition)}")


def batches(broker, topic, partition=0):
    """[(base offset, bytes)] of a replica's log on disk; a partial batch at the end of a segment is left out."""
    found = []
    for path in sorted(glob.glob(f"{broker.data}/{topic}-{partition}/*.log")):
        with open(path, "rb") as log:
            data = log.read()
        at = 0
        while at + BATCH_OVERHEAD <= len(data):
            offset, size = struct.unpack_from(">qi", data, at)
            end = at + BATCH_OVERHEAD + size
            if size <= 0 or end > len(data):
                break
            found.append((offset, data[at:end]))
            at = end
    return found


def check_same_logs(brokers, topic, partition=0):
    """The replicas' logs are equal, byte for byte; how many batches they have."""
    first, *others = [batches(broker, topic, partition) for broker in brokers]
    for broker, other in zip(brokers[1:], others):
        for mine, theirs in zip(first, other):
            assert mine == theirs, f"{topic}-{partition}: batch at {mine[0]} differs on broker {broker.id}"
        assert len(first) == len(other), f"{topic}-{partition}: {len(first)} and {len(other)} batches on broker {broker.id}"
    return len(first)


def wait_same_logs(brokers, topic, partition=0):
    """Until the replicas' logs are equal and hold something."""
    def same():
        try:
            return check_same_logs(brokers, topic, partition)
        except AssertionError:
            return 0
    wait_until(same, f"equal logs of {topic}-{partition}")
