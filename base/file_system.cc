#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/file_error.h"

// The functions of file.h that work on paths.
namespace odradek::base {
namespace {

constexpr mode_t kDirectoryPermissions = 0755;
constexpr std::size_t kFirstReadStep = 4096;

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  return FileType::kOther;
}

FileType type_of(int directory_fd, const dirent& entry) {
  if (entry.d_type == DT_REG) return FileType::kFile;
  if (entry.d_type == DT_DIR) return FileType::kDirectory;
  // A link, or a file system that does not tell.
  struct stat attributes {};
  if (::fstatat(directory_fd, entry.d_name, &attributes, 0) != 0) return FileType::kOther;
  return type_of(attributes.st_mode);
}

// Calls with the directory's descriptor. What the call itself answers, whatever it is, is not that
// none was left.
Status with_directory(FileOperation operation, const std::string& path, int (*call)(int)) {
  if (auto fault = FileFaults::check(operation, path)) {
    return file_error(operation, path, fault->error_number);
  }
  int fd =
      retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd == -1) return open_error(operation, path, errno);
  int result = retry_interrupted([&] { return call(fd); });
  int reason = errno;
  ::close(fd);
  return result == -1 ? file_error(operation, path, reason) : Status();
}

Status make_directory(const std::string& path) {
  bool exists = false;
  Status made = checked_call(FileOperation::kCreateDirectory, path, [&] {
    int result = ::mkdir(path.c_str(), kDirectoryPermissions);
    exists = result == -1 && errno == EEXIST;
    return exists ? 0 : result;
  });
  if (!exists) return made;
  Result<FileType> type = path_type(path);
  if (!type) return type.error();
  if (*type == FileType::kDirectory) return {};
  return file_error(FileOperation::kCreateDirectory, path, EEXIST);
}

Result<std::string> read_all(const File& file, std::size_t max_bytes) {
  // By steps rather than by size(): files of /proc and ones that grow have no true size.
  std::string content;
  while (true) {
    std::size_t before = content.size();
    std::size_t step = std::max(kFirstReadStep, before);  // most files are small
    content.resize(before + std::min(step, max_bytes - before + 1));
    MutableBytes into{reinterpret_cast<std::uint8_t*>(content.data()) + before,
                      content.size() - before};
    Result<std::size_t> count = file.read_at(into, static_cast<std::int64_t>(before));
    if (!count) return count.error();
    content.resize(before + *count);
    if (content.size() > max_bytes) {
      return Error("Cannot read " + file.path() + ": it is longer than " +
                   std::to_string(max_bytes) + " bytes.");
    }
    if (*count < into.size()) return content;
  }
}

}  // namespace

Result<std::string> read_whole_file(const std::string& path, std::size_t max_bytes) {
  Result<File> file = File::open(path, File::Mode::kRead);
  if (!file) return file.error();
  return read_all(*file, max_bytes);
}

Result<std::optional<std::string>> read_file_if_any(const std::string& path,
                                                    std::size_t max_bytes) {
  Result<std::optional<File>> file = File::open_if_any(path);
  if (!file) return file.error();
  if (!*file) return std::optional<std::string>();
  Result<std::string> content = read_all(**file, max_bytes);
  if (!content) return content.error();
  return std::optional<std::string>(std::move(*content));
}

Status write_file_atomically(const std::string& path, std::string_view content) {
  std::string temporary = path + ".tmp";
  Result<File> file = File::open(temporary, File::Mode::kTruncate);
  if (!file) return file.error();
  if (Status status = file->write_at(as_bytes(content), 0); !status) return status;
  if (Status status = file->sync(); !status) return status;
  if (Status status = file->close(); !status) return status;
  if (Status status = rename_path(temporary, path); !status) return status;
  return sync_directory(parent_directory(path));
}

Status rename_path(const std::string& from, const std::string& to) {
  return checked_call(FileOperation::kRename, from + " to " + to,
                      [&] { return ::rename(from.c_str(), to.c_str()); });
}

Status remove_file(const std::string& path) {
  return checked_call(FileOperation::kRemove, path, [&] {
    int result = ::unlink(path.c_str());
    return result == -1 && errno == ENOENT ? 0 : result;
  });
}

Status remove_tree(const std::string& path) {
  struct stat attributes {};
  bool missing = false;
  Status status = checked_call(FileOperation::kSize, path, [&] {
    int result = ::lstat(path.c_str(), &attributes);
    missing = result == -1 && errno == ENOENT;
    return missing ? 0 : result;
  });
  if (!status || missing) return status;
  if (!S_ISDIR(attributes.st_mode)) return remove_file(path);
  Result<std::vector<DirectoryEntry>> entries = list_directory(path);
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    if (Status status = remove_tree(path + "/" + entry.name); !status) return status;
  }
  return checked_call(FileOperation::kRemove, path, [&] {
    int result = ::rmdir(path.c_str());
    return result == -1 && errno == ENOENT ? 0 : result;
  });
}

Result<FileType> path_type(const std::string& path) {
  Result<PathAttributes> attributes = path_attributes(path);
  if (!attributes) return attributes.error();
  return attributes->type;
}

Result<PathAttributes> path_attributes(const std::string& path) {
  struct stat attributes {};
  bool missing = false;
  Status status = checked_call(FileOperation::kSize, path, [&] {
    int result = ::stat(path.c_str(), &attributes);
    missing = result == -1 && (errno == ENOENT || errno == ENOTDIR);
    return missing ? 0 : result;
  });
  if (!status) return status.error();
  if (missing) return PathAttributes{};
  return PathAttributes{.type = type_of(attributes.st_mode),
                        .size_bytes = std::int64_t{attributes.st_size},
                        .modified_ms = std::int64_t{attributes.st_mtim.tv_sec} * 1000 +
                                       attributes.st_mtim.tv_nsec / 1'000'000};
}

Result<std::vector<DirectoryEntry>> list_directory(const std::string& path) {
  if (auto fault = FileFaults::check(FileOperation::kList, path)) {
    return open_error(FileOperation::kList, path, fault->error_number);
  }
  int fd = open_without_access_time(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1) return open_error(FileOperation::kList, path, errno);
  std::unique_ptr<DIR, DirectoryCloser> directory(::fdopendir(fd));
  if (!directory) {
    Error error = file_error(FileOperation::kList, path, errno);
    ::close(fd);
    return error;
  }
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    entries.push_back({std::move(name), type_of(::dirfd(directory.get()), *entry)});
  }
  if (errno != 0) return file_error(FileOperation::kList, path, errno);
  std::sort(entries.begin(), entries.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return entries;
}

Status create_directories(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    std::string parent = path.substr(0, at);
    // Parents that are there need no permission to make them.
    Result<FileType> type = path_type(parent);
    if (type.ok() && *type == FileType::kDirectory) continue;
    if (Status status = make_directory(parent); !status) return status;
  }
  return make_directory(path);
}

Status sync_directory(const std::string& path) {
  return with_directory(FileOperation::kSyncDirectory, path, ::fsync);
}

Status sync_file_system(const std::string& path) {
  return with_directory(FileOperation::kSyncFileSystem, path, ::syncfs);
}

std::string parent_directory(std::string_view path) {
  std::size_t last = path.find_last_not_of('/');
  if (last == std::string_view::npos) return path.empty() ? "." : "/";
  std::size_t slash = path.find_last_of('/', last);
  if (slash == std::string_view::npos) return ".";
  std::size_t end = path.find_last_not_of('/', slash);
  return end == std::string_view::npos ? "/" : std::string(path.substr(0, end + 1));
}

Result<DiskSpace> disk_space(const std::string& path) {
  struct statvfs attributes {};
  Status status = checked_call(FileOperation::kSize, path,
                               [&] { return ::statvfs(path.c_str(), &attributes); });
  if (!status) return status.error();
  auto block = static_cast<std::int64_t>(attributes.f_frsize);
  return DiskSpace{.total_bytes = static_cast<std::int64_t>(attributes.f_blocks) * block,
                   .usable_bytes = static_cast<std::int64_t>(attributes.f_bavail) * block};
}

}  // namespace odradek::base
