#include "server/config/inter_broker_protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace odradek::config {
namespace {

using V = InterBrokerProtocol;

TEST(InterBrokerProtocol, ReadsReleasesFixesAndInternalVersions) {
  EXPECT_EQ(parse_inter_broker_protocol("2.8"), V::k2_8_Iv1);
  EXPECT_EQ(parse_inter_broker_protocol("2.8.2"), V::k2_8_Iv1);
  EXPECT_EQ(parse_inter_broker_protocol("2.8-IV0"), V::k2_8_Iv0);
  EXPECT_EQ(parse_inter_broker_protocol("3.9"), V::k3_9_Iv0);
  EXPECT_EQ(parse_inter_broker_protocol("0.10.1"), V::k0_10_1_Iv2);
  EXPECT_EQ(parse_inter_broker_protocol("0.9.0.1"), V::k0_9_0);
  for (const char* text : {"", "2", "2.", "2.8-IV9", "5.0", "4.0", "0.9", "2.8.x", "x.y", "2.8 "}) {
    EXPECT_EQ(parse_inter_broker_protocol(text), std::nullopt) << text;
  }
}

TEST(InterBrokerProtocol, PrintsWhatItReads) {
  for (int i = 0; i <= static_cast<int>(V::k4_0_Iv1); ++i) {
    auto version = static_cast<V>(i);
    EXPECT_EQ(parse_inter_broker_protocol(inter_broker_protocol_text(version)), version);
  }
}

struct Versions {
  V version;
  int leader_and_isr, stop_replica, update_metadata, controlled_shutdown;
};

TEST(InterBrokerProtocol, FixesTheControllersRequests) {
  const Versions rows[] = {
      {V::k3_9_Iv0, 7, 4, 8, 3},    {V::k3_4_Iv0, 7, 4, 8, 3},    {V::k3_3_Iv3, 6, 3, 7, 3},
      {V::k3_2_Iv0, 6, 3, 7, 3},    {V::k3_1_Iv0, 5, 3, 7, 3},    {V::k2_8_Iv1, 5, 3, 7, 3},
      {V::k2_8_Iv0, 4, 3, 6, 3},    {V::k2_6_Iv0, 4, 3, 6, 3},    {V::k2_5_Iv0, 4, 2, 6, 3},
      {V::k2_4_Iv1, 4, 2, 6, 3},    {V::k2_4_Iv0, 3, 1, 5, 2},    {V::k2_2_Iv0, 2, 1, 5, 2},
      {V::k1_0_Iv0, 1, 0, 4, 1},    {V::k0_11_0_Iv2, 0, 0, 3, 1}, {V::k0_10_2_Iv0, 0, 0, 3, 1},
      {V::k0_10_0_Iv1, 0, 0, 2, 1}, {V::k0_9_0, 0, 0, 1, 1},      {V::k0_8_2, 0, 0, 0, 0}};
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(inter_broker_protocol_text(row.version)));
    EXPECT_EQ(leader_and_isr_version(row.version), row.leader_and_isr);
    EXPECT_EQ(stop_replica_version(row.version), row.stop_replica);
    EXPECT_EQ(update_metadata_version(row.version), row.update_metadata);
    EXPECT_EQ(controlled_shutdown_version(row.version), row.controlled_shutdown);
  }
}

struct FollowerVersions {
  V version;
  int fetch, list_offsets, offset_for_leader_epoch;
};

TEST(InterBrokerProtocol, FixesTheFollowersRequests) {
  const FollowerVersions rows[] = {
      {V::k3_9_Iv0, 17, 9, 4}, {V::k3_8_Iv0, 16, 8, 4},  {V::k3_7_Iv4, 16, 8, 4},
      {V::k3_7_Iv3, 15, 8, 4}, {V::k3_5_Iv1, 15, 8, 4},  {V::k3_5_Iv0, 14, 8, 4},
      {V::k3_4_Iv0, 13, 7, 4}, {V::k3_1_Iv0, 13, 7, 4},  {V::k3_0_Iv1, 12, 7, 4},
      {V::k3_0_Iv0, 12, 6, 4}, {V::k2_8_Iv0, 12, 6, 4},  {V::k2_7_Iv2, 12, 5, 3},
      {V::k2_7_Iv0, 11, 5, 3}, {V::k2_3_Iv1, 11, 5, 3},  {V::k2_3_Iv0, 10, 5, 2},
      {V::k2_2_Iv0, 10, 4, 2}, {V::k2_1_Iv2, 10, 4, 2},  {V::k2_0_Iv1, 8, 3, 1},
      {V::k1_1_Iv0, 7, 2, 0},  {V::k0_11_0_Iv1, 5, 2, 0}};
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(inter_broker_protocol_text(row.version)));
    EXPECT_EQ(fetch_version(row.version), row.fetch);
    EXPECT_EQ(list_offsets_version(row.version), row.list_offsets);
    EXPECT_EQ(offset_for_leader_epoch_version(row.version), row.offset_for_leader_epoch);
  }
}

TEST(InterBrokerProtocol, ChoosesTheVersionsOfStoredValues) {
  EXPECT_EQ(offset_commit_value_version(V::k3_9_Iv0, false), 3);
  EXPECT_EQ(offset_commit_value_version(V::k3_9_Iv0, true), 1);
  EXPECT_EQ(offset_commit_value_version(V::k2_1_Iv0, false), 2);
  EXPECT_EQ(offset_commit_value_version(V::k2_0_Iv1, false), 1);
  EXPECT_EQ(group_metadata_value_version(V::k2_3_Iv0), 3);
  EXPECT_EQ(group_metadata_value_version(V::k2_2_Iv1), 2);
  EXPECT_EQ(message_magic(V::k0_10_2_Iv0), 1);
  EXPECT_EQ(message_magic(V::k2_8_Iv1), 2);
  EXPECT_EQ(broker_znode_version(V::k2_8_Iv0), 5);
  EXPECT_EQ(broker_znode_version(V::k2_6_Iv0), 4);
}

}  // namespace
}  // namespace odradek::config
