// Purgatory: where delayed operations wait, found by the keys whose change may complete them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/purgatory/delayed_operation.h"
#include "server/purgatory/timer.h"
#include "server/purgatory/watch_lists.h"

namespace odradek::purgatory {

struct PurgatoryOptions {
  std::size_t max_operations = 1'000'000;  // more than that expire the moment they come
};

// Safe from any thread. An operation waits until a check of one of its keys completes it, somebody
// forces it, or its timeout passes. It leaves every watch list the moment it completes, so that
// lists hold nothing but what waits. Operations complete in the thread that calls
// check_and_complete() (or in the timer's): call it after releasing your locks, or note the call in
// an ActionQueue and drain that afterwards.
template <class Key, class Hash = std::hash<Key>>
class Purgatory {
 public:
  // `timer` must outlive this and may serve several purgatories.
  Purgatory(std::string name, Timer& timer, PurgatoryOptions options = {})
      : name_(std::move(name)),
        timer_(timer),
        options_(options),
        lists_(std::make_shared<WatchLists<Key, Hash>>()) {}
  Purgatory(const Purgatory&) = delete;
  Purgatory& operator=(const Purgatory&) = delete;

  // Tries the operation and, if it is not complete, keeps it under all `keys` until it is. True
  // when it is complete on return. An operation may be given once only.
  bool try_complete_else_watch(const std::shared_ptr<DelayedOperation>& operation,
                               std::vector<Key> keys) {
    if (operation->try_complete_once_more() || operation->is_completed()) return true;
    if (delayed() >= options_.max_operations) {
      operation->run();
      return true;
    }
    auto owned = std::make_unique<WatchSet<Key, Hash>>(lists_, *operation, std::move(keys));
    WatchSet<Key, Hash>& watches = *owned;
    operation->watch_with(std::move(owned), timer_);
    watches.join_all();
    // The state may have changed between the first try and the joining. Who completed it before it
    // had its watches could not leave them.
    if (operation->try_complete_once_more() || operation->is_completed()) {
      watches.leave_all();
      return true;
    }
    timer_.add(operation, operation->timeout_ms());
    // Completed meanwhile by somebody who found no timer entry to cancel.
    if (operation->is_completed()) timer_.cancel(*operation);
    return operation->is_completed();
  }

  // Tries every operation that watches `key`; how many this call completed.
  std::size_t check_and_complete(const Key& key) {
    if (lists_->is_empty()) return 0;
    std::size_t completed = 0;
    for (const auto& operation : lists_->watching(key)) {
      if (operation->try_complete_once_more()) ++completed;
    }
    return completed;
  }

  // Completes, whatever their condition says, all operations that watch `key`; how many.
  std::size_t force_complete(const Key& key) {
    std::size_t completed = 0;
    for (const auto& operation : lists_->watching(key)) {
      if (operation->force_complete()) ++completed;
    }
    return completed;
  }

  // The operations that wait under `key`, in the order they came.
  std::vector<std::shared_ptr<DelayedOperation>> watching(const Key& key) const {
    return lists_->watching(key);
  }

  const std::string& name() const { return name_; }
  // PurgatorySize: watch entries, one per operation and key.
  std::size_t watched() const { return lists_->entries(); }
  // NumDelayedOperations: operations that wait.
  std::size_t delayed() const { return lists_->operations(); }

 private:
  const std::string name_;
  Timer& timer_;
  const PurgatoryOptions options_;
  const std::shared_ptr<WatchLists<Key, Hash>> lists_;
};

}  // namespace odradek::purgatory
