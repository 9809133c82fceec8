// InterBrokerProtocol: the versions of inter.broker.protocol.version, the features each opened and
// the request versions brokers use between themselves at each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace odradek::config {

// Ordered: a later release compares greater. Names are release and internal version.
enum class InterBrokerProtocol : std::uint8_t {
  k0_8_0,
  k0_8_1,
  k0_8_2,
  k0_9_0,
  k0_10_0_Iv0,
  k0_10_0_Iv1,
  k0_10_1_Iv0,
  k0_10_1_Iv1,
  k0_10_1_Iv2,
  k0_10_2_Iv0,
  k0_11_0_Iv0,
  k0_11_0_Iv1,
  k0_11_0_Iv2,
  k1_0_Iv0,
  k1_1_Iv0,
  k2_0_Iv0,
  k2_0_Iv1,
  k2_1_Iv0,
  k2_1_Iv1,
  k2_1_Iv2,
  k2_2_Iv0,
  k2_2_Iv1,
  k2_3_Iv0,
  k2_3_Iv1,
  k2_4_Iv0,
  k2_4_Iv1,
  k2_5_Iv0,
  k2_6_Iv0,
  k2_7_Iv0,
  k2_7_Iv1,
  k2_7_Iv2,
  k2_8_Iv0,
  k2_8_Iv1,
  k3_0_Iv0,
  k3_0_Iv1,
  k3_1_Iv0,
  k3_2_Iv0,
  k3_3_Iv0,
  k3_3_Iv1,
  k3_3_Iv2,
  k3_3_Iv3,
  k3_4_Iv0,
  k3_5_Iv0,
  k3_5_Iv1,
  k3_5_Iv2,
  k3_6_Iv0,
  k3_6_Iv1,
  k3_6_Iv2,
  k3_7_Iv0,
  k3_7_Iv1,
  k3_7_Iv2,
  k3_7_Iv3,
  k3_7_Iv4,
  k3_8_Iv0,
  k3_9_Iv0,
  k4_0_Iv0,
  k4_0_Iv1,
};

constexpr InterBrokerProtocol kLatestInterBrokerProtocol = InterBrokerProtocol::k3_9_Iv0;

// Accepts "2.8", "2.8.1", "2.8-IV0", "0.10.2"; a release alone means its highest internal version.
// nullopt for anything unknown.
std::optional<InterBrokerProtocol> parse_inter_broker_protocol(std::string_view text);

// "2.8-IV1", "0.9.0".
std::string_view inter_broker_protocol_text(InterBrokerProtocol version);

// Features, each true from the version on that opened it.
constexpr bool has_sasl_between_brokers(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k0_10_0_Iv1;
}
constexpr bool has_offset_or_epoch_in_index(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k0_10_1_Iv0;
}
constexpr bool has_transactions(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k0_11_0_Iv0;
}
constexpr bool survives_failed_log_dir(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k1_0_Iv0;
}
constexpr bool has_fetch_sessions(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k1_1_Iv0;
}
constexpr bool has_prefixed_acls(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_0_Iv1;
}
constexpr bool has_zstd(InterBrokerProtocol v) { return v >= InterBrokerProtocol::k2_1_Iv0; }
constexpr bool has_broker_epochs(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_2_Iv0;
}
constexpr bool has_static_membership(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_3_Iv0;
}
constexpr bool has_reassignment_in_topic_znode(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_4_Iv0;
}
constexpr bool has_feature_znode(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_7_Iv0;
}
constexpr bool has_truncation_on_fetch(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_7_Iv1;
}
constexpr bool has_alter_partition(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k2_7_Iv2;
}
constexpr bool has_topic_ids(InterBrokerProtocol v) { return v >= InterBrokerProtocol::k2_8_Iv0; }
constexpr bool has_allocate_producer_ids(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k3_0_Iv0;
}
constexpr bool fixes_message_format(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k3_0_Iv1;
}
constexpr bool has_topic_ids_in_fetch(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k3_1_Iv0;
}
constexpr bool has_leader_recovery_state(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k3_2_Iv0;
}
constexpr bool has_feature_znode_v2(InterBrokerProtocol v) {
  return v >= InterBrokerProtocol::k3_3_Iv0;
}

// Versions of the requests between brokers, fixed by this broker's own setting.
std::int16_t leader_and_isr_version(InterBrokerProtocol version);
std::int16_t stop_replica_version(InterBrokerProtocol version);
std::int16_t update_metadata_version(InterBrokerProtocol version);
std::int16_t controlled_shutdown_version(InterBrokerProtocol version);
std::int16_t fetch_version(InterBrokerProtocol version);
std::int16_t list_offsets_version(InterBrokerProtocol version);
std::int16_t offset_for_leader_epoch_version(InterBrokerProtocol version);
std::int16_t alter_partition_version(InterBrokerProtocol version);       // highest to send
std::int16_t write_txn_markers_version(InterBrokerProtocol version);     // highest to send
std::int16_t group_metadata_value_version(InterBrokerProtocol version);  // __consumer_offsets
// `expires` tells that the commit carries an explicit expire timestamp.
std::int16_t offset_commit_value_version(InterBrokerProtocol version, bool expires);
std::int16_t transaction_log_value_version(InterBrokerProtocol version);
std::int8_t message_magic(InterBrokerProtocol version);          // 0, 1 or 2
std::int32_t broker_znode_version(InterBrokerProtocol version);  // "version" in /brokers/ids

}  // namespace odradek::config
