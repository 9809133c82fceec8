#include "server/broker/log_dir_failures.h"

#include "base/log.h"
#include "zk/store/log_dir_events.h"

namespace odradek::broker {

LogDirFailures::LogDirFailures(protocol::BrokerId broker_id, log::LogManager& logs,
                               replica::Leadership& leadership, replica::Fetchers& fetchers,
                               zk::Session& session, base::Scheduler& scheduler)
    : broker_id_(broker_id),
      logs_(logs),
      leadership_(leadership),
      fetchers_(fetchers),
      session_(session),
      scheduler_(scheduler) {}

void LogDirFailures::on_log_dir_failure(const log::LogDir& dir, const std::string& reason) {
  LOG(ERROR)
      << "[broker " << broker_id_ << "] log directory " << dir.path() << " is offline: " << reason
      << "; its partitions are served elsewhere until the disk is mended and the broker restarted";
  // On a task: the caller may hold the failing log's own lock.
  scheduler_.schedule(
      "log-dir-failure",
      [this, &dir] {
        fetchers_.update(leadership_.log_dir_failed(dir));
        if (logs_.dirs().online().empty()) {
          LOG(ERROR) << "[broker " << broker_id_ << "] no log directory is left; shutting down";
          all_failed_ = true;
          return;
        }
        tell_controller();
      },
      0);
}

void LogDirFailures::ask_controller_again() {
  scheduler_.schedule(
      "log-dir-event", [this] { tell_controller(); }, 0);
}

void LogDirFailures::tell_controller() {
  base::Status told = zk::notify_log_dir_event(session_, broker_id_);
  if (told) return;
  LOG(ERROR) << "[broker " << broker_id_
             << "] the controller could not be told that replicas here went offline or came back: "
             << told.error().message;
}

}  // namespace odradek::broker
