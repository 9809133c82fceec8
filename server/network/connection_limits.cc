#include "server/network/connection_limits.h"

#include <algorithm>

#include "base/log.h"

namespace odradek::network {

void ConnectionLimits::Rate::set(std::int32_t new_per_second, std::int64_t now_ns) {
  if (per_second == new_per_second && updated_ns != 0) return;
  per_second = new_per_second;
  available = new_per_second;
  updated_ns = now_ns;
}

bool ConnectionLimits::Rate::has_room(std::int64_t now_ns) {
  if (per_second == kNoLimit) return true;
  const double elapsed_s = static_cast<double>(now_ns - updated_ns) / 1e9;
  available = std::min<double>(per_second, available + elapsed_s * per_second);
  updated_ns = now_ns;
  return available >= 1.0;
}

void ConnectionLimits::Rate::use() {
  if (per_second != kNoLimit) available -= 1.0;
}

void ConnectionLimits::add_listener(const std::string& name, std::int32_t max_connections,
                                    std::int32_t max_creation_rate, bool is_protected) {
  base::MutexLock lock(mutex_);
  Listener& listener = listeners_[name];
  listener.max_connections = max_connections;
  listener.is_protected = is_protected;
  listener.rate.set(max_creation_rate, clock_.monotonic_ns());
}

void ConnectionLimits::remove_listener(const std::string& name) {
  base::MutexLock lock(mutex_);
  auto found = listeners_.find(name);
  if (found != listeners_.end() && found->second.open == 0) listeners_.erase(found);
}

void ConnectionLimits::set(const ConnectionLimitOptions& limits) {
  base::MutexLock lock(mutex_);
  rate_.set(limits.max_connection_creation_rate, clock_.monotonic_ns());
  limits_ = limits;
}

void ConnectionLimits::set_listener_limits(std::string_view listener, std::int32_t max_connections,
                                           std::int32_t max_creation_rate) {
  base::MutexLock lock(mutex_);
  auto found = listeners_.find(listener);
  if (found == listeners_.end()) return;
  found->second.max_connections = max_connections;
  found->second.rate.set(max_creation_rate, clock_.monotonic_ns());
}

ConnectionLimits::Verdict ConnectionLimits::may_accept(const std::string& listener) {
  base::MutexLock lock(mutex_);
  Listener& entry = listeners_[listener];
  if (entry.open >= static_cast<std::size_t>(std::max(entry.max_connections, 0))) {
    return Verdict::kTooManyOfListener;
  }
  const std::int64_t now_ns = clock_.monotonic_ns();
  if (!entry.rate.has_room(now_ns)) return Verdict::kTooFast;
  // Brokers must reach each other however many clients there are.
  if (entry.is_protected) return Verdict::kAdmitted;
  if (open_ >= static_cast<std::size_t>(std::max(limits_.max_connections, 0))) {
    return Verdict::kTooManyOfBroker;
  }
  if (!rate_.has_room(now_ns)) return Verdict::kTooFast;
  return Verdict::kAdmitted;
}

std::int32_t ConnectionLimits::limit_of(const std::string& address) const {
  auto found = limits_.max_connections_per_ip_overrides.find(address);
  return found != limits_.max_connections_per_ip_overrides.end() ? found->second
                                                                 : limits_.max_connections_per_ip;
}

ConnectionLimits::Verdict ConnectionLimits::admit(const std::string& listener,
                                                  const std::string& address) {
  base::MutexLock lock(mutex_);
  Listener& entry = listeners_[listener];
  if (!entry.is_protected) rate_.use();
  entry.rate.use();
  auto count = by_address_.find(address);
  const std::size_t open_from_there = count == by_address_.end() ? 0 : count->second;
  if (open_from_there >= static_cast<std::size_t>(std::max(limit_of(address), 0))) {
    return Verdict::kTooManyFromAddress;
  }
  ++by_address_[address];
  ++entry.open;
  ++open_;
  return Verdict::kAdmitted;
}

void ConnectionLimits::release(const std::string& listener, const std::string& address) {
  base::MutexLock lock(mutex_);
  auto count = by_address_.find(address);
  CHECK(count != by_address_.end() && open_ > 0) << "A connection is released twice.";
  if (--count->second == 0) by_address_.erase(count);
  --listeners_[listener].open;
  --open_;
}

std::size_t ConnectionLimits::open(std::string_view listener) const {
  base::MutexLock lock(mutex_);
  auto found = listeners_.find(listener);
  return found == listeners_.end() ? 0 : found->second.open;
}

std::size_t ConnectionLimits::open() const {
  base::MutexLock lock(mutex_);
  return open_;
}

}  // namespace odradek::network
