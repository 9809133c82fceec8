#include "server/api/fetch_answer.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "base/file.h"
#include "protocol/record/batch_builder.h"
#include "tests/support/temporary_directory.h"

namespace odradek::api {
namespace {

using protocol::ErrorCode;

// One partition with one batch, read by clients of many versions.
class FetchAnswerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    protocol::BatchBuilder builder({});
    builder.append(1, base::as_bytes("key"), base::as_bytes("value"));
    base::Bytes batch = *builder.build();
    auto file = base::File::open(directory_.file("0.log"), base::File::Mode::kCreateNew);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->write_at(batch, 0));
    slice_ = {std::make_shared<base::File>(std::move(*file)), 0,
              static_cast<std::int64_t>(batch.size())};
  }

  protocol::FetchResponse::Partition answer(std::int16_t version,
                                            ErrorCode error = ErrorCode::kNone,
                                            bool is_follower = false) {
    replica::ReadOutcome outcome{.error = error};
    if (error == ErrorCode::kNone) outcome.slice = slice_;
    if (version < FetchAnswer::kFirstVersionWithZstd) {
      outcome.options = std::make_shared<log::LogOptions>(options_);
    }
    FetchAnswer answer({{.topic = "topic"}}, nullptr, false, is_follower);
    std::vector<replica::ReadOutcome> outcomes;
    outcomes.push_back(std::move(outcome));
    protocol::FetchResponse response =
        answer.build(std::move(outcomes), version, "PLAINTEXT", metadata::MetadataImage());
    return std::move(response.responses.at(0).partitions.at(0));
  }
  static bool is_converted(const protocol::FetchResponse::Partition& partition) {
    const auto& rest = partition.records.rest;
    return !rest.empty() && std::holds_alternative<protocol::GeneratedBytes>(rest.front());
  }

  testing::TemporaryDirectory directory_;
  protocol::FileSlice slice_;
  log::LogOptions options_;
};

TEST_F(FetchAnswerTest, ConvertsForClientsThatReadLessThanIsStored) {
  for (std::int8_t stored : {0, 1, 2}) {
    options_.record_magic = stored;
    for (std::int16_t version = 0; version <= 17; ++version) {
      int reads = version < 2 ? 0 : version < 4 ? 1 : 2;
      protocol::FetchResponse::Partition partition = answer(version);
      EXPECT_EQ(partition.error_code, ErrorCode::kNone);
      EXPECT_EQ(is_converted(partition), stored > reads) << version;
      EXPECT_EQ(partition.records.rest.size(), 1U) << version;
      EXPECT_GE(partition.records.size_bytes(), static_cast<std::size_t>(slice_.size_bytes));
    }
  }
}

TEST_F(FetchAnswerTest, RefusesConversionWhereTheTopicForbidsIt) {
  options_.down_conversion = false;
  for (std::int16_t version : {0, 2, 3}) {
    EXPECT_EQ(answer(version).error_code, ErrorCode::kUnsupportedVersion);
    EXPECT_EQ(answer(version, ErrorCode::kOffsetOutOfRange).error_code,
              ErrorCode::kUnsupportedVersion);
    EXPECT_EQ(answer(version).records.size_bytes(), 0U);
    EXPECT_TRUE(is_converted(answer(version, ErrorCode::kNone, true)));
  }
  EXPECT_EQ(answer(4).error_code, ErrorCode::kNone);
  options_.record_magic = 1;
  EXPECT_EQ(answer(2).error_code, ErrorCode::kNone);
}

TEST_F(FetchAnswerTest, RefusesTopicsOfZstdToClientsThatDoNotKnowIt) {
  options_.compression = protocol::CompressionType::kZstd;
  for (std::int16_t version : {0, 3, 9}) {
    EXPECT_EQ(answer(version).error_code, ErrorCode::kUnsupportedCompressionType);
  }
  EXPECT_EQ(answer(10).error_code, ErrorCode::kNone);
}

TEST_F(FetchAnswerTest, NamesAFailedDirectoryOnlyToClientsThatKnowTheError) {
  EXPECT_EQ(answer(5, ErrorCode::kKafkaStorageError).error_code, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(answer(6, ErrorCode::kKafkaStorageError).error_code, ErrorCode::kKafkaStorageError);
}

TEST_F(FetchAnswerTest, TellsWhyTheFirstBatchCannotBeConverted) {
  ASSERT_TRUE(std::const_pointer_cast<base::File>(slice_.file)->write_at(base::Bytes{9}, 16));
  EXPECT_EQ(answer(3).error_code, ErrorCode::kCorruptMessage);
  EXPECT_EQ(answer(3).high_watermark, -1);
  EXPECT_EQ(answer(4).error_code, ErrorCode::kNone);
}

}  // namespace
}  // namespace odradek::api
