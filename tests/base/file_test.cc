#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "base/file_faults.h"
#include "base/file_lock.h"
#include "tests/support/descriptor_limit.h"
#include "tests/support/fail_nth_operation.h"
#include "tests/support/temporary_directory.h"

namespace odradek::base {
namespace {

using odradek::testing::FailNthOperation;
using odradek::testing::TemporaryDirectory;

TEST(File, WritesAndReadsAtOffsets) {
  TemporaryDirectory directory;
  auto file = File::open(directory.file("a"), File::Mode::kCreateNew);
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE(file->write_at(as_bytes("world"), 6).ok());
  ASSERT_TRUE(file->write_at(as_bytes("hello "), 0).ok());
  EXPECT_EQ(*file->size(), 11);
  Bytes into(20);
  EXPECT_EQ(*file->read_at(into, 0), 11U);
  EXPECT_EQ(as_text(ByteView(into).first(11)), "hello world");
  EXPECT_TRUE(file->read_fully_at(MutableBytes(into).first(5), 6).ok());
  EXPECT_FALSE(file->read_fully_at(MutableBytes(into).first(6), 6).ok());
  ASSERT_TRUE(file->truncate(5).ok());
  EXPECT_EQ(*file->size(), 5);
  EXPECT_TRUE(file->sync_data().ok());
  EXPECT_TRUE(file->sync().ok());
  EXPECT_TRUE(file->close().ok());
  EXPECT_FALSE(file->is_open());
}

TEST(File, WritesManyPartsOneAfterAnother) {
  TemporaryDirectory directory;
  auto file = File::open(directory.file("a"), File::Mode::kCreate);
  ASSERT_TRUE(file.ok());
  std::vector<Bytes> owned;
  std::string expected = "--";
  for (int i = 0; i < 500; ++i) {
    owned.push_back(
        Bytes(static_cast<std::size_t>(i % 7), static_cast<std::uint8_t>('a' + i % 26)));
    expected += as_text(owned.back());
  }
  std::vector<ByteView> parts(owned.begin(), owned.end());
  ASSERT_TRUE(file->write_at(as_bytes("--"), 0).ok());
  ASSERT_TRUE(file->write_parts_at(parts, 2).ok());
  ASSERT_TRUE(file->write_parts_at({}, 0).ok());
  EXPECT_EQ(*read_whole_file(directory.file("a"), 1 << 20), expected);
}

TEST(File, ReservesBlocksWithoutGrowing) {
  TemporaryDirectory directory;
  auto file = File::open(directory.file("a"), File::Mode::kCreate);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->allocate(0, 1 << 20).ok());
  EXPECT_EQ(*file->size(), 0);
}

TEST(File, OpensByItsMode) {
  TemporaryDirectory directory;
  std::string path = directory.file("a");
  EXPECT_FALSE(File::open(path, File::Mode::kRead).ok());
  EXPECT_FALSE(File::open(path, File::Mode::kReadWrite).ok());
  EXPECT_TRUE(File::open(path, File::Mode::kCreateNew).ok());
  EXPECT_FALSE(File::open(path, File::Mode::kCreateNew).ok());
  auto file = File::open(path, File::Mode::kReadWrite);
  ASSERT_TRUE(file->write_at(as_bytes("x"), 0).ok());
  EXPECT_EQ(*File::open(path, File::Mode::kCreate)->size(), 1);
  EXPECT_FALSE(File::open(path, File::Mode::kRead)->write_at(as_bytes("y"), 0).ok());
  EXPECT_EQ(*File::open(path, File::Mode::kTruncate)->size(), 0);
}

TEST(File, ClosesWhatItHeldWhenAssigned) {
  TemporaryDirectory directory;
  auto first = File::open(directory.file("a"), File::Mode::kCreate);
  auto second = File::open(directory.file("b"), File::Mode::kCreate);
  int old = first->fd();
  *first = std::move(*second);
  struct stat attributes {};
  EXPECT_EQ(fstat(old, &attributes), -1);
  EXPECT_EQ(first->path(), directory.file("b"));
}

TEST(File, NamesThePathAndTheReason) {
  auto file = File::open("/no/such/file", File::Mode::kRead);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().message, "Cannot open /no/such/file: No such file or directory.");
}

TEST(File, TellsWhenNoDescriptorIsLeft) {
  TemporaryDirectory directory;
  auto kept = File::open(directory.file("a"), File::Mode::kCreate);
  ASSERT_TRUE(kept.ok());
  {
    odradek::testing::DescriptorLimit limit(0);
    EXPECT_TRUE(out_of_descriptors(File::open(directory.file("a"), File::Mode::kRead).error()));
    EXPECT_TRUE(out_of_descriptors(File::open_if_any(directory.file("a")).error()));
    EXPECT_TRUE(out_of_descriptors(list_directory(directory.path()).error()));
    EXPECT_TRUE(out_of_descriptors(sync_directory(directory.path()).error()));
    EXPECT_TRUE(out_of_descriptors(sync_file_system(directory.path()).error()));
    EXPECT_TRUE(out_of_descriptors(write_file_atomically(directory.file("b"), "text").error()));
  }
  EXPECT_FALSE(out_of_descriptors(File::open(directory.file("b"), File::Mode::kRead).error()));
  EXPECT_FALSE(out_of_descriptors(sync_directory(directory.file("b")).error()));
  FileFaults faults([](FileOperation, std::string_view) {
    return std::optional(FileFault{.error_number = ENFILE});
  });
  EXPECT_TRUE(out_of_descriptors(list_directory(directory.path()).error()));
  EXPECT_FALSE(out_of_descriptors(kept->sync_data().error())) << "a sync needs none";
}

TEST(FileSystem, ReadsNoMoreThanAllowed) {
  TemporaryDirectory directory;
  std::string content(100'000, 'x');
  ASSERT_TRUE(write_file_atomically(directory.file("a"), content).ok());
  EXPECT_EQ(*read_whole_file(directory.file("a"), 100'000), content);
  EXPECT_FALSE(read_whole_file(directory.file("a"), 99'999).ok());
  EXPECT_FALSE(read_whole_file(directory.file("b"), 10).ok());
  ASSERT_TRUE(write_file_atomically(directory.file("a"), "").ok());
  EXPECT_EQ(*read_whole_file(directory.file("a"), 0), "");
  EXPECT_EQ(*read_file_if_any(directory.file("a"), 0), "");
  EXPECT_EQ(*read_file_if_any(directory.file("b"), 10), std::nullopt);
  EXPECT_FALSE(read_file_if_any(directory.path() + "/a/c", 10).ok());
}

TEST(FileSystem, LeavesTheOldOrTheNewContentWhereverItFails) {
  TemporaryDirectory directory;
  std::string path = directory.file("a");
  int failed = 0;
  for (int n = 1;; ++n) {
    ASSERT_TRUE(write_file_atomically(path, "old content").ok());
    bool happened = false;
    Status status;
    {
      FailNthOperation failing(n, {.error_number = ENOSPC, .torn_at_bytes = 5});
      status = write_file_atomically(path, "new content");
      happened = failing.happened();
    }
    if (!happened) {
      EXPECT_TRUE(status.ok());
      break;
    }
    ++failed;
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.error().message.find("No space left"), std::string::npos);
    std::string content = *read_whole_file(path, 100);
    EXPECT_TRUE(content == "old content" || content == "new content") << content;
  }
  EXPECT_EQ(failed, 5) << "open, write, sync, rename, directory sync";
}

TEST(FileFaults, TearsAWriteInTheMiddle) {
  TemporaryDirectory directory;
  auto file = File::open(directory.file("a"), File::Mode::kCreate);
  {
    FailNthOperation failing(1, {.torn_at_bytes = 3});
    EXPECT_FALSE(file->write_at(as_bytes("abcdef"), 0).ok());
    EXPECT_EQ(failing.operation(), FileOperation::kWrite);
  }
  EXPECT_EQ(*read_whole_file(directory.file("a"), 10), "abc");
  EXPECT_TRUE(file->write_at(as_bytes("abcdef"), 0).ok());
}

TEST(FileFaults, EndsTheProcessInTheMiddleOfAWrite) {
  TemporaryDirectory directory;
  auto file = File::open(directory.file("a"), File::Mode::kCreate);
  pid_t child = fork();
  if (child == 0) {
    FailNthOperation failing(2, {.torn_at_bytes = 4, .ends_process = true});
    (void)file->write_at(as_bytes("abc"), 0);
    (void)file->write_at(as_bytes("defghi"), 3);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), FileFaults::kExitCode);
  EXPECT_EQ(*read_whole_file(directory.file("a"), 10), "abcdefg");
}

TEST(FileSystem, ListsMakesAndRemovesTrees) {
  TemporaryDirectory directory;
  std::string top = directory.file("top");
  ASSERT_TRUE(create_directories(top + "/b/c/").ok());
  ASSERT_TRUE(create_directories(top + "/b/c").ok());
  ASSERT_TRUE(write_file_atomically(top + "/a", "1").ok());
  ASSERT_TRUE(write_file_atomically(top + "/b/c/d", "2").ok());
  ASSERT_EQ(symlink(directory.path().c_str(), (top + "/link").c_str()), 0);
  EXPECT_FALSE(create_directories(top + "/a").ok()) << "a file stands there";
  EXPECT_FALSE(create_directories(top + "/a/x").ok());
  auto entries = list_directory(top);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].name, "a");
  EXPECT_EQ((*entries)[0].type, FileType::kFile);
  EXPECT_EQ((*entries)[1].name, "b");
  EXPECT_EQ((*entries)[1].type, FileType::kDirectory);
  EXPECT_TRUE(rename_path(top + "/a", directory.file("kept")).ok());
  EXPECT_TRUE(remove_tree(top).ok());
  EXPECT_EQ(*path_type(top), FileType::kMissing);
  EXPECT_EQ(*path_type(directory.file("kept")), FileType::kFile) << "followed a symbolic link";
  EXPECT_TRUE(remove_tree(top).ok());
  EXPECT_TRUE(remove_file(directory.file("kept")).ok());
  EXPECT_TRUE(remove_file(directory.file("kept")).ok());
  EXPECT_FALSE(list_directory(top).ok());
  EXPECT_TRUE(sync_directory(directory.path()).ok());
  EXPECT_FALSE(sync_directory(top).ok());
}

TEST(FileSystem, FindsTheParent) {
  EXPECT_EQ(parent_directory("/a/b"), "/a");
  EXPECT_EQ(parent_directory("/a//b/"), "/a");
  EXPECT_EQ(parent_directory("/a"), "/");
  EXPECT_EQ(parent_directory("/"), "/");
  EXPECT_EQ(parent_directory("a"), ".");
  EXPECT_EQ(parent_directory(""), ".");
}

TEST(FileSystem, TellsTheSpaceOfADisk) {
  auto space = disk_space("/");
  ASSERT_TRUE(space.ok());
  EXPECT_GT(space->total_bytes, 0);
  EXPECT_LE(space->usable_bytes, space->total_bytes);
  EXPECT_FALSE(disk_space("/no/such").ok());
}

// The exit status of a child that tries the kind of lock a JVM takes.
int lock_from_another_process(const std::string& path) {
  pid_t child = fork();
  if (child == 0) {
    int fd = open(path.c_str(), O_RDWR);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    _exit(fcntl(fd, F_SETLK, &whole) == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(FileLock, ExcludesOtherProcessesAndItself) {
  TemporaryDirectory directory;
  std::string path = directory.file(".lock");
  {
    auto lock = FileLock::acquire(path);
    ASSERT_TRUE(lock.ok()) << lock.error().message;
    ASSERT_TRUE(lock->has_value());
    EXPECT_EQ(lock_from_another_process(path), 1);
    auto second = FileLock::acquire(path);
    ASSERT_TRUE(second.ok()) << second.error().message;
    EXPECT_FALSE(second->has_value());
  }
  EXPECT_EQ(lock_from_another_process(path), 0);
  EXPECT_TRUE(FileLock::acquire(path)->has_value());
  EXPECT_FALSE(FileLock::acquire(directory.file("missing/.lock")).ok()) << "no other holds it";
}

}  // namespace
}  // namespace odradek::base
