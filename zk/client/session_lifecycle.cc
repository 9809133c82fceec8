#include "zk/client/session_lifecycle.h"

#include <algorithm>
#include <ios>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::zk {
namespace {

constexpr std::int64_t kReconnectPauseMs = 1'000;
constexpr std::int64_t kFirstConnectPauseMs = 100;
constexpr std::int32_t kEndSessionTimeoutMs = 5'000;
// A request may have 1,048,575 (jute.maxbuffer of a server that was not told otherwise).
constexpr std::size_t kMostWatchBytes = 1'000'000;

std::string hosts_of(const SessionOptions& options) {
  return split_connect_string(options.connect).first;
}

}  // namespace

SessionLifecycle::SessionLifecycle(SessionOptions options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      pipeline_(options_.max_in_flight, watches_),
      events_("zk-session-events") {}

SessionLifecycle::~SessionLifecycle() { close(); }

base::Status SessionLifecycle::connect() {
  if (base::Status created = create_chroot(); !created) return created;
  events_.start();
  auto deadline = base::Deadline::after_ms(clock_, options_.connection_timeout_ms);
  base::Status opened = open_handle();
  while (!opened && deadline.remaining_ms() > kFirstConnectPauseMs &&
         pause_ms(kFirstConnectPauseMs)) {
    opened = open_handle();
  }
  if (opened && wait_until_connected(static_cast<std::int32_t>(deadline.remaining_ms()))) return {};
  bool refused = state() == SessionState::kAuthFailed;
  close();
  if (!opened) return opened;
  if (refused) return base::Error("ZooKeeper at " + hosts_of(options_) + " refused our credential");
  return base::Error("no session with ZooKeeper at " + hosts_of(options_) + " within " +
                     std::to_string(options_.connection_timeout_ms) +
                     " ms (zookeeper.connection.timeout.ms)");
}

base::Status SessionLifecycle::create_chroot() {
  auto [hosts, chroot] = split_connect_string(options_.connect);
  if (chroot.empty() || options_.resume_id != 0) return {};
  SessionOptions options = options_;
  options.connect = hosts;
  Session session(std::move(options), clock_);
  if (base::Status connected = session.connect(); !connected) return connected;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = chroot.find('/', end + 1);
    Create create;
    create.path = chroot.substr(0, end);
    Response response = session.call(std::move(create));
    if (response.ok() || response.code == Code::kNodeExists) continue;
    // A parent may be closed to us, as long as the chroot is there.
    if (response.code == Code::kNoAuth && session.call(Exists{chroot}).ok()) return {};
    return base::Error("creating the chroot " + chroot + " in ZooKeeper at " + hosts +
                       " failed: " + std::string(to_string(response.code)));
  }
  return {};
}

HandleOptions SessionLifecycle::handle_options() const {
  HandleOptions options;
  auto [hosts, chroot] = split_connect_string(options_.connect);
  options.connect = hosts + chroot;
  options.session_timeout_ms = options_.session_timeout_ms;
  options.acl_of = options_.acl_of;
  options.auth = options_.auth;
  base::MutexLock lock(mutex_);
  if (!resumed_) {
    options.resume_id = options_.resume_id;
    options.resume_password = options_.resume_password;
  }
  return options;
}

base::Status SessionLifecycle::open_handle() {
  auto opened = Handle::open(handle_options(), *this);
  if (!opened) return opened.error();
  std::unique_ptr<Handle> unwanted;
  base::MutexLock lock(mutex_);
  if (closing_) {
    unwanted = std::move(*opened);
    return base::Error("the ZooKeeper session was closed");
  }
  resumed_ = true;
  handle_ = std::move(*opened);
  // The first event may have come before the handle was known.
  if (state_ == SessionState::kConnected) session_id_ = handle_->session_id();
  pipeline_.attach(*handle_);
  return {};
}

void SessionLifecycle::drop_handle() {
  pipeline_.detach();
  std::unique_ptr<Handle> handle;
  {
    base::MutexLock lock(mutex_);
    handle = std::move(handle_);
  }
  handle.reset();  // waits for the library's threads, which may be in state_changed()
  pipeline_.abandon_in_flight();
}

void SessionLifecycle::close() {
  {
    base::MutexLock lock(mutex_);
    if (closing_) return;
    closing_ = true;
    changed_.notify_all();
  }
  CHECK(!events_.is_current()) << "a ZooKeeper session cannot be closed by its own event thread";
  pipeline_.close();
  drop_handle();
  events_.stop();
  base::MutexLock lock(mutex_);
  state_ = SessionState::kClosed;
  changed_.notify_all();
}

SessionState SessionLifecycle::state() const {
  base::MutexLock lock(mutex_);
  return state_;
}

std::int64_t SessionLifecycle::session_id() const {
  base::MutexLock lock(mutex_);
  return session_id_;
}

std::int32_t SessionLifecycle::negotiated_timeout_ms() const {
  base::MutexLock lock(mutex_);
  return handle_ ? handle_->negotiated_timeout_ms() : options_.session_timeout_ms;
}

std::string SessionLifecycle::session_password() const {
  base::MutexLock lock(mutex_);
  return handle_ ? handle_->session_password() : std::string();
}

bool SessionLifecycle::wait_until_connected(std::int32_t timeout_ms) {
  auto deadline = base::steady_after_ms(timeout_ms);
  base::MutexLock lock(mutex_);
  while (state_ != SessionState::kConnected && !closing_) {
    if (state_ == SessionState::kAuthFailed && !was_connected_) return false;
    if (!changed_.wait_until(mutex_, deadline)) break;
  }
  return state_ == SessionState::kConnected && !closing_;
}

void SessionLifecycle::add_observer(SessionObserver& observer) {
  base::MutexLock lock(mutex_);
  observers_.push_back(&observer);
}

void SessionLifecycle::remove_observer(SessionObserver& observer) {
  base::MutexLock lock(mutex_);
  std::erase(observers_, &observer);
  while (notified_ == &observer && !events_.is_current()) changed_.wait(mutex_);
}

void SessionLifecycle::state_changed(HandleState state) {
  bool first_connect = false;
  bool gives_up = false;
  {
    base::MutexLock lock(mutex_);
    if (given_up_) return;
    if (state == HandleState::kConnected && handle_) session_id_ = handle_->session_id();
    switch (state) {
      case HandleState::kConnected:
        first_connect = !was_connected_;
        was_connected_ = true;
        state_ = SessionState::kConnected;
        break;
      case HandleState::kConnecting:
        if (state_ == SessionState::kConnected && !closing_) {
          LOG(WARNING) << "ZooKeeper session 0x" << std::hex << session_id_ << std::dec
                       << " lost its connection and reconnects";
        }
        gives_up = state_ == SessionState::kConnected && !closing_ && has_too_many_watches();
        given_up_ = gives_up;
        state_ = gives_up ? SessionState::kExpired : SessionState::kConnecting;
        break;
      case HandleState::kExpired:
        state_ = SessionState::kExpired;
        break;
      case HandleState::kAuthFailed:
        state_ = SessionState::kAuthFailed;
        break;
    }
    changed_.notify_all();
    if (state == HandleState::kAuthFailed && !was_connected_) return;  // connect() tells
  }
  pipeline_.set_connected(state == HandleState::kConnected);
  if (gives_up) {
    pipeline_.expire();
    events_.push([this] { renew(Cause::kTooManyWatches); });
    return;
  }
  if (state == HandleState::kConnected || state == HandleState::kConnecting) {
    if (first_connect) VLOG(1) << "ZooKeeper session established with " << hosts_of(options_);
    return;
  }
  pipeline_.expire();
  const Cause cause = state == HandleState::kAuthFailed ? Cause::kRefused : Cause::kExpired;
  events_.push([this, cause] { renew(cause); });
}

void SessionLifecycle::watch_fired(WatchEvent event) {
  events_.push([this, event = std::move(event)] { watches_.deliver(event); });
}

void SessionLifecycle::completed(Call& call, Response response) {
  pipeline_.completed(call, std::move(response));
}

bool SessionLifecycle::has_too_many_watches() const {
  const std::string chroot = split_connect_string(options_.connect).second;
  return watches_.armed_bytes(chroot.size()) > kMostWatchBytes;
}

std::string_view SessionLifecycle::text_of(Cause cause) {
  switch (cause) {
    case Cause::kExpired:
      break;
    case Cause::kRefused:
      return "was refused";
    case Cause::kTooManyWatches:
      return "lost its connection and has more watches than ZooKeeper's servers take in one "
             "request (jute.maxbuffer)";
  }
  return "expired";
}

void SessionLifecycle::end_session(std::int64_t id, const std::string& password) {
  SessionOptions options = options_;
  options.connection_timeout_ms = kEndSessionTimeoutMs;
  options.resume_id = id;
  options.resume_password = password;
  do {
    Session session(options, clock_);  // closed when it goes
    if (session.connect()) return;
  } while (pause_ms(kReconnectPauseMs));
}

void SessionLifecycle::renew(Cause cause) {
  const std::int64_t id = session_id();
  const std::string password = session_password();
  LOG(WARNING) << "ZooKeeper session 0x" << std::hex << id << std::dec << " " << text_of(cause)
               << "; making a new one";
  notify_observers(&SessionObserver::before_reconnect);
  drop_handle();
  if (cause == Cause::kTooManyWatches) end_session(id, password);
  if (cause == Cause::kRefused && !pause_ms(kReconnectPauseMs)) return;
  open_handle_until_closed();
  if (wait_while_connecting() != SessionState::kConnected) return;
  LOG(INFO) << "ZooKeeper session 0x" << std::hex << session_id() << std::dec << " is established";
  notify_observers(&SessionObserver::after_reconnect);
}

void SessionLifecycle::open_handle_until_closed() {
  {
    base::MutexLock lock(mutex_);
    if (closing_) return;
    state_ = SessionState::kConnecting;
    given_up_ = false;
  }
  watches_.disarm_all();
  pipeline_.reopen();
  while (true) {
    base::Status opened = open_handle();
    if (opened) return;
    LOG(ERROR) << opened.error().message << "; next try in " << kReconnectPauseMs << " ms";
    if (!pause_ms(kReconnectPauseMs)) return;
  }
}

SessionState SessionLifecycle::wait_while_connecting() {
  base::MutexLock lock(mutex_);
  while (state_ == SessionState::kConnecting && !closing_) changed_.wait(mutex_);
  return closing_ ? SessionState::kClosed : state_;
}

bool SessionLifecycle::pause_ms(std::int64_t timeout_ms) {
  auto deadline = base::steady_after_ms(timeout_ms);
  base::MutexLock lock(mutex_);
  while (!closing_) {
    if (!changed_.wait_until(mutex_, deadline)) return !closing_;
  }
  return false;
}

void SessionLifecycle::notify_observers(void (SessionObserver::*function)()) {
  std::vector<SessionObserver*> observers;
  {
    base::MutexLock lock(mutex_);
    observers = observers_;
  }
  for (SessionObserver* observer : observers) {
    {
      base::MutexLock lock(mutex_);
      if (std::find(observers_.begin(), observers_.end(), observer) == observers_.end()) continue;
      notified_ = observer;
    }
    (observer->*function)();
    base::MutexLock lock(mutex_);
    notified_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace odradek::zk
