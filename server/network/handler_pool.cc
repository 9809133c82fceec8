#include "server/network/handler_pool.h"

#include <memory>
#include <utility>

#include "base/log.h"

namespace odradek::network {

void HandlerPool::resize(std::size_t threads) {
  for (std::size_t have = wanted_.load(); have < threads; ++have) {
    {
      base::MutexLock lock(mutex_);
      ++running_;
    }
    Worker& worker = workers_.emplace_back();
    worker.thread =
        base::Thread(name_ + std::to_string(next_number_++), [this, &worker] { run(worker); });
  }
  for (std::size_t have = wanted_.load(); have > threads; --have) channel_.end_one();
  wanted_.store(threads);
  {
    base::MutexLock lock(mutex_);
    while (running_ > threads) ended_.wait(mutex_);
  }
  workers_.remove_if([](const Worker& worker) { return worker.has_ended.load(); });
}

void HandlerPool::run(Worker& worker) {
  std::int64_t free_ns = clock_.monotonic_ns();
  while (std::unique_ptr<Request> request = channel_.pop()) {
    const std::int64_t taken_ns = clock_.monotonic_ns();
    idle_ns_.fetch_add(taken_ns - free_ns, std::memory_order_relaxed);
    request->set_dequeued_ns(taken_ns);
    handler_.handle(std::move(request));
    free_ns = clock_.monotonic_ns();
  }
  base::MutexLock lock(mutex_);
  --running_;
  worker.has_ended.store(true);
  ended_.notify_all();
}

}  // namespace odradek::network
