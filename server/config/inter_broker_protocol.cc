#include "server/config/inter_broker_protocol.h"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace odradek::config {
namespace {

using V = InterBrokerProtocol;

constexpr std::array<std::string_view, 57> kTexts = {
    "0.8.0",      "0.8.1",      "0.8.2",      "0.9.0",      "0.10.0-IV0", "0.10.0-IV1",
    "0.10.1-IV0", "0.10.1-IV1", "0.10.1-IV2", "0.10.2-IV0", "0.11.0-IV0", "0.11.0-IV1",
    "0.11.0-IV2", "1.0-IV0",    "1.1-IV0",    "2.0-IV0",    "2.0-IV1",    "2.1-IV0",
    "2.1-IV1",    "2.1-IV2",    "2.2-IV0",    "2.2-IV1",    "2.3-IV0",    "2.3-IV1",
    "2.4-IV0",    "2.4-IV1",    "2.5-IV0",    "2.6-IV0",    "2.7-IV0",    "2.7-IV1",
    "2.7-IV2",    "2.8-IV0",    "2.8-IV1",    "3.0-IV0",    "3.0-IV1",    "3.1-IV0",
    "3.2-IV0",    "3.3-IV0",    "3.3-IV1",    "3.3-IV2",    "3.3-IV3",    "3.4-IV0",
    "3.5-IV0",    "3.5-IV1",    "3.5-IV2",    "3.6-IV0",    "3.6-IV1",    "3.6-IV2",
    "3.7-IV0",    "3.7-IV1",    "3.7-IV2",    "3.7-IV3",    "3.7-IV4",    "3.8-IV0",
    "3.9-IV0",    "4.0-IV0",    "4.0-IV1",
};
static_assert(kTexts.size() == static_cast<std::size_t>(V::k4_0_Iv1) + 1);

// From a version on, a request version; later versions first.
using Step = std::pair<V, std::int16_t>;

std::int16_t version_at(V version, std::span<const Step> steps) {
  for (const auto& [from, request_version] : steps) {
    if (version >= from) return request_version;
  }
  return 0;
}

constexpr Step kLeaderAndIsr[] = {{V::k3_4_Iv0, 7}, {V::k3_2_Iv0, 6}, {V::k2_8_Iv1, 5},
                                  {V::k2_4_Iv1, 4}, {V::k2_4_Iv0, 3}, {V::k2_2_Iv0, 2},
                                  {V::k1_0_Iv0, 1}};
constexpr Step kStopReplica[] = {
    {V::k3_4_Iv0, 4}, {V::k2_6_Iv0, 3}, {V::k2_4_Iv1, 2}, {V::k2_2_Iv0, 1}};
constexpr Step kUpdateMetadata[] = {{V::k3_4_Iv0, 8},    {V::k2_8_Iv1, 7}, {V::k2_4_Iv1, 6},
                                    {V::k2_2_Iv0, 5},    {V::k1_0_Iv0, 4}, {V::k0_10_2_Iv0, 3},
                                    {V::k0_10_0_Iv1, 2}, {V::k0_9_0, 1}};
constexpr Step kControlledShutdown[] = {{V::k2_4_Iv1, 3}, {V::k2_2_Iv0, 2}, {V::k0_9_0, 1}};
constexpr Step kFetch[] = {{V::k3_9_Iv0, 17},   {V::k3_7_Iv4, 16},   {V::k3_5_Iv1, 15},
                           {V::k3_5_Iv0, 14},   {V::k3_1_Iv0, 13},   {V::k2_7_Iv1, 12},
                           {V::k2_3_Iv1, 11},   {V::k2_1_Iv2, 10},   {V::k2_0_Iv1, 8},
                           {V::k1_1_Iv0, 7},    {V::k0_11_0_Iv1, 5}, {V::k0_11_0_Iv0, 4},
                           {V::k0_10_1_Iv1, 3}, {V::k0_10_0_Iv0, 2}, {V::k0_9_0, 1}};
constexpr Step kListOffsets[] = {{V::k3_9_Iv0, 9}, {V::k3_5_Iv0, 8},    {V::k3_0_Iv1, 7},
                                 {V::k2_8_Iv0, 6}, {V::k2_2_Iv1, 5},    {V::k2_1_Iv1, 4},
                                 {V::k2_0_Iv1, 3}, {V::k0_11_0_Iv0, 2}, {V::k0_10_1_Iv2, 1}};
constexpr Step kOffsetForLeaderEpoch[] = {
    {V::k2_8_Iv0, 4}, {V::k2_3_Iv1, 3}, {V::k2_1_Iv1, 2}, {V::k2_0_Iv0, 1}};
constexpr Step kAlterPartition[] = {{V::k3_5_Iv1, 3}, {V::k2_8_Iv0, 2}};
constexpr Step kWriteTxnMarkers[] = {{V::k2_8_Iv0, 1}};
constexpr Step kGroupMetadata[] = {{V::k2_3_Iv0, 3}, {V::k2_1_Iv0, 2}, {V::k0_10_1_Iv0, 1}};
constexpr Step kMagic[] = {{V::k0_11_0_Iv0, 2}, {V::k0_10_0_Iv0, 1}};
constexpr Step kBrokerZnode[] = {{V::k2_7_Iv0, 5}, {V::k0_10_0_Iv1, 4}, {V::k0_8_0, 2}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2.8" of "2.8.1" and of "2.8-IV0"; three numbers where the release is older than 1.0.
std::string_view release_of(std::string_view text) {
  int numbers = text.starts_with("0.") ? 3 : 2;
  std::size_t at = 0;
  for (int i = 0; i < numbers; ++i) {
    if (i > 0) {
      if (at == text.size() || text[at] != '.') return {};
      ++at;
    }
    std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == start) return {};
  }
  return text.substr(0, at);
}

}  // namespace

std::optional<InterBrokerProtocol> parse_inter_broker_protocol(std::string_view text) {
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (kTexts[i] == text) return static_cast<V>(i);
  }
  if (text.find('-') != std::string_view::npos) return std::nullopt;
  // A release, perhaps with the number of a fix after it.
  std::string_view release = release_of(text);
  if (release.empty()) return std::nullopt;
  for (char c : text.substr(release.size())) {
    if (!is_digit(c) && c != '.') return std::nullopt;
  }
  std::optional<V> found;
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (static_cast<V>(i) <= kLatestInterBrokerProtocol && release_of(kTexts[i]) == release) {
      found = static_cast<V>(i);
    }
  }
  return found;
}

std::string_view inter_broker_protocol_text(InterBrokerProtocol version) {
  return kTexts[static_cast<std::size_t>(version)];
}

std::int16_t leader_and_isr_version(V version) { return version_at(version, kLeaderAndIsr); }
std::int16_t stop_replica_version(V version) { return version_at(version, kStopReplica); }
std::int16_t update_metadata_version(V version) { return version_at(version, kUpdateMetadata); }
std::int16_t controlled_shutdown_version(V version) {
  return version_at(version, kControlledShutdown);
}
std::int16_t fetch_version(V version) { return version_at(version, kFetch); }
std::int16_t list_offsets_version(V version) { return version_at(version, kListOffsets); }
std::int16_t offset_for_leader_epoch_version(V version) {
  return version_at(version, kOffsetForLeaderEpoch);
}
std::int16_t alter_partition_version(V version) { return version_at(version, kAlterPartition); }
std::int16_t write_txn_markers_version(V version) { return version_at(version, kWriteTxnMarkers); }
std::int16_t group_metadata_value_version(V version) { return version_at(version, kGroupMetadata); }

std::int16_t offset_commit_value_version(V version, bool expires) {
  if (version < V::k2_1_Iv0 || expires) return 1;
  return version < V::k2_1_Iv1 ? 2 : 3;
}

std::int16_t transaction_log_value_version(V) { return 0; }

std::int8_t message_magic(V version) {
  return static_cast<std::int8_t>(version_at(version, kMagic));
}

std::int32_t broker_znode_version(V version) { return version_at(version, kBrokerZnode); }

}  // namespace odradek::config
