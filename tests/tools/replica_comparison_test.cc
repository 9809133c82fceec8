#include "tools/replica_comparison.h"

#include <gtest/gtest.h>

#include "protocol/record/batch.h"
#include "protocol/record/batch_builder.h"

namespace odradek::tools {
namespace {

using protocol::TopicPartition;

const TopicPartition kPartition{"t", 0};

// Batches of `records` records each, from `offset` on.
base::Bytes log_of(protocol::Offset offset, const std::vector<int>& batches,
                   std::string_view value = "value") {
  base::Bytes log;
  for (int records : batches) {
    protocol::BatchBuilder builder({});
    for (int i = 0; i < records; ++i) {
      builder.append(1'700'000'000'000, std::nullopt, base::as_bytes(value));
    }
    auto built = builder.build();
    EXPECT_TRUE(built.ok());
    protocol::MutableBatch(*built).set_base_offset(offset);
    offset += records;
    log.insert(log.end(), built->begin(), built->end());
  }
  return log;
}

class ReplicaComparisonTest : public ::testing::Test {
 protected:
  std::vector<ReplicaDifference> compare(const FetchedReplicas& replicas) {
    comparison_.begin_round();
    auto differences = comparison_.compare(kPartition, replicas);
    EXPECT_TRUE(differences.ok());
    return differences.ok() ? *differences : std::vector<ReplicaDifference>();
  }

  ReplicaComparison comparison_{{{kPartition, 5}}};
};

TEST_F(ReplicaComparisonTest, GoesOnBehindWhatAllOfThemHave) {
  base::Bytes longer = log_of(5, {2, 3, 1});
  base::Bytes shorter = log_of(5, {2, 3});
  EXPECT_TRUE(compare({{1, {11, longer}}, {2, {11, shorter}}}).empty());
  EXPECT_EQ(comparison_.offset(kPartition), 10);
  EXPECT_EQ(comparison_.lag().lag, 1);
  EXPECT_EQ(comparison_.lag().offset, 10);
  EXPECT_EQ(comparison_.lag().partition, kPartition);
}

TEST_F(ReplicaComparisonTest, LooksNoFurtherThanTheHighWatermark) {
  base::Bytes log = log_of(5, {2, 3});
  base::Bytes other = log_of(5, {2, 3}, "another");
  EXPECT_EQ(compare({{1, {6, log}}, {2, {6, log}}}).size(), 0U);
  EXPECT_EQ(comparison_.offset(kPartition), 5) << "a batch that holds the high watermark waits";
  EXPECT_EQ(compare({{1, {8, log}}, {2, {8, other}}}).size(), 1U);
  EXPECT_EQ(comparison_.offset(kPartition), 7);
}

TEST_F(ReplicaComparisonTest, TellsOfEachBatchThatDiffersAndGoesOn) {
  base::Bytes log = log_of(5, {2, 3});
  base::Bytes other = log_of(5, {2, 3}, "another");
  auto differences = compare({{1, {20, log}}, {2, {20, other}}, {3, {20, log}}});
  ASSERT_EQ(differences.size(), 2U);
  const auto crc = [](const base::Bytes& bytes) { return protocol::BatchView(bytes).crc(); };
  EXPECT_EQ(differences[0].text,
            "partition t-0 has unmatched checksum at offset 6; replica 1's checksum " +
                std::to_string(crc(log)) + "; replica 2's checksum " + std::to_string(crc(other)));
  EXPECT_FALSE(differences[0].ends_verification);
  EXPECT_EQ(comparison_.offset(kPartition), 10);
}

TEST_F(ReplicaComparisonTest, EndsWhereOffsetsDiffer) {
  base::Bytes log = log_of(5, {2, 3});
  base::Bytes other = log_of(5, {3, 2});
  auto differences = compare({{2, {20, log}}, {7, {20, other}}});
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].text,
            "partition t-0: replica 2's offset 6 doesn't match replica 7's offset 7");
  EXPECT_TRUE(differences[0].ends_verification);
  EXPECT_EQ(comparison_.offset(kPartition), 5);
}

TEST_F(ReplicaComparisonTest, WaitsForAReplicaThatCannotBeAsked) {
  base::Bytes log = log_of(5, {2});
  EXPECT_TRUE(compare({{1, {9, log}}, {2, {}}}).empty());
  EXPECT_EQ(comparison_.offset(kPartition), 5);
  EXPECT_EQ(comparison_.lag().lag, 4);
}

TEST_F(ReplicaComparisonTest, RefusesWhatIsNoBatch) {
  base::Bytes log = log_of(5, {2});
  base::Bytes broken = log;
  broken[16] = 9;  // the magic
  auto differences = comparison_.compare(kPartition, {{1, {9, log}}, {2, {9, broken}}});
  ASSERT_FALSE(differences.ok());
  EXPECT_TRUE(differences.error().message.starts_with("partition t-0 at offset 5, replica 2: "));
}

}  // namespace
}  // namespace odradek::tools
