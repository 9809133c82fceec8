#include "server/api/zookeeper_lane.h"

#include <string>
#include <utility>

namespace odradek::api {

ZooKeeperLane::ZooKeeperLane(std::int32_t threads, std::int64_t max_wait_ms,
                             const base::Clock& clock, std::function<bool()> is_connected)
    : max_wait_ms_(max_wait_ms), clock_(clock), is_connected_(std::move(is_connected)) {
  for (std::int32_t i = 0; i < threads; ++i) {
    threads_.emplace_back("zookeeper-requests-" + std::to_string(i), [this] { handle_items(); });
  }
}

ZooKeeperLane::~ZooKeeperLane() { stop(); }

void ZooKeeperLane::run(SharedContext context, std::function<void()> work) {
  Item item{context, std::move(work), clock_.monotonic_ms()};
  if (queue_.try_push(std::move(item))) return;
  context->close(queue_.closed() ? "the broker is shutting down"
                                 : "too many requests wait for ZooKeeper");
}

void ZooKeeperLane::stop() {
  queue_.close();
  for (base::Thread& thread : threads_) thread.join();
  threads_.clear();
}

void ZooKeeperLane::handle_items() {
  while (auto item = queue_.pop()) {
    if (clock_.monotonic_ms() - item->queued_ms > max_wait_ms_) {
      item->context->close("it waited for ZooKeeper longer than request.timeout.ms");
      continue;
    }
    item->work();
  }
}

}  // namespace odradek::api
