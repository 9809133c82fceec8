// NotificationListener: follows a parent of sequential change nodes, as brokers do for configs,
// ACLs and tokens (zookeeper.md §4.3).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/thread.h"
#include "zk/client/session.h"

namespace odradek::zk {

// Has a thread of its own, on which the handler runs. It is given what came since the last time, in
// order and each once (at first what is present). Nodes older than 15 minutes are deleted after a
// run; whoever had no session may have missed some, and is told to look at everything.
class NotificationListener : private SessionObserver {
 public:
  // The payloads as they stand in the nodes. False when ZooKeeper does not answer: they are given
  // again with the next session. All other errors are the handler's to log.
  using Handler = std::function<bool(const std::vector<std::string>& payloads)>;
  // A new session: any notification may have been missed. False as above.
  using LookAtAll = std::function<bool()>;
  static constexpr std::int64_t kExpiryMs = 15 * 60 * 1000;

  // `parent` "/config/changes", `prefix` "config_change_".
  NotificationListener(Session& session, std::string parent, std::string prefix, Handler handler,
                       LookAtAll look_at_all);
  ~NotificationListener() override;  // stops

  void start();
  void stop();
  // Waits until everything that was there when this was called has been handled (or the listener
  // stops).
  void drain();

 private:
  void before_reconnect() override {}
  void after_reconnect() override;
  void wake();
  void run();
  void process(bool is_new_session);
  // The payloads of the nodes that are not processed yet, which then are; nothing without session.
  std::optional<std::vector<std::string>> take_fresh(const std::vector<std::string>& names);
  void purge(const std::vector<std::string>& names);

  Session& session_;
  const std::string parent_;
  const std::string prefix_;
  const Handler handler_;
  const LookAtAll look_at_all_;
  std::int64_t last_processed_ = -1;  // the listener's thread only

  base::Mutex mutex_;
  base::CondVar changed_;
  std::uint64_t wanted_runs_ GUARDED_BY(mutex_) = 0;
  std::uint64_t done_runs_ GUARDED_BY(mutex_) = 0;
  bool started_ GUARDED_BY(mutex_) = false;
  bool is_new_session_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace odradek::zk
