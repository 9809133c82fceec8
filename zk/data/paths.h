// Every znode path of a Kafka cluster, in one place (zookeeper.md §1).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace odradek::zk::paths {

inline constexpr std::string_view kController = "/controller";
inline constexpr std::string_view kControllerEpoch = "/controller_epoch";
inline constexpr std::string_view kBrokerIds = "/brokers/ids";
inline constexpr std::string_view kBrokerSeqId = "/brokers/seqid";
inline constexpr std::string_view kTopics = "/brokers/topics";
inline constexpr std::string_view kConfig = "/config";
inline constexpr std::string_view kConfigTopics = "/config/topics";
inline constexpr std::string_view kConfigClients = "/config/clients";
inline constexpr std::string_view kConfigUsers = "/config/users";
inline constexpr std::string_view kConfigBrokers = "/config/brokers";
inline constexpr std::string_view kConfigIps = "/config/ips";
inline constexpr std::string_view kConfigChanges = "/config/changes";
inline constexpr std::string_view kConfigChangePrefix = "config_change_";
inline constexpr std::string_view kDeleteTopics = "/admin/delete_topics";
inline constexpr std::string_view kReassignPartitions = "/admin/reassign_partitions";
inline constexpr std::string_view kPreferredReplicaElection = "/admin/preferred_replica_election";
inline constexpr std::string_view kIsrChanges = "/isr_change_notification";
inline constexpr std::string_view kIsrChangePrefix = "isr_change_";
inline constexpr std::string_view kLogDirEvents = "/log_dir_event_notification";
inline constexpr std::string_view kLogDirEventPrefix = "log_dir_event_";
inline constexpr std::string_view kProducerIdBlock = "/latest_producer_id_block";
inline constexpr std::string_view kClusterId = "/cluster/id";
inline constexpr std::string_view kFeature = "/feature";
inline constexpr std::string_view kMigration = "/migration";
inline constexpr std::string_view kConsumers = "/consumers";
inline constexpr std::string_view kDelegationTokens = "/delegation_token/tokens";
inline constexpr std::string_view kDelegationTokenChanges = "/delegation_token/token_changes";
inline constexpr std::string_view kTokenChangePrefix = "token_change_";
inline constexpr std::string_view kAcls = "/kafka-acl";
inline constexpr std::string_view kAclChanges = "/kafka-acl-changes";
inline constexpr std::string_view kExtendedAcls = "/kafka-acl-extended";
inline constexpr std::string_view kPrefixedAcls = "/kafka-acl-extended/prefixed";
inline constexpr std::string_view kExtendedAclChanges = "/kafka-acl-extended-changes";
inline constexpr std::string_view kAclChangePrefix = "acl_changes_";

// The name of the default entity below /config/<type>.
inline constexpr std::string_view kDefaultEntity = "<default>";

// What every broker creates, with null data, right after it connected (§1.1).
inline constexpr std::array<std::string_view, 14> kPersistentPaths = {
    kConsumers,     kBrokerIds,   kTopics,          kConfigChanges, kDeleteTopics,
    kBrokerSeqId,   kIsrChanges,  kProducerIdBlock, kLogDirEvents,  kConfigTopics,
    kConfigClients, kConfigUsers, kConfigBrokers,   kConfigIps};

std::string broker(std::int32_t broker_id);
std::string topic(std::string_view topic);
std::string topic_partitions(std::string_view topic);
std::string partition(std::string_view topic, std::int32_t partition);
std::string partition_state(std::string_view topic, std::int32_t partition);
std::string delete_topic(std::string_view topic);
// `entity_path` as in a change notification: "topics/orders", "users/alice/clients/c1"; names are
// already sanitised.
std::string config(std::string_view entity_path);
std::string config_change();  // with the prefix of a sequential node
std::string isr_change();     // likewise
std::string log_dir_event();  // likewise
std::string child(std::string_view parent, std::string_view name);

// Below /consumers. Group ids are not escaped, as upstream: "a/b" gives nested nodes.
std::string consumer_group(std::string_view group);
std::string consumer_ids(std::string_view group);
std::string consumer_id(std::string_view group, std::string_view consumer);
std::string consumer_owner(std::string_view group, std::string_view topic, std::int32_t partition);
std::string consumer_offsets(std::string_view group);
std::string consumer_topic_offsets(std::string_view group, std::string_view topic);
std::string consumer_offset(std::string_view group, std::string_view topic, std::int32_t partition);
// Beside the offsets, ours alone (offset_details.h).
std::string consumer_offset_details(std::string_view group, std::string_view topic,
                                    std::int32_t partition);

// "/a/b/c" -> "/a/b"; "/a" -> "".
std::string_view parent(std::string_view path);
// The last component.
std::string_view name(std::string_view path);
// The counter of a sequential node's name ("config_change_0000000012", "config_change_" -> 12).
std::optional<std::int64_t> sequence_number(std::string_view name, std::string_view prefix);

// Kafka's names of users, client ids and ips in paths: URL-encoded UTF-8 (§0.2).
std::string sanitize(std::string_view name);
std::optional<std::string> desanitize(std::string_view name);

}  // namespace odradek::zk::paths
