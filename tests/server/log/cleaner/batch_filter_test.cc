#include "server/log/cleaner/batch_filter.h"

#include <gmock/gmock.h>

#include "tests/server/log/cleaner/compaction_bench.h"

namespace odradek::log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNowMs = 1'700'000'100'000;

// One batch "a" "b" "c" at offsets 100 to 102, and a map that knows newer records of some keys.
class BatchFilterTest : public ::testing::Test {
 protected:
  BatchFilterTest() : offsets_(24 * 100, 0.9), walk_({}) {
    CHECK(offsets_.begin(50, {}));
    offsets_.set_latest_offset(1000);
  }

  base::Bytes batch(const std::vector<KeyValue>& records, const SetSpec& spec = {}) const {
    base::Bytes bytes = record_set(records, spec);
    protocol::MutableBatch(bytes).set_base_offset(100);
    return bytes;
  }
  void newer(const std::string& key) { CHECK(offsets_.put(base::as_bytes(key), 500)); }
  base::Bytes filter(const base::Bytes& bytes, LastBatches last = {}) {
    BatchFilter filter(offsets_, walk_);
    filter.set_rules(rules_);
    filter.set_last_batches(std::move(last));
    base::Bytes out;
    base::Status done = filter.filter(protocol::BatchView(bytes), out);
    CHECK(done.ok()) << done.error().message;
    return out;
  }
  std::vector<Survivor> records(const base::Bytes& bytes) const {
    protocol::BatchView view(bytes);
    CHECK(view.check_crc().ok());
    std::vector<Survivor> found;
    protocol::RecordIterator records(view);
    while (const protocol::Record* record = records.next()) {
      found.push_back({record->offset, text_or_null(record->key), text_or_null(record->value)});
    }
    return found;
  }

  OffsetMap offsets_;
  TransactionWalk walk_;
  FilterRules rules_{.now_ms = kNowMs, .delete_retention_ms = 1000, .round_end = 2000};
};

TEST_F(BatchFilterTest, CopiesABatchWhoseRecordsAllStay) {
  base::Bytes given = batch({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(filter(given), given);
  newer("a");
  newer("b");
  EXPECT_THAT(filter(given), IsEmpty());
}

TEST_F(BatchFilterTest, KeepsOffsetsSequencesAndTheLastOffsetOfASmallerBatch) {
  newer("a");
  newer("c");
  base::Bytes left =
      filter(batch({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {.codec = protocol::CompressionType::kGzip,
                                                          .producer_id = 9,
                                                          .producer_epoch = 2,
                                                          .base_sequence = 40}));
  protocol::BatchView view(left);
  EXPECT_EQ(view.base_offset(), 100);
  EXPECT_EQ(view.last_offset(), 102);
  EXPECT_EQ(view.base_sequence(), 40);
  EXPECT_EQ(view.last_sequence(), 42);
  EXPECT_EQ(view.producer_id(), 9);
  EXPECT_EQ(view.producer_epoch(), 2);
  EXPECT_EQ(view.codec(), protocol::CompressionType::kGzip);
  EXPECT_EQ(view.record_count(), 1);
  EXPECT_FALSE(view.has_delete_horizon());
  EXPECT_THAT(records(left), ElementsAre(Survivor{101, "b", "2"}));
}

TEST_F(BatchFilterTest, KeepsTheHeaderOfAProducersLastBatch) {
  newer("a");
  base::Bytes given =
      batch({{"a", "1"}}, {.producer_id = 9, .producer_epoch = 2, .base_sequence = 40});
  EXPECT_THAT(filter(given, {{9, {99, 2}}, {8, {100, 2}}}), IsEmpty());
  base::Bytes left = filter(given, {{9, {100, 2}}});
  protocol::BatchView view(left);
  EXPECT_TRUE(view.check_crc().ok());
  EXPECT_EQ(view.record_count(), 0);
  EXPECT_EQ(view.last_offset(), 100);
  EXPECT_EQ(view.last_sequence(), 40);
  // What is empty stays so until another batch is the last.
  EXPECT_EQ(filter(left, {{9, {100, 2}}}), left);
  EXPECT_THAT(filter(left), IsEmpty());
}

TEST_F(BatchFilterTest, KeepsTheHeaderOfTheLastBatchOfTheRound) {
  newer("a");
  rules_.round_end = 101;
  EXPECT_EQ(protocol::BatchView(filter(batch({{"a", "1"}}))).record_count(), 0);
}

TEST_F(BatchFilterTest, SetsTheDeleteHorizonOnceAndGoesByIt) {
  base::Bytes given = batch({{"a", std::nullopt}, {"b", "2"}});
  base::Bytes marked = filter(given);
  protocol::BatchView view(marked);
  EXPECT_EQ(view.delete_horizon_ms(), kNowMs + 1000);
  EXPECT_EQ(records(marked), records(given));
  protocol::RecordIterator times(view);
  EXPECT_EQ(times.next()->timestamp, SetSpec().timestamp_ms);
  EXPECT_EQ(view.max_timestamp(), SetSpec().timestamp_ms);
  rules_.now_ms = kNowMs + 999;
  EXPECT_EQ(filter(marked), marked);
  rules_.now_ms = kNowMs + 1000;
  EXPECT_THAT(records(filter(marked)), ElementsAre(Survivor{101, "b", "2"}));
  // A batch that already has one keeps it when it shrinks for another reason.
  rules_.now_ms = kNowMs + 500;
  newer("b");
  EXPECT_EQ(protocol::BatchView(filter(marked)).delete_horizon_ms(), kNowMs + 1000);
}

TEST_F(BatchFilterTest, LeavesWhatTheMapHasNotSeen) {
  newer("a");
  offsets_.set_latest_offset(100);
  base::Bytes given = batch({{"a", "1"}, {"a", "2"}, {std::nullopt, "3"}});
  EXPECT_THAT(records(filter(given)),
              ElementsAre(Survivor{101, "a", "2"}, Survivor{102, std::nullopt, "3"}));
}

TEST_F(BatchFilterTest, RefusesABatchThatCannotBeRead) {
  base::Bytes given = batch({{"a", "1"}});
  given.back() = 0x7f;  // more headers than there are bytes
  protocol::MutableBatch(given).update_crc();
  BatchFilter filter(offsets_, walk_);
  base::Bytes out;
  EXPECT_FALSE(filter.filter(protocol::BatchView(given), out).ok());
}

// Batches of producer 5 and its markers, by what they are.
class TransactionWalkTest : public ::testing::Test {
 protected:
  static base::Bytes at(protocol::Offset offset, base::Bytes batch) {
    protocol::MutableBatch(batch).set_base_offset(offset);
    return batch;
  }
  static bool aborted(TransactionWalk& walk, protocol::Offset offset) {
    base::Bytes bytes =
        at(offset,
           record_set(
               {{"k", "v"}},
               {.producer_id = 5, .producer_epoch = 0, .base_sequence = 0, .transactional = true}));
    return walk.is_aborted(protocol::BatchView(bytes));
  }
  static TransactionWalk::Marker marker(TransactionWalk& walk, protocol::Offset offset,
                                        protocol::ControlRecordType type) {
    base::Bytes bytes = at(offset, protocol::end_transaction_batch({type, 0}, 5, 0, 0));
    auto found = walk.marker(protocol::BatchView(bytes));
    CHECK(found.ok());
    return *found;
  }
};

TEST_F(TransactionWalkTest, TellsAbortedFromCommitted) {
  AbortedTransaction second{5, 20, 25, 20};
  TransactionWalk walk({second});
  EXPECT_FALSE(aborted(walk, 10));
  EXPECT_FALSE(marker(walk, 12, protocol::ControlRecordType::kCommit).orphaned);
  EXPECT_TRUE(aborted(walk, 20));
  EXPECT_TRUE(aborted(walk, 22));
  auto ended = marker(walk, 25, protocol::ControlRecordType::kAbort);
  EXPECT_FALSE(ended.orphaned);
  EXPECT_EQ(ended.aborted, second);
  EXPECT_FALSE(aborted(walk, 30));
}

TEST_F(TransactionWalkTest, FindsMarkersWhoseRecordsAreGone) {
  TransactionWalk walk({{5, 20, 25, 20}});
  EXPECT_TRUE(marker(walk, 12, protocol::ControlRecordType::kCommit).orphaned);
  auto ended = marker(walk, 25, protocol::ControlRecordType::kAbort);
  EXPECT_TRUE(ended.orphaned);
  EXPECT_EQ(ended.aborted, std::nullopt);
}

}  // namespace
}  // namespace odradek::log
