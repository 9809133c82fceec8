// StopWatch: the thread that keeps a StopDetector going and asks ZooKeeper where it is in doubt.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/mutex.h"
#include "base/thread.h"
#include "protocol/types.h"
#include "server/replica/stop_detector.h"
#include "zk/client/session.h"

namespace odradek::broker {

// A thread of its own: one that is kept from running by others' work would look like a stop.
// Outlives the session's end, whose completions use the detector.
class StopWatch {
 public:
  StopWatch(replica::StopDetector& detector, zk::Session& session, protocol::BrokerId broker_id,
            const std::atomic<std::int64_t>& broker_epoch);
  ~StopWatch();  // stop()

  void start();
  void stop() EXCLUDES(mutex_);

 private:
  void run() EXCLUDES(mutex_);
  void ask_zookeeper();

  replica::StopDetector& detector_;
  zk::Session& session_;
  const std::string path_;  // of this broker's registration
  const std::atomic<std::int64_t>& broker_epoch_;
  base::Mutex mutex_;
  base::CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace odradek::broker
