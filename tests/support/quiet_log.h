// QuietLog: while one lives, less than a failed CHECK is not logged; for tests that fail on purpose
// by the thousand.
#pragma once

#include "base/log.h"

namespace odradek::testing {

class QuietLog {
 public:
  QuietLog() { FLAGS_minloglevel = google::GLOG_FATAL; }
  ~QuietLog() { FLAGS_minloglevel = before_; }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  const int before_ = FLAGS_minloglevel;
};

}  // namespace odradek::testing
