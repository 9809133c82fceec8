#include "base/page_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace odradek::base {
namespace {

TEST(PageCache, SeesWhatIsInMemoryAndBringsTheRest) {
  testing::TemporaryDirectory directory;
  auto file = File::open(directory.file("file"), File::Mode::kCreate);
  ASSERT_TRUE(file.ok());
  constexpr std::int64_t kBytes = 1 << 20;
  ASSERT_TRUE(file->write_at(Bytes(kBytes, 7), 0).ok());
  EXPECT_TRUE(is_in_page_cache(*file, 0, kBytes));
  EXPECT_TRUE(is_in_page_cache(*file, 5000, 1));
  ASSERT_TRUE(file->sync().ok());
  ASSERT_EQ(::posix_fadvise(file->fd(), 0, kBytes, POSIX_FADV_DONTNEED), 0);
  if (is_in_page_cache(*file, 0, kBytes)) GTEST_SKIP() << "a file system that lies in memory";
  EXPECT_FALSE(is_in_page_cache(*file, 100, kBytes - 200));
  ASSERT_TRUE(read_into_page_cache(*file, 100, kBytes - 200).ok());
  EXPECT_TRUE(is_in_page_cache(*file, 100, kBytes - 200));
}

TEST(PageCache, HasNothingToReadOfNothing) {
  testing::TemporaryDirectory directory;
  auto file = File::open(directory.file("file"), File::Mode::kCreate);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(is_in_page_cache(*file, 0, 0));
  EXPECT_TRUE(read_into_page_cache(*file, 0, 0).ok());
  EXPECT_TRUE(read_into_page_cache(*file, 0, 100).ok());
}

}  // namespace
}  // namespace odradek::base
