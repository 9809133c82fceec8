// File and directory operations whose errors are values that name the path and the kernel's reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace odradek::base {

// Whether a file or directory could not be opened because the process (EMFILE) or the system
// (ENFILE) has as many open as it may: no fault of the disk, and nothing was done.
bool out_of_descriptors(const Error& error);

// An open file; closes itself. Reads and writes at offsets may run from any thread at the same
// time.
class File {
 public:
  enum class Mode : std::uint8_t {
    kRead,       // must exist
    kReadWrite,  // must exist
    kCreate,     // read and write, made when missing
    kCreateNew,  // read and write, must not exist
    kTruncate,   // read and write, made when missing, emptied when not
  };

  static Result<File> open(std::string path, Mode mode);
  // To read; nothing when there is none.
  static Result<std::optional<File>> open_if_any(std::string path);

  File() = default;
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  // After the file was renamed; only for messages.
  void set_path(std::string path) { path_ = std::move(path); }

  // Reads until `into` is full or the file ends; the bytes read.
  Result<std::size_t> read_at(MutableBytes into, std::int64_t offset) const;
  // As read_at(), but the end of the file is an error.
  Status read_fully_at(MutableBytes into, std::int64_t offset) const;
  // All or an error; after an error any part may have been written.
  Status write_at(ByteView bytes, std::int64_t offset);
  // The parts one after another (pwritev).
  Status write_parts_at(std::span<const ByteView> parts, std::int64_t offset);

  Result<std::int64_t> size() const;
  Status truncate(std::int64_t size_bytes);
  // Content to the disk (fdatasync).
  Status sync_data();
  // Content and all attributes (fsync).
  Status sync();
  // Everything of the file system that it lies in (syncfs), and an error for what failed to be
  // written since the file was opened or the last call.
  Status sync_file_system();
  // The kernel begins to write its content; errors are left to who syncs.
  void start_write_out();
  // Reserves blocks; the size stays. Success where the file system cannot.
  Status allocate(std::int64_t offset, std::int64_t length);
  Status close();

 private:
  File(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_ = -1;
};

enum class FileType : std::uint8_t { kMissing, kFile, kDirectory, kOther };

struct PathAttributes {
  FileType type = FileType::kMissing;
  std::int64_t size_bytes = 0;
  std::int64_t modified_ms = 0;  // wall time, by the file system
};

struct DirectoryEntry {
  std::string name;  // without the directory
  FileType type = FileType::kOther;
};

struct DiskSpace {
  std::int64_t total_bytes = 0;
  std::int64_t usable_bytes = 0;  // for this user
};

// Both are an error when the file is longer than max_bytes; only the second takes a missing one.
Result<std::string> read_whole_file(const std::string& path, std::size_t max_bytes);
Result<std::optional<std::string>> read_file_if_any(const std::string& path, std::size_t max_bytes);
// Written to path + ".tmp", synced, renamed over `path`, directory synced: after a crash there is
// the old content or the new.
Status write_file_atomically(const std::string& path, std::string_view content);
// Atomic, replaces `to`. Does not sync the directory.
Status rename_path(const std::string& from, const std::string& to);
// Success when there was none.
Status remove_file(const std::string& path);
// The directory with all that is in it; never follows symbolic links. Success when there was none.
Status remove_tree(const std::string& path);
// Symbolic links are followed: kMissing is an answer, not an error.
Result<FileType> path_type(const std::string& path);
Result<PathAttributes> path_attributes(const std::string& path);
// Sorted by name, without "." and "..".
Result<std::vector<DirectoryEntry>> list_directory(const std::string& path);
// With its parents; success when it is there.
Status create_directories(const std::string& path);
// Makes creations, renames and removals in it durable.
Status sync_directory(const std::string& path);
// Everything of the file system that holds `path` to the disk (syncfs).
Status sync_file_system(const std::string& path);
// The directory part of a path, "." when it has none.
std::string parent_directory(std::string_view path);
Result<DiskSpace> disk_space(const std::string& path);

}  // namespace odradek::base
