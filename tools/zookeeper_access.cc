#include "tools/zookeeper_access.h"

#include "base/clock.h"

namespace odradek::tools {
namespace {

constexpr std::int32_t kTimeoutMs = 30'000;

}  // namespace

base::Result<std::unique_ptr<zk::Session>> open_zookeeper(const std::string& connect) {
  auto session =
      std::make_unique<zk::Session>(zk::SessionOptions{.connect = connect,
                                                       .session_timeout_ms = kTimeoutMs,
                                                       .connection_timeout_ms = kTimeoutMs},
                                    base::Clock::system());
  if (base::Status connected = session->connect(); !connected) return connected.error();
  return session;
}

}  // namespace odradek::tools
