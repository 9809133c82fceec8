#include "base/log.h"

#include <gflags/gflags.h>

namespace odradek::base {

void init_logging(const char* program) {
  // Supervisors collect stderr; a file is written only when the user names a folder.
  if (gflags::GetCommandLineFlagInfoOrDie("log_dir").is_default) FLAGS_logtostderr = true;
  google::InitGoogleLogging(program);
}

LogEvery::Pass LogEvery::pass(std::string_view key) {
  std::int64_t now_ms = clock_.monotonic_ms();
  MutexLock lock(mutex_);
  if (sites_.size() >= kMaxKeys) sites_.clear();
  Site& site = sites_[std::string(key)];
  if (now_ms < site.next_ms) {
    ++site.skipped;
    return {};
  }
  Pass pass{true, site.skipped};
  site = {now_ms + interval_ms_, 0};
  return pass;
}

}  // namespace odradek::base
