"""kafka-dump-log beside the JVM's over the logs that brokers with ZooKeeper do not write: KRaft's and tiered storage's."""
import json
import os
import shutil
import struct
import tempfile
import unittest

import peers
import raw_records
from test_dump_log import NOW_MS, ours, theirs

METADATA = "org.apache.kafka.common.metadata."
REMOTE = "org.apache.kafka.server.log.remote.metadata.storage.generated."
CONTROL = "org.apache.kafka.common.message."
ID, OTHER_ID, ZERO_ID = "vt1EZUzgRyODnlJAw_jUEQ", "AAAAAAAAAAAAAAAAAAAAZA", "AAAAAAAAAAAAAAAAAAAAAA"
ENDPOINTS = [dict(name="PLAINTEXT", host="a.b", port=65535, securityProtocol=0), dict(name="X", host="", port=1, securityProtocol=-1)]
FEATURES = [dict(name="metadata.version", minSupportedVersion=1, maxSupportedVersion=20)]
QUOTA = dict(entity=[dict(entityType="user", entityName="u"), dict(entityType="client-id", entityName=None)],
             key="producer_byte_rate", value=1048576.0, remove=False)
BROKER = dict(brokerId=3, incarnationId=ID, brokerEpoch=1 << 60, endPoints=ENDPOINTS, features=FEATURES, rack="r\"\\\t\n\x1f\u00e9", fenced=True)
PARTITION = dict(partitionId=7, topicId=ID, replicas=[1, 2, 3], isr=[1], removingReplicas=[], addingReplicas=[9], leader=1,
                 leaderEpoch=4, partitionEpoch=5)
CHANGE = dict(partitionId=7, topicId=ID)
ALL_CHANGED = dict(isr=[], leader=-1, replicas=[1, 2], removingReplicas=[2], addingReplicas=[3], leaderRecoveryState=1)
SCRAM = dict(name="u", mechanism=1, salt="AQID", storedKey="", serverKey="/////w==", iterations=4096)
ACL = dict(id=ID, resourceType=2, resourceName="*", patternType=3, principal="User:u", host="*", operation=4, permissionType=3)
TOKEN = dict(owner="User:a", requester="User:b", renewers=["User:c", "User:d"], issueTimestamp=1, maxTimestamp=2,
             expirationTimestamp=-1, tokenId="t")
CONTROLLER = dict(controllerId=3000, incarnationId=ID, zkMigrationReady=True, endPoints=ENDPOINTS, features=FEATURES)
# Every record that 3.9 knows, in each of its versions, with and without what may be left out.
CLUSTER = [
    ("RegisterBrokerRecord", 0, BROKER),
    ("RegisterBrokerRecord", 1, dict(BROKER, rack=None, inControlledShutdown=True)),
    ("RegisterBrokerRecord", 2, dict(BROKER, isMigratingZkBroker=True, inControlledShutdown=False)),
    ("RegisterBrokerRecord", 3, dict(BROKER, isMigratingZkBroker=False, inControlledShutdown=False, logDirs=[ID, OTHER_ID])),
    ("UnregisterBrokerRecord", 0, dict(brokerId=1, brokerEpoch=2)),
    ("TopicRecord", 0, dict(name="t", topicId=ID)),
    ("PartitionRecord", 0, PARTITION),
    ("PartitionRecord", 1, dict(PARTITION, leaderRecoveryState=1, directories=[ID, ZERO_ID, OTHER_ID])),
    ("PartitionRecord", 2, dict(PARTITION, directories=[], eligibleLeaderReplicas=[2], lastKnownElr=[])),
    ("ConfigRecord", 0, dict(resourceType=4, resourceName="", name="log.segment.bytes", value="1")),
    ("ConfigRecord", 0, dict(resourceType=2, resourceName="t", name="retention.ms", value=None)),
    ("PartitionChangeRecord", 0, CHANGE),
    ("PartitionChangeRecord", 0, dict(CHANGE, **ALL_CHANGED)),
    ("PartitionChangeRecord", 1, dict(CHANGE, directories=[ID], **ALL_CHANGED)),
    ("PartitionChangeRecord", 2, dict(CHANGE, directories=[], eligibleLeaderReplicas=[1, 2], lastKnownElr=[3], **ALL_CHANGED)),
    ("FenceBrokerRecord", 0, dict(id=1, epoch=2)),
    ("UnfenceBrokerRecord", 0, dict(id=1, epoch=2)),
    ("RemoveTopicRecord", 0, dict(topicId=ID)),
    ("DelegationTokenRecord", 0, TOKEN),
    ("UserScramCredentialRecord", 0, SCRAM),
    ("FeatureLevelRecord", 0, dict(name="metadata.version", featureLevel=20)),
    *[("ClientQuotaRecord", 0, dict(QUOTA, value=value))
      for value in (1048576.0, 0.0, -1.5, 0.001, 1e7, 1.25e-7, 3e300, 9999999.5, 12345678901.0)],
    ("ClientQuotaRecord", 0, dict(QUOTA, remove=True)),
    ("ProducerIdsRecord", 0, dict(brokerId=1, brokerEpoch=-1, nextProducerId=1000)),
    ("BrokerRegistrationChangeRecord", 0, dict(brokerId=1, brokerEpoch=2)),
    ("BrokerRegistrationChangeRecord", 1, dict(brokerId=1, brokerEpoch=2, fenced=-1, inControlledShutdown=1)),
    ("BrokerRegistrationChangeRecord", 2, dict(brokerId=1, brokerEpoch=2, fenced=1, logDirs=[ID])),
    ("AccessControlEntryRecord", 0, ACL),
    ("RemoveAccessControlEntryRecord", 0, dict(id=ID)),
    ("NoOpRecord", 0, {}),
    ("ZkMigrationStateRecord", 0, dict(zkMigrationState=2)),
    ("RemoveUserScramCredentialRecord", 0, dict(name="u", mechanism=2)),
    ("BeginTransactionRecord", 0, {}),
    ("BeginTransactionRecord", 0, dict(name="a")),
    ("EndTransactionRecord", 0, {}),
    ("AbortTransactionRecord", 0, {}),
    ("AbortTransactionRecord", 0, dict(reason="")),
    ("RemoveDelegationTokenRecord", 0, dict(tokenId="t")),
    ("RegisterControllerRecord", 0, CONTROLLER),
]
SEGMENT_ID = dict(topicIdPartition=dict(name="t", id=ID, partition=3), id=OTHER_ID)
SEGMENT = dict(startOffset=0, endOffset=9, brokerId=1, maxTimestampMs=2, eventTimestampMs=3, segmentSizeInBytes=4, customMetadata=None,
               segmentLeaderEpochs=[dict(leaderEpoch=2, offset=5), dict(leaderEpoch=0, offset=0), dict(leaderEpoch=2, offset=6)])
UPDATE = dict(remoteLogSegmentId=SEGMENT_ID, brokerId=1, eventTimestampMs=3, customMetadata="AQID")
REMOTE_RECORDS = [
    *[("RemoteLogSegmentMetadataRecord", 0, dict(SEGMENT, remoteLogSegmentId=SEGMENT_ID, remoteLogSegmentState=state)) for state in range(5)],
    *[("RemoteLogSegmentMetadataRecord", 0, dict(SEGMENT, remoteLogSegmentId=SEGMENT_ID, remoteLogSegmentState=0, **broken))
      for broken in (dict(startOffset=-1), dict(endOffset=-1), dict(segmentLeaderEpochs=[]))],
    *[("RemoteLogSegmentMetadataUpdateRecord", 0, dict(UPDATE, remoteLogSegmentState=state)) for state in (1, 4)],
    *[("RemotePartitionDeleteMetadataRecord", 0, dict(topicIdPartition=SEGMENT_ID["topicIdPartition"], brokerId=1, eventTimestampMs=2,
                                                      remotePartitionDeleteState=state)) for state in range(4)],
    *[("RemoteLogSegmentMetadataSnapshotRecord", 0, dict(SEGMENT, segmentId=ID, remoteLogSegmentState=state)) for state in (3, -1)],
    ("RemoteLogSegmentMetadataSnapshotRecord", 0, dict(SEGMENT, segmentId=ID, remoteLogSegmentState=3, segmentLeaderEpochs=[])),
]
VOTER = dict(voterId=1, voterDirectoryId=ID, endpoints=[dict(name="CONTROLLER", host="h", port=9093)],
             kRaftVersionFeature=dict(minSupportedVersion=0, maxSupportedVersion=1))
LEADER = dict(version=1, leaderId=1, voters=[dict(voterId=1, voterDirectoryId=ID)], grantingVoters=[])
# By the number of their type.
CONTROL_RECORDS = [
    (2, "LeaderChangeMessage", 1, LEADER),
    (3, "SnapshotHeaderRecord", 0, dict(version=0, lastContainedLogTimestamp=NOW_MS)),
    (5, "KRaftVersionRecord", 0, dict(version=0, kRaftVersion=1)),
    (6, "VotersRecord", 0, dict(version=0, voters=[VOTER, dict(VOTER, voterId=2, endpoints=[])])),
    (4, "SnapshotFooterRecord", 0, dict(version=0)),
]


def written(package, records):
    """The bytes that the JVM makes of each (name, version, content)."""
    lines = "".join(f"{package}{name} {version} {json.dumps(content)}\n" for name, version, content in records)
    writer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "RecordWriter.java")
    return [bytes.fromhex(line) for line in peers.run("java", "3.9", writer, data=lines.encode()).decode().split()]


def batch(values):
    return raw_records.batch(b"".join(raw_records.record(i, None, value) for i, value in enumerate(values)), NOW_MS, len(values))


def control_batch(kind, value):
    return raw_records.batch(raw_records.record(0, struct.pack(">hh", 0, kind), value), NOW_MS, 1, attributes=0x20)


class DumpMetadataTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="dump-metadata-")
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.cluster = written(METADATA, CLUSTER)
        cls.remote = written(REMOTE, REMOTE_RECORDS)
        values = written(CONTROL, [record for _, *record in CONTROL_RECORDS])
        cls.control = [control_batch(kind, value) for (kind, *_), value in zip(CONTROL_RECORDS, values)]

    def file(self, content, name="0" * 20 + ".log"):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def same(self, *arguments):
        """Both print the same; our lines."""
        expected, got = theirs(*arguments), ours(*arguments)
        self.assertEqual(expected.stdout.decode().split("\n"), got.stdout.decode().split("\n"))
        self.assertEqual((expected.stderr, expected.returncode), (got.stderr, got.returncode))
        return got.stdout.decode().split("\n")

    def test_cluster_metadata(self):
        log = self.file(batch(self.cluster))
        lines = self.same("--cluster-metadata-decoder", "--skip-record-metadata", "--files", log)
        for (_, version, content), line in zip(CLUSTER, lines[3:]):
            shown = json.loads(line.removeprefix(" payload: "))
            self.assertEqual((version, content), (shown["version"], shown["data"]))
        self.same("--cluster-metadata-decoder", "--files", log)

    def test_cluster_metadata_that_cannot_be_read(self):
        topic = self.cluster[5]
        values = [b"", b"\1", b"\1\2", b"\0", b"\7" + topic[1:], b"\xff" * 5 + topic, b"\xff" * 4 + b"\x0f" + topic, b"\x80\x80\x02" + topic,
                  b"\1\x63" + topic[2:], b"\1\x80\x80\x02" + topic[2:], topic[:-1], topic + b"xy", topic[:2] + b"\x09" + topic[3:]]
        lines = self.same("--cluster-metadata-decoder", "--skip-record-metadata", "--files", self.file(batch(values)))
        self.assertEqual(len(values) - 1, sum("Error at " in line for line in lines))

    def test_remote_log_metadata(self):
        torn = [self.remote[0][:-1], self.remote[0] + b"x", b"\1\x63\0"]
        lines = self.same("--remote-log-metadata-decoder", "--files", self.file(batch(self.remote + torn)))
        self.assertEqual(8 + len(torn), sum("Error at offset " in line for line in lines))

    def test_control_batches_and_snapshots(self):
        content = b"".join(self.control[:4]) + batch(self.cluster[:3]) + self.control[4]
        for name in "0" * 20 + ".log", "0" * 18 + "42-" + "0" * 9 + "7.checkpoint", "bootstrap.checkpoint":
            path = self.file(content, name)
            for options in [], ["--deep-iteration"], ["--cluster-metadata-decoder"], ["--cluster-metadata-decoder", "--skip-record-metadata"]:
                self.same(*options, "--files", path)

    def test_the_first_of_several_decoders_wins(self):
        log = self.file(batch(self.remote[:2]))
        self.same("--remote-log-metadata-decoder", "--cluster-metadata-decoder", "--files", log)
        self.same("--remote-log-metadata-decoder", "--value-decoder-class", "--files", log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
