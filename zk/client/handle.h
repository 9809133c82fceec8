// Handle: one session handle of ZooKeeper's C library, closed by its destructor.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "zk/client/call.h"
#include "zk/client/watches.h"

namespace odradek::zk {

enum class HandleState : std::uint8_t { kConnecting, kConnected, kExpired, kAuthFailed };

// All three are called on the library's completion thread, `completed` also by the thread that
// destroys the handle. They must not block.
class HandleListener {
 public:
  virtual ~HandleListener() = default;
  virtual void state_changed(HandleState state) = 0;
  virtual void watch_fired(WatchEvent event) = 0;
  // The response has no `resent`, and kConnectionLoss when the fate is unknown.
  virtual void completed(Call& call, Response response) = 0;
};

struct HandleOptions {
  std::string connect;
  std::int32_t session_timeout_ms = 0;
  std::function<Acl(std::string_view)> acl_of;
  std::pair<std::string, std::string> auth;
  std::int64_t resume_id = 0;  // 0: a new session
  std::string resume_password;
};

class Handle {
 public:
  // Does not wait for the connection; fails when no host name can be resolved.
  static base::Result<std::unique_ptr<Handle>> open(const HandleOptions& options,
                                                    HandleListener& listener);
  ~Handle();  // ends the session; all calls have completed when it returns
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // kOk: `call` must live until completed() is called with it. Else it was not sent.
  Code submit(Call& call);

  std::int64_t session_id() const;
  std::string session_password() const;
  std::int32_t negotiated_timeout_ms() const;
  HandleListener& listener() { return listener_; }
  // The library's zhandle_t.
  void* native() { return native_; }
  Acl acl_of(const Create& create) const;

 private:
  Handle(const HandleOptions& options, HandleListener& listener);

  HandleListener& listener_;
  const std::function<Acl(std::string_view)> acl_of_;
  void* native_ = nullptr;
};

}  // namespace odradek::zk
