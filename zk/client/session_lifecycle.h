// SessionLifecycle: makes the handle, notices expiry, and makes the next one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "zk/client/event_thread.h"
#include "zk/client/handle.h"
#include "zk/client/pipeline.h"
#include "zk/client/session.h"

namespace odradek::zk {

class SessionLifecycle : private HandleListener {
 public:
  SessionLifecycle(SessionOptions options, const base::Clock& clock);
  ~SessionLifecycle() override;

  base::Status connect();
  void close();

  SessionState state() const;
  std::int64_t session_id() const;
  std::int32_t negotiated_timeout_ms() const;
  std::string session_password() const;
  bool wait_until_connected(std::int32_t timeout_ms);

  void add_observer(SessionObserver& observer);
  void remove_observer(SessionObserver& observer);

  Watches& watches() { return watches_; }
  Pipeline& pipeline() { return pipeline_; }
  EventThread& events() { return events_; }
  const base::Clock& clock() const { return clock_; }

  const std::string& connect_string() const { return options_.connect; }

 private:
  void state_changed(HandleState state) override;
  void watch_fired(WatchEvent event) override;
  void completed(Call& call, Response response) override;

  base::Status create_chroot();
  HandleOptions handle_options() const;
  base::Status open_handle();
  void drop_handle();
  enum class Cause : std::uint8_t { kExpired, kRefused, kTooManyWatches };

  static std::string_view text_of(Cause cause);
  // The library would arm all watches anew by one request, of this many bytes, which servers refuse
  // by closing the connection, time and again, while the session lives on.
  bool has_too_many_watches() const;
  // Event thread: from a session that is over to a new one.
  void renew(Cause cause);
  // By a handle without watches, so that its ephemeral nodes go now and not after its timeout.
  void end_session(std::int64_t id, const std::string& password);
  void open_handle_until_closed();
  SessionState wait_while_connecting();
  // False when the session was closed meanwhile.
  bool pause_ms(std::int64_t timeout_ms);
  void notify_observers(void (SessionObserver::*function)());

  const SessionOptions options_;
  const base::Clock& clock_;
  Watches watches_;
  Pipeline pipeline_;
  EventThread events_;

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  SessionState state_ GUARDED_BY(mutex_) = SessionState::kConnecting;
  bool was_connected_ GUARDED_BY(mutex_) = false;
  bool resumed_ GUARDED_BY(mutex_) = false;  // only the first handle continues options_.resume_id
  bool closing_ GUARDED_BY(mutex_) = false;
  bool given_up_ GUARDED_BY(mutex_) = false;  // what the handle tells does not count any more
  std::unique_ptr<Handle> handle_ GUARDED_BY(mutex_);
  std::int64_t session_id_ GUARDED_BY(mutex_) = 0;
  std::vector<SessionObserver*> observers_ GUARDED_BY(mutex_);
  SessionObserver* notified_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace odradek::zk
