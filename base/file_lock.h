// FileLock: holds a whole-file lock that excludes other brokers, the JVM ones included, from a data
// directory.
#pragma once

#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace odradek::base {

// A record lock over the whole file, which is what Java's FileChannel.lock takes. Ours belongs to
// the open file (F_OFD_SETLK), so that it also excludes a second lock within this process. Released
// when destroyed.
class FileLock {
 public:
  // Makes the file when missing. Does not wait: nothing when another holds it.
  static Result<std::optional<FileLock>> acquire(const std::string& path);

  const std::string& path() const { return file_.path(); }

 private:
  explicit FileLock(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace odradek::base
