// ConnectionLimits: counts open connections per broker, listener and address, and says who may
// come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/network/socket_server_options.h"

namespace odradek::network {

// Safe from any thread; one for all listeners.
class ConnectionLimits {
 public:
  enum class Verdict : std::uint8_t {
    kAdmitted,
    kTooManyFromAddress,  // close it
    kTooManyOfBroker,     // wait with accepting until one closes
    kTooManyOfListener,   // the same
    kTooFast,             // wait: the rate of new connections is used up
  };

  explicit ConnectionLimits(const base::Clock& clock) : clock_(clock) {}

  // Listeners that may come in although the broker is full: upstream's protected listener, the one
  // between brokers.
  void add_listener(const std::string& name, std::int32_t max_connections,
                    std::int32_t max_creation_rate, bool is_protected) EXCLUDES(mutex_);
  // Connections of it may still close afterwards.
  void remove_listener(const std::string& name) EXCLUDES(mutex_);
  void set(const ConnectionLimitOptions& limits) EXCLUDES(mutex_);
  void set_listener_limits(std::string_view listener, std::int32_t max_connections,
                           std::int32_t max_creation_rate) EXCLUDES(mutex_);

  // Whether one more may be accepted at all; asked before accept().
  Verdict may_accept(const std::string& listener) EXCLUDES(mutex_);
  // Counts it when admitted: then release() must follow one day.
  Verdict admit(const std::string& listener, const std::string& address) EXCLUDES(mutex_);
  void release(const std::string& listener, const std::string& address) EXCLUDES(mutex_);

  std::size_t open(std::string_view listener) const EXCLUDES(mutex_);
  std::size_t open() const EXCLUDES(mutex_);

 private:
  // Lets `per_second` through on average, and at most one second's worth at once.
  struct Rate {
    std::int32_t per_second = kNoLimit;
    double available = 0;
    std::int64_t updated_ns = 0;
    void set(std::int32_t new_per_second, std::int64_t now_ns);
    bool has_room(std::int64_t now_ns);
    void use();
  };
  struct Listener {
    std::size_t open = 0;
    std::int32_t max_connections = kNoLimit;
    Rate rate;
    bool is_protected = false;
  };

  std::int32_t limit_of(const std::string& address) const REQUIRES(mutex_);

  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  ConnectionLimitOptions limits_ GUARDED_BY(mutex_);
  Rate rate_ GUARDED_BY(mutex_);
  std::map<std::string, Listener, std::less<>> listeners_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::size_t> by_address_ GUARDED_BY(mutex_);
  std::size_t open_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::network
