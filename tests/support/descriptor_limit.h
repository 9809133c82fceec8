// DescriptorLimit: the soft limit of a process's open files, for as long as one lives.
#pragma once

#include <sys/resource.h>

#include "base/log.h"

namespace odradek::testing {

class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    CHECK_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit lowered = before_;
    lowered.rlim_cur = limit;
    CHECK_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace odradek::testing
