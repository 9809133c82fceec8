#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "base/thread.h"
#include "protocol/errors.h"
#include "server/log/offset_index.h"
#include "server/log/time_index.h"
#include "tests/support/temporary_directory.h"

namespace odradek::log {
namespace {

class IndexTest : public ::testing::Test {
 protected:
  testing::TemporaryDirectory directory;
  FileCache files{8};
  std::string path = directory.file("index");
};

using OffsetIndexTest = IndexTest;
using TimeIndexTest = IndexTest;

TEST_F(OffsetIndexTest, FindsTheEntryAtOrBelowInMemoryAndOnDisk) {
  const int kEntries = 5000;  // several writes of pending entries
  auto check = [kEntries](OffsetIndex& index) {
    EXPECT_EQ(index.lookup(0)->position, 0);
    EXPECT_EQ(index.lookup(109)->position, 0);
    for (int i = 0; i < kEntries; ++i) {
      ASSERT_EQ(index.lookup(110 + 10 * i)->position, i + 1);
      ASSERT_EQ(index.lookup(119 + 10 * i)->position, i + 1);
    }
    EXPECT_EQ(index.lookup(1'000'000)->position, kEntries);
  };
  {
    OffsetIndex index(files, path, 100);
    for (int i = 0; i < kEntries; ++i) ASSERT_TRUE(index.append(110 + 10 * i, i + 1).ok());
    ASSERT_TRUE(index.append(50, 1).ok());  // not above the last: ignored
    EXPECT_EQ(*index.file().entries(), static_cast<std::size_t>(kEntries));
    check(index);
    ASSERT_TRUE(index.file().write_pending().ok());
  }
  EXPECT_EQ(std::filesystem::file_size(path), 8u * kEntries);
  OffsetIndex index(files, path, 100);
  check(index);
  EXPECT_TRUE(*index.sane(1 << 20));
  EXPECT_FALSE(*index.sane(100));
}

TEST_F(OffsetIndexTest, LeadsToTheStartWhereADamagedEntryLeadsNowhere) {
  OffsetIndex index(files, path, 100);
  ASSERT_TRUE(index.append(110, -7).ok());
  ASSERT_TRUE(index.append(120, 50).ok());
  EXPECT_EQ(index.lookup(115)->position, 0);
  EXPECT_EQ(index.lookup(115)->offset, 100);
  EXPECT_EQ(index.lookup(125)->position, 50);
}

TEST_F(OffsetIndexTest, TruncatesBothWrittenAndPendingEntries) {
  base::Random random(5);
  OffsetIndex index(files, path, 0);
  std::vector<std::int64_t> model;
  for (int round = 0; round < 200; ++round) {
    for (std::uint64_t i = random.below(400); i > 0; --i) {
      std::int64_t offset = (model.empty() ? 0 : model.back()) + random.between(1, 5);
      ASSERT_TRUE(index.append(offset, static_cast<std::int32_t>(offset)).ok());
      model.push_back(offset);
    }
    if (random.one_in(3)) {
      ASSERT_TRUE(index.file().write_pending().ok());
    }
    std::int64_t cut = model.empty() ? 0 : model.back() - random.between(-5, 800);
    ASSERT_TRUE(index.truncate_to(cut).ok());
    std::erase_if(model, [&](std::int64_t offset) { return offset >= cut; });
    ASSERT_EQ(*index.file().entries(), model.size());
    for (int probe = 0; probe < 20 && !model.empty(); ++probe) {
      std::size_t number = random.below(model.size());
      ASSERT_EQ((*index.entry(number))->offset, model[number]);
      ASSERT_EQ(index.lookup(model[number])->offset, model[number]);
    }
  }
}

TEST_F(TimeIndexTest, KeepsOnlyIncreasingEntries) {
  TimeIndex index(files, path, 100);
  ASSERT_TRUE(index.append(-1, 101).ok());
  ASSERT_TRUE(index.append(1000, 105).ok());
  ASSERT_TRUE(index.append(1000, 110).ok());
  ASSERT_TRUE(index.append(900, 111).ok());
  ASSERT_TRUE(index.append(2000, 120).ok());
  EXPECT_EQ(*index.file().entries(), 2u);
  EXPECT_EQ(index.lookup(999)->timestamp_ms, -1);
  EXPECT_EQ(index.lookup(999)->offset, 100);
  EXPECT_EQ(index.lookup(1999)->offset, 105);
  EXPECT_EQ(index.lookup(2000)->offset, 120);
  ASSERT_TRUE(index.truncate_to(120).ok());
  EXPECT_EQ((*index.last())->offset, 105);
}

TEST(FileCache, KeepsNoMoreFilesOpenThanAllowed) {
  testing::TemporaryDirectory directory;
  FileCache files(5);
  std::vector<std::unique_ptr<CachedFile>> all;
  for (int i = 0; i < 40; ++i) {
    all.push_back(std::make_unique<CachedFile>(files, directory.file(std::to_string(i))));
    base::Bytes byte{static_cast<std::uint8_t>(i)};
    ASSERT_TRUE(all.back()->create().ok());
    ASSERT_TRUE(all.back()->write_at(0, byte).ok());
    EXPECT_LE(files.open_files(), 5u);
  }
  for (int i = 0; i < 40; ++i) {
    base::Bytes byte(1);
    ASSERT_EQ(*all[static_cast<std::size_t>(i)]->read_at(0, byte), 1u);
    EXPECT_EQ(byte[0], i);
  }
  EXPECT_LE(files.open_files(), 5u);
  all.clear();
  EXPECT_EQ(files.open_files(), 0u);
}

TEST(CachedFile, IsNotMadeAgainByALateReader) {
  testing::TemporaryDirectory directory;
  FileCache files(5);
  CachedFile file(files, directory.file("a"));
  EXPECT_FALSE(file.open().ok());
  ASSERT_TRUE(file.create().ok());
  file.close();
  ASSERT_TRUE(file.rename(directory.file("b")).ok());
  ASSERT_TRUE(file.open().ok());
  ASSERT_TRUE(file.remove().ok());
  auto opened = file.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(protocol::code_of(opened.error()), protocol::ErrorCode::kKafkaStorageError)
      << "no disk is to blame";
  EXPECT_TRUE(base::list_directory(directory.path())->empty());
}

TEST(FileCache, OpensNoFileByTheNameOfADirectoryThatIsBeingRenamed) {
  testing::TemporaryDirectory directory;
  FileCache files(5);
  ASSERT_TRUE(base::create_directories(directory.file("from")).ok());
  CachedFile file(files, directory.file("from/a"));
  ASSERT_TRUE(file.create().ok());
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  base::Thread reader("reader", [&] {
    while (!done.load()) {
      if (!file.open().ok()) ++failed;
      file.close();
    }
  });
  std::string names[] = {directory.file("from"), directory.file("to")};
  for (int i = 0; i < 200; ++i) {
    const std::string& to = names[(i + 1) % 2];
    ASSERT_TRUE(files.rename_directory(names[i % 2], to, [&] { file.moved(to + "/a"); }).ok());
  }
  done.store(true);
  reader.join();
  EXPECT_EQ(failed.load(), 0);
}

}  // namespace
}  // namespace odradek::log
