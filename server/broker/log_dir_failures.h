// LogDirFailures: takes partitions of a failed log directory out of service and tells the
// controller.
#pragma once

#include <atomic>

#include "base/scheduler.h"
#include "server/log/log_dirs.h"
#include "server/replica/fetcher/fetchers.h"
#include "server/replica/leadership.h"
#include "zk/client/session.h"

namespace odradek::broker {

class LogDirFailures : public log::LogDirObserver {
 public:
  LogDirFailures(protocol::BrokerId broker_id, log::LogManager& logs,
                 replica::Leadership& leadership, replica::Fetchers& fetchers, zk::Session& session,
                 base::Scheduler& scheduler);

  void on_log_dir_failure(const log::LogDir& dir, const std::string& reason) override;
  // Has the controller say again what it wants of the replicas here. Never waits.
  void ask_controller_again();
  bool all_failed() const { return all_failed_.load(); }

 private:
  void tell_controller();

  const protocol::BrokerId broker_id_;
  log::LogManager& logs_;
  replica::Leadership& leadership_;
  replica::Fetchers& fetchers_;
  zk::Session& session_;
  base::Scheduler& scheduler_;
  std::atomic<bool> all_failed_{false};
};

}  // namespace odradek::broker
