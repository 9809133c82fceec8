#include "tests/protocol/record/golden.h"

#include <gtest/gtest.h>

#include "protocol/record/batch_builder.h"
#include "protocol/record/control_record.h"
#include "protocol/record/down_convert.h"
#include "protocol/record/validate.h"

namespace odradek::protocol {
namespace {

constexpr std::int64_t kNow = 1700000000000;
constexpr Offset kFirstOffset = 1000;

TEST(RecordIterator, ReadsWhatKafkaWroteInEveryMagicAndCodec) {
  int seen = 0;
  for (const auto& [name, set] : golden().sets) {
    if (set.count < 0) continue;
    SCOPED_TRACE(name);
    WalkedSet walked = walk_set(set.bytes);
    ASSERT_TRUE(walked.status.ok()) << walked.status.error().message;
    EXPECT_EQ(walked.count, set.count);
    EXPECT_EQ(walked.digest, set.digest);
    if (!set.records.empty()) {
      EXPECT_EQ(walked.records, set.records);
    }
    ++seen;
  }
  EXPECT_EQ(seen, 57);
}

TEST(BatchView, AcceptsTheChecksumsThatKafkaWrote) {
  for (const auto& [name, set] : golden().sets) {
    SCOPED_TRACE(name);
    BatchReader reader(set.bytes);
    int batches = 0;
    for (auto batch = reader.next(); batch && *batch; batch = reader.next(), ++batches) {
      EXPECT_TRUE((*batch)->check_crc().ok());
    }
    EXPECT_GT(batches, 0);
    EXPECT_EQ(reader.position(), set.bytes.size());
  }
}

TEST(BatchBuilder, WritesTheBytesThatKafkaWrites) {
  for (const char* name : {"small-2-none-create", "small-2-none-append", "idempotent-none",
                           "transactional-none", "at-2-none"}) {
    SCOPED_TRACE(name);
    const base::Bytes& expected = golden().sets.at(name).bytes;
    BatchView batch = **next_batch(expected);
    bool log_append_time = batch.timestamp_type() == TimestampType::kLogAppendTime;
    BatchBuilder builder({.base_offset = batch.base_offset(),
                          .timestamp_type = batch.timestamp_type(),
                          .log_append_time = batch.max_timestamp(),
                          .producer_id = batch.producer_id(),
                          .producer_epoch = batch.producer_epoch(),
                          .base_sequence = batch.base_sequence(),
                          .transactional = batch.is_transactional()});
    // LogAppendTime hides the records' own times; those of the other set are the same.
    WalkedSet times = walk_set(golden().sets.at("small-2-none-create").bytes);
    RecordIterator records(batch);
    for (std::size_t i = 0; const Record* record = records.next(); ++i) {
      Record copy = *record;
      if (log_append_time) {
        copy.timestamp = std::stoll(times.records[i].substr(times.records[i].find(' ') + 1));
      }
      builder.append_record(copy.offset, copy);
    }
    auto built = builder.build();
    ASSERT_TRUE(built.ok());
    EXPECT_EQ(*built, expected);
  }
}

TEST(EndTransactionBatch, WritesTheBytesThatKafkaWrites) {
  EXPECT_EQ(end_transaction_batch({ControlRecordType::kCommit, 9}, 4711, 3, kNow),
            golden().sets.at("marker").bytes);
  EXPECT_EQ(end_transaction_batch({ControlRecordType::kAbort, 0}, 4712, 0, kNow),
            golden().sets.at("marker-abort").bytes);
  auto marker = decode_end_transaction_marker(**next_batch(golden().sets.at("marker").bytes));
  ASSERT_TRUE(marker.ok());
  EXPECT_EQ(marker->type, ControlRecordType::kCommit);
  EXPECT_EQ(marker->coordinator_epoch, 9);
}

std::string join(const std::vector<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields) text += field + " ";
  return text;
}

ValidationOptions options_of(const std::vector<std::string>& fields) {
  ValidationOptions options;
  options.target_magic = static_cast<std::int8_t>(std::stoi(fields[1]));
  if (fields[2] != "producer") options.target_codec = codec_from_name(fields[2]);
  if (fields[3] == "1") options.timestamp_type = TimestampType::kLogAppendTime;
  options.compacted_topic = fields[4] == "1";
  options.timestamp_before_max_ms = std::stoll(fields[5]);
  options.timestamp_after_max_ms = std::stoll(fields[6]);
  if (fields[7] == "1") options.origin = AppendOrigin::kCoordinator;
  options.now_ms = kNow;
  return options;
}

void expect_same_success(const std::vector<std::string>& fields, const ValidatedRecords& ours) {
  ASSERT_TRUE(ours.ok()) << ours.error_message;
  EXPECT_EQ(ours.last_offset, std::stoll(fields[9]));
  EXPECT_EQ(ours.max_timestamp, std::stoll(fields[10]));
  EXPECT_EQ(ours.in_place, fields[11] == "0");
  WalkedSet walked = walk_set(ours.records);
  ASSERT_TRUE(walked.status.ok()) << walked.status.error().message;
  EXPECT_EQ(std::to_string(walked.digest), fields[12]);
  if (fields[13] != "-") {
    EXPECT_EQ(std::to_string(base::crc32(ours.records)), fields[13]);
  }
  BatchView first = **next_batch(ours.records);
  EXPECT_TRUE(first.check_crc().ok());
  EXPECT_EQ(first.max_timestamp(), std::stoll(fields[14]));
  EXPECT_EQ(first.producer_id(), std::stoll(fields[15]));
  EXPECT_EQ(first.base_sequence(), std::stoi(fields[16]));
  EXPECT_EQ(first.codec_id(), std::stoi(fields[17]));
}

void expect_same_failure(const std::vector<std::string>& fields, const ValidatedRecords& ours) {
  int code = std::stoi(fields[9]);
  ASSERT_FALSE(ours.ok());
  // Upstream has no better name for some malformed input; of two things wrong we name either.
  bool old_format = fields[1] != "2" && ours.error == ErrorCode::kUnsupportedForMessageFormat;
  if (code != -1 && !old_format) {
    EXPECT_EQ(static_cast<int>(ours.error), code) << ours.error_message;
  }
  if (fields.size() < 11 || fields[10] == "-") return;
  std::string indexes;
  for (const RecordError& error : ours.record_errors) {
    indexes += (indexes.empty() ? "" : ",") + std::to_string(error.index);
  }
  EXPECT_EQ(indexes, fields[10]);
}

TEST(ValidateRecords, DecidesAsKafkaDecides) {
  int seen = 0;
  for (const auto& fields : golden().validations) {
    SCOPED_TRACE(join(fields));
    base::Bytes bytes = golden().sets.at(fields[0]).bytes;
    // Kafka checks these in its log, before what made the answers.
    if ((**next_batch(bytes)).base_offset() != 0 && (**next_batch(bytes)).magic() == 2) continue;
    // We renumber what Kafka lets through with its gap or fails to renumber.
    if (fields[0].starts_with("gap-")) continue;
    ValidatedRecords ours = validate_and_assign(bytes, options_of(fields), kFirstOffset, 7);
    if (fields[8] == "ok") {
      expect_same_success(fields, ours);
    } else {
      expect_same_failure(fields, ours);
    }
    ++seen;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(seen, 3000);
}

TEST(DownConverter, ConvertsAsKafkaConverts) {
  for (const auto& fields : golden().down_conversions) {
    SCOPED_TRACE(join(fields));
    const base::Bytes& bytes = golden().sets.at(fields[0]).bytes;
    DownConverter converter(bytes, static_cast<std::int8_t>(std::stoi(fields[1])),
                            std::stoll(fields[2]));
    auto converted = converter.next(1 << 20);
    if (fields[3] == "error") {
      ASSERT_FALSE(converted.ok());
      EXPECT_EQ(converted.error().code, std::stoi(fields[4]));
      continue;
    }
    ASSERT_TRUE(converted.ok()) << converted.error().message;
    EXPECT_EQ(std::to_string(walk_set(*converted).digest), fields[4]);
    if (fields[5] != "-") {
      EXPECT_EQ(std::to_string(base::crc32(*converted)), fields[5]);
    }
  }
}

}  // namespace
}  // namespace odradek::protocol
