#include "zk/store/notification_listener.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

NotificationListener::NotificationListener(Session& session, std::string parent, std::string prefix,
                                           Handler handler, LookAtAll look_at_all)
    : session_(session),
      parent_(std::move(parent)),
      prefix_(std::move(prefix)),
      handler_(std::move(handler)),
      look_at_all_(std::move(look_at_all)) {}

NotificationListener::~NotificationListener() { stop(); }

void NotificationListener::start() {
  {
    base::MutexLock lock(mutex_);
    CHECK(!started_) << "a listener starts once";
    started_ = true;
    ++wanted_runs_;
  }
  session_.watches().set_child_handler(parent_, [this] { wake(); });
  session_.add_observer(*this);
  thread_ = base::Thread(prefix_ + "listener", [this] { run(); });
}

void NotificationListener::stop() {
  {
    base::MutexLock lock(mutex_);
    if (!started_ || stopping_) return;
    stopping_ = true;
    changed_.notify_all();
  }
  session_.watches().remove_child_handler(parent_);
  session_.remove_observer(*this);
  thread_.join();
}

void NotificationListener::wake() {
  base::MutexLock lock(mutex_);
  ++wanted_runs_;
  changed_.notify_all();
}

void NotificationListener::after_reconnect() {
  base::MutexLock lock(mutex_);
  is_new_session_ = true;
  ++wanted_runs_;
  changed_.notify_all();
}

void NotificationListener::drain() {
  base::MutexLock lock(mutex_);
  const std::uint64_t target = ++wanted_runs_;
  changed_.notify_all();
  while (done_runs_ < target && !stopping_) changed_.wait(mutex_);
}

void NotificationListener::run() {
  while (true) {
    std::uint64_t target = 0;
    bool is_new_session = false;
    {
      base::MutexLock lock(mutex_);
      while (wanted_runs_ == done_runs_ && !stopping_) changed_.wait(mutex_);
      if (stopping_) return;
      target = wanted_runs_;  // one run serves all who woke us until now
      is_new_session = std::exchange(is_new_session_, false);
    }
    process(is_new_session);
    base::MutexLock lock(mutex_);
    done_runs_ = target;
    changed_.notify_all();
  }
}

void NotificationListener::process(bool is_new_session) {
  auto names = children_of(session_, parent_);
  if (!names) {
    // A new session makes us look again.
    LOG(WARNING) << names.error().message;
    return;
  }
  // The list before all else, so that nothing falls between.
  const std::int64_t last_processed = last_processed_;
  auto payloads = take_fresh(*names);
  if (!payloads) return;
  bool is_done = !is_new_session || look_at_all_();
  is_done = is_done && (payloads->empty() || handler_(*payloads));
  if (is_done) {
    purge(*names);
  } else {
    last_processed_ = last_processed;
  }
}

std::optional<std::vector<std::string>> NotificationListener::take_fresh(
    const std::vector<std::string>& names) {
  std::vector<std::pair<std::int64_t, std::string>> fresh;
  for (const std::string& name : names) {
    auto sequence = paths::sequence_number(name, prefix_);
    if (sequence && *sequence > last_processed_) fresh.emplace_back(*sequence, name);
  }
  std::sort(fresh.begin(), fresh.end());
  std::vector<Request> reads;
  for (const auto& [ignored, name] : fresh) reads.push_back(GetData{paths::child(parent_, name)});
  std::vector<std::string> payloads;
  for (const Response& response : session_.execute(std::move(reads))) {
    if (response.code == Code::kSessionExpired || response.code == Code::kClosing) return {};
    if (response.ok() && response.data) {
      payloads.push_back(*response.data);
    } else {
      LOG(WARNING) << response.path << " has nothing to say: " << to_string(response.code);
    }
  }
  if (!fresh.empty()) last_processed_ = fresh.back().first;
  return payloads;
}

void NotificationListener::purge(const std::vector<std::string>& names) {
  std::vector<Request> looks;
  for (const std::string& name : names) looks.push_back(Exists{paths::child(parent_, name)});
  const std::int64_t oldest_ms = session_.clock().wall_ms() - kExpiryMs;
  std::vector<Request> deletes;
  for (const Response& response : session_.execute(std::move(looks))) {
    if (response.ok() && response.stat.ctime_ms < oldest_ms)
      deletes.push_back(Delete{response.path});
  }
  for (const Response& response : session_.execute(std::move(deletes))) {
    // Every broker purges: mostly another one was faster.
    if (response.ok() || response.code == Code::kNoNode) continue;
    LOG(WARNING) << error_of(response.code, "deleting", response.path).message;
  }
}

}  // namespace odradek::zk
