// expire_session(): ends a ZooKeeper session behind its owner's back, as the server does when a
// broker hangs.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "zk/client/session.h"

namespace odradek::testing {

// `connect` as the victim's. Returns when the session has ended at the server; the victim notices
// by itself. The victim fights for its connection, so one try may not be enough.
inline void expire_session(const zk::Session& victim, const std::string& connect) {
  const std::int64_t id = victim.session_id();
  const std::string password = victim.session_password();
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (victim.session_id() == id && victim.state() != zk::SessionState::kExpired) {
    CHECK(std::chrono::steady_clock::now() < deadline) << "the session does not expire";
    zk::SessionOptions options;
    options.connect = connect;
    options.session_timeout_ms = 4'000;
    options.resume_id = id;
    options.resume_password = password;
    zk::Session thief(options, base::Clock::system());
    if (thief.connect()) thief.close();
  }
}

}  // namespace odradek::testing
