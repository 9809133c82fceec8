#include "protocol/wire/versioned.h"

#include <gtest/gtest.h>

#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"

namespace odradek::protocol {
namespace {

TEST(Versioned, PutsTheVersionBeforeTheFields) {
  OffsetCommitKey key{.group = "g", .topic = "t", .partition = 2};
  EXPECT_EQ(write_versioned(key, 1), (base::Bytes{0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 2}));
}

TEST(Versioned, BringsEveryVersionOfAValueBack) {
  OffsetCommitValue value{.offset = 12,
                          .leader_epoch = 3,
                          .metadata = "m",
                          .commit_timestamp = 5,
                          .expire_timestamp = 9};
  for (std::int16_t version = 0; version <= OffsetCommitValue::kApi.max; ++version) {
    base::Bytes stored = write_versioned(value, version);
    EXPECT_EQ(*stored_version(stored), version);
    base::Result<OffsetCommitValue> back = read_versioned<OffsetCommitValue>(stored);
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(back->offset, 12);
    EXPECT_EQ(back->leader_epoch, version >= 3 ? 3 : -1);
    EXPECT_EQ(back->expire_timestamp, version == 1 ? 9 : -1);
  }
}

TEST(Versioned, RefusesWhatItCannotRead) {
  EXPECT_FALSE(read_versioned<GroupMetadataValue>(base::Bytes{}).ok());
  EXPECT_FALSE(read_versioned<GroupMetadataValue>(base::Bytes{0}).ok());
  EXPECT_FALSE(read_versioned<GroupMetadataValue>(base::Bytes{0, 3}).ok());
  EXPECT_FALSE(read_versioned<TransactionLogKey>(base::Bytes{0, 1, 0, 0}).ok()) << "version 1";
}

}  // namespace
}  // namespace odradek::protocol
