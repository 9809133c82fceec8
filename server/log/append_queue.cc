#include "server/log/append_queue.h"

namespace odradek::log {

std::size_t AppendQueue::gather(Group& group) const {
  std::size_t count = 0;
  for (const Caller* caller : callers_) {
    if (count > 0 && group.size() + caller->appends.size() > kMaxAppends) break;
    for (PendingAppend& append : caller->appends) group.push_back(&append);
    ++count;
  }
  return count;
}

void AppendQueue::append(std::span<PendingAppend> appends, const Write& write) {
  Caller own;
  own.appends = appends;
  Group group;
  std::size_t count = 0;
  {
    base::MutexLock lock(mutex_);
    callers_.push_back(&own);
    while (!own.is_done && callers_.front() != &own) own.turn.wait(mutex_);
    if (own.is_done) return;
    count = gather(group);
  }
  write({group.data(), group.size()});
  base::MutexLock lock(mutex_);
  for (std::size_t i = 1; i < count; ++i) {
    callers_[i]->is_done = true;
    callers_[i]->turn.notify_one();
  }
  callers_.erase(callers_.begin(), callers_.begin() + static_cast<std::ptrdiff_t>(count));
  if (!callers_.empty()) callers_.front()->turn.notify_one();
}

std::size_t AppendQueue::size() const {
  base::MutexLock lock(mutex_);
  return callers_.size();
}

}  // namespace odradek::log
