#include "server/log/transaction_index.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/temporary_directory.h"

namespace odradek::log {
namespace {

class TransactionIndexTest : public ::testing::Test {
 protected:
  std::vector<AbortedTransaction> collect(TransactionIndex& index, protocol::Offset from,
                                          protocol::Offset to, bool* complete = nullptr) {
    std::vector<AbortedTransaction> found;
    auto done = index.collect(from, to, found);
    EXPECT_TRUE(done.ok());
    if (complete != nullptr) *complete = *done;
    return found;
  }

  testing::TemporaryDirectory directory_;
  FileCache cache_{16};
  std::string path_ = directory_.file("00000000000000000000.txnindex");
  const AbortedTransaction first_{
      .producer_id = 7, .first_offset = 10, .last_offset = 20, .last_stable_offset = 5};
  const AbortedTransaction second_{
      .producer_id = 8, .first_offset = 5, .last_offset = 30, .last_stable_offset = 31};
};

TEST_F(TransactionIndexTest, HasNoFileUntilATransactionIsAborted) {
  TransactionIndex index(cache_, path_);
  EXPECT_TRUE(collect(index, 0, 100).empty());
  ASSERT_TRUE(index.truncate_to(0).ok());
  ASSERT_TRUE(index.sync().ok());
  EXPECT_EQ(*base::path_type(path_), base::FileType::kMissing);
}

TEST_F(TransactionIndexTest, FindsWhatReachesIntoARange) {
  TransactionIndex index(cache_, path_);
  ASSERT_TRUE(index.append(first_).ok());
  ASSERT_TRUE(index.append(second_).ok());
  struct Case {
    protocol::Offset from, to;
    std::vector<AbortedTransaction> found;
    bool complete;
  };
  const Case cases[] = {
      {0, 5, {}, true},
      {0, 6, {second_}, true},
      {0, 11, {first_, second_}, true},
      {20, 21, {first_, second_}, true},
      {21, 31, {second_}, true},
      {21, 32, {second_}, false},
      {31, 40, {}, false},
  };
  for (const Case& expected : cases) {
    bool complete = false;
    EXPECT_EQ(collect(index, expected.from, expected.to, &complete), expected.found)
        << expected.from << " to " << expected.to;
    EXPECT_EQ(complete, expected.complete) << expected.from << " to " << expected.to;
  }
}

TEST_F(TransactionIndexTest, LeavesOutWhatIsThereAlready) {
  TransactionIndex index(cache_, path_);
  ASSERT_TRUE(index.append(first_).ok());
  ASSERT_TRUE(index.append(second_).ok());
  ASSERT_TRUE(index.append(first_).ok());
  EXPECT_EQ(*index.entries(), (std::vector{first_, second_}));
}

TEST_F(TransactionIndexTest, DropsMarkersFromAnOffsetOn) {
  TransactionIndex index(cache_, path_);
  ASSERT_TRUE(index.append(first_).ok());
  ASSERT_TRUE(index.append(second_).ok());
  ASSERT_TRUE(index.truncate_to(31).ok());
  EXPECT_EQ(index.entries()->size(), 2u);
  ASSERT_TRUE(index.truncate_to(30).ok());
  EXPECT_EQ(*index.entries(), std::vector{first_});
  EXPECT_EQ(*TransactionIndex(cache_, path_).entries(), std::vector{first_});
}

TEST_F(TransactionIndexTest, KeepsTheLayoutOfTheJvm) {
  ASSERT_TRUE(TransactionIndex(cache_, path_).append(first_).ok());
  auto text = base::read_whole_file(path_, 100);
  ASSERT_TRUE(text.ok());
  std::string expected = {0, 0};
  for (char number : {7, 10, 20, 5}) expected += std::string(7, '\0') + number;
  EXPECT_EQ(*text, expected);
}

TEST_F(TransactionIndexTest, RefusesWhatIsNoIndex) {
  std::string entry = {0, 0};
  for (char number : {7, 10, 20, 5}) entry += std::string(7, '\0') + number;
  std::string unknown_version = entry;
  unknown_version[1] = 1;
  std::string ends_before_it_begins = entry;
  ends_before_it_begins[2 + 8 + 7] = 21;
  for (const std::string& content :
       {entry.substr(1), entry + "x", entry + entry, unknown_version, ends_before_it_begins}) {
    ASSERT_TRUE(base::write_file_atomically(path_, content).ok());
    TransactionIndex index(cache_, path_);
    EXPECT_FALSE(index.entries().ok());
    ASSERT_TRUE(index.clear().ok());
    EXPECT_TRUE(index.entries()->empty());
  }
}

}  // namespace
}  // namespace odradek::log
