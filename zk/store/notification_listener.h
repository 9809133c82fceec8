// NotificationListener: follows a parent of sequential change nodes, as brokers do for configs,
// ACLs and tokens (zookeeper.md §4.3).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/thread.h"
#include "zk/client/session.h"

namespace odradek::zk {

// Has a thread of its own, on which the handler runs, one notification after another and each once
// (those present at the start are replayed). Nodes older than 15 minutes are deleted after a run.
class NotificationListener : private SessionObserver {
 public:
  // The payload as it stands in the node. Errors are the handler's to log.
  using Handler = std::function<void(const std::string& payload)>;
  static constexpr std::int64_t kExpiryMs = 15 * 60 * 1000;

  // `parent` "/config/changes", `prefix` "config_change_".
  NotificationListener(Session& session, std::string parent, std::string prefix, Handler handler);
  ~NotificationListener() override;  // stops

  void start();
  void stop();
  // Waits until everything that was there when this was called has been handled (or the listener
  // stops).
  void drain();

 private:
  void before_reconnect() override {}
  void after_reconnect() override { wake(); }
  void wake();
  void run();
  void process();
  void purge(const std::vector<std::string>& names);

  Session& session_;
  const std::string parent_;
  const std::string prefix_;
  const Handler handler_;
  std::int64_t last_processed_ = -1;  // the listener's thread only

  base::Mutex mutex_;
  base::CondVar changed_;
  std::uint64_t wanted_runs_ GUARDED_BY(mutex_) = 0;
  std::uint64_t done_runs_ GUARDED_BY(mutex_) = 0;
  bool started_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace odradek::zk
