// Session: this process's session with ZooKeeper, which makes itself anew when it expires.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "zk/client/requests.h"
#include "zk/client/watches.h"

namespace odradek::zk {

struct SessionOptions {
  std::string connect;  // "host:port,host:port/chroot"
  std::int32_t session_timeout_ms = 18'000;
  std::int32_t connection_timeout_ms = 18'000;
  // Requests on the wire at once. Upstream's zookeeper.max.in.flight.requests is 10, which makes
  // controller failover slow.
  std::size_t max_in_flight = 1'000;
  // The ACL of a node by its path; null means open to the world.
  std::function<Acl(std::string_view path)> acl_of;
  // For ACLs other than kOpen: scheme ("digest") and credential ("user:password"); empty for none.
  std::pair<std::string, std::string> auth;
  // An existing session to continue instead of making one; 0 for none. Tests end the session of
  // another object so.
  std::int64_t resume_id = 0;
  std::string resume_password;
};

enum class SessionState : std::uint8_t {
  kConnecting,  // also: connection lost, session perhaps alive
  kConnected,
  kExpired,  // a new session is being made
  kAuthFailed,
  kClosed
};

// Both functions are called on the session's event thread, and may use the session.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  // The session expired: everything in flight has failed with kSessionExpired, and new requests
  // fail so until this returns from all observers.
  virtual void before_reconnect() = 0;
  // A new session is established (under a new id); no watch is armed in it yet.
  virtual void after_reconnect() = 0;
};

class SessionLifecycle;

// Safe from any thread, except where said.
//
// Threads: ZooKeeper's own two only push to queues. The session's event thread runs asynchronous
// completions, watch handlers and observers; these may call execute(), but must not wait for a
// completion of send(), which would come on the same thread.
//
// Requests that the connection lost are sent again as soon as it is back, for ever, until the
// session expires (kSessionExpired) or is closed (kClosing). Requests made while disconnected wait.
class Session {
 public:
  Session(SessionOptions options, const base::Clock& clock);
  ~Session();  // closes
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Creates the chroot if it is missing, connects, and waits for the session; once per object.
  // Fails when there is no session within the connection timeout.
  base::Status connect();

  // Ends the session: the server drops its ephemeral nodes at once. Idempotent; not from the event
  // thread.
  void close();

  SessionState state() const;
  std::int64_t session_id() const;             // 0 before the first connect
  std::int32_t negotiated_timeout_ms() const;  // what the server granted
  // False when not connected within `timeout_ms`, or closed.
  bool wait_until_connected(std::int32_t timeout_ms);

  // Asynchronous; the completion runs on the event thread, exactly once.
  void send(Request request, Completion completion);
  // All at once in flight (within the window), answers in the order of the requests.
  std::vector<Response> execute(std::vector<Request> requests);
  Response call(Request request);

  Watches& watches();
  const base::Clock& clock() const;
  const std::string& connect_string() const;

  void add_observer(SessionObserver& observer);
  // Returns only when the observer is not being called any more (unless called by itself).
  void remove_observer(SessionObserver& observer);

  // With which another client can continue this session.
  std::string session_password() const;

 private:
  std::unique_ptr<SessionLifecycle> lifecycle_;
};

// Splits "hosts/chroot"; the chroot is empty, or starts with a slash and does not end with one.
std::pair<std::string, std::string> split_connect_string(std::string_view connect);

}  // namespace odradek::zk
