// FailNthOperation: makes the n-th file operation of its life fail, so that a test can loop over n.
#pragma once

#include <atomic>
#include <string_view>

#include "base/file_faults.h"

namespace odradek::testing {

// for (int n = 1;; ++n) { FailNthOperation failing(n); run(); if (!failing.happened()) break;
// check(); }
class FailNthOperation {
 public:
  explicit FailNthOperation(int n, base::FileFault fault = {})
      : left_(n), fault_(fault), faults_([this](base::FileOperation operation, std::string_view) {
          return next(operation);
        }) {}

  bool happened() const { return happened_; }
  // What failed; meaningful once happened().
  base::FileOperation operation() const { return operation_; }

 private:
  std::optional<base::FileFault> next(base::FileOperation operation) {
    if (left_.fetch_sub(1) != 1) return std::nullopt;
    operation_ = operation;
    happened_ = true;
    return fault_;
  }

  std::atomic<int> left_;
  std::atomic<bool> happened_{false};
  std::atomic<base::FileOperation> operation_{};
  base::FileFault fault_;
  base::FileFaults faults_;
};

}  // namespace odradek::testing
