// AppendQueue: who appends to a log takes along the appends of those who wait for it meanwhile.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "server/log/append_run.h"

namespace odradek::log {

// Safe from any thread. Nobody waits for company: the first comer writes at once, and whoever came
// while it wrote goes together next.
class AppendQueue {
 public:
  using Write = std::function<void(std::span<PendingAppend* const>)>;

  // Returns once they are written, by this caller or by another; in the order of the calls.
  void append(std::span<PendingAppend> appends, const Write& write) EXCLUDES(mutex_);
  // How many callers are inside.
  std::size_t size() const EXCLUDES(mutex_);

 private:
  static constexpr std::size_t kMaxAppends = 256;
  struct Caller {
    std::span<PendingAppend> appends;
    bool is_done = false;
    base::CondVar turn;
  };
  using Group = boost::container::small_vector<PendingAppend*, 4>;
  // The first of them and what may go with it; how many callers that is.
  std::size_t gather(Group& group) const REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::vector<Caller*> callers_ GUARDED_BY(mutex_);  // the first one writes
};

}  // namespace odradek::log
