#include "server/broker/stop_watch.h"

#include <algorithm>
#include <utility>

#include "base/deadline.h"
#include "zk/data/paths.h"

namespace odradek::broker {
namespace {

constexpr std::int64_t kTicksPerStop = 4;  // in the shortest stop that matters

}  // namespace

StopWatch::StopWatch(replica::StopDetector& detector, zk::Session& session,
                     protocol::BrokerId broker_id, const std::atomic<std::int64_t>& broker_epoch)
    : detector_(detector),
      session_(session),
      path_(zk::paths::broker(broker_id)),
      broker_epoch_(broker_epoch) {}

StopWatch::~StopWatch() { stop(); }

void StopWatch::start() {
  thread_ = base::Thread("stop-watch", [this] { run(); });
}

void StopWatch::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void StopWatch::run() {
  const std::int64_t period_ms = std::max<std::int64_t>(detector_.allowed_ms() / kTicksPerStop, 1);
  base::MutexLock lock(mutex_);
  while (!stopping_) {
    if (detector_.tick(broker_epoch_.load())) ask_zookeeper();
    auto due = base::steady_after_ms(period_ms);
    while (!stopping_ && changed_.wait_until(mutex_, due)) {
    }
  }
}

void StopWatch::ask_zookeeper() {
  session_.send(zk::Exists{path_}, [&detector = detector_](zk::Response response) {
    if (response.ok()) detector.confirm(response.stat.czxid);
  });
}

}  // namespace odradek::broker
