// ZooKeeperLane: threads of their own for requests that wait for ZooKeeper, so that no other
// request waits behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/thread.h"
#include "server/api/request_context.h"

namespace odradek::api {

// Safe from any thread. With all of ZooKeeper away the lane stands still and everything else goes
// on.
class ZooKeeperLane {
 public:
  // A request that was queued for longer than max_wait_ms loses its connection instead of being
  // handled: its client has given up, and must not be surprised by the effect later.
  ZooKeeperLane(std::int32_t threads, std::int64_t max_wait_ms, const base::Clock& clock,
                std::function<bool()> is_connected);
  ~ZooKeeperLane();  // stop()
  ZooKeeperLane(const ZooKeeperLane&) = delete;
  ZooKeeperLane& operator=(const ZooKeeperLane&) = delete;

  // Never waits. `work` answers `context`.
  void run(SharedContext context, std::function<void()> work);
  // False while ZooKeeper is known to be away: what can be told the client to be tried again need
  // not wait for it.
  bool is_connected() const { return is_connected_(); }
  // Handles what is left, and returns when that has ended; so close the session before.
  void stop();

 private:
  struct Item {
    SharedContext context;
    std::function<void()> work;
    std::int64_t queued_ms = 0;
  };
  static constexpr std::size_t kMaxQueued = 10'000;

  void handle_items();

  const std::int64_t max_wait_ms_;
  const base::Clock& clock_;
  const std::function<bool()> is_connected_;
  base::BoundedQueue<Item> queue_{kMaxQueued};
  std::vector<base::Thread> threads_;
};

}  // namespace odradek::api
