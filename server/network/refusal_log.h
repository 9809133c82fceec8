// RefusalLog: tells the operator, without flooding, why connections are turned away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"

namespace odradek::network {

// Safe from any thread. One line per peer address and 10 seconds, with the number of those in
// between.
class RefusalLog {
 public:
  static constexpr std::int64_t kIntervalMs = 10'000;

  RefusalLog(std::int32_t broker_id, const base::Clock& clock)
      : broker_id_(broker_id), every_(kIntervalMs, clock) {}

  // `who` as ConnectionContext::describe() writes it.
  void note(const std::string& peer_host, std::string_view who, std::string_view cause);

 private:
  const std::int32_t broker_id_;
  base::LogEvery every_;
};

}  // namespace odradek::network
