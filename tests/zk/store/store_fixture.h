// StoreTest: a session with a real ZooKeeper, in a chroot of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/bounded_queue.h"
#include "base/deadline.h"
#include "tests/support/expire_session.h"
#include "tests/support/zookeeper_server.h"
#include "zk/client/session.h"
#include "zk/store/controller.h"
#include "zk/store/persistent_paths.h"

namespace odradek::zk {

constexpr std::int64_t kPatienceMs = 20'000;

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::unique_ptr<odradek::testing::ZooKeeperServer> shared =
        odradek::testing::ZooKeeperServer::start();
    server_ = shared.get();
    ASSERT_NE(server_, nullptr) << "no ZooKeeper on this machine";
    static int count = 0;
    chroot_ = "/store" + std::to_string(count++);
    session_ = connect();
    ASSERT_TRUE(create_persistent_paths(*session_).ok());
  }

  std::string connect_string() const { return server_->address() + chroot_; }
  std::unique_ptr<Session> connect() const {
    SessionOptions options;
    options.connect = connect_string();
    options.session_timeout_ms = 20'000;
    options.connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs);
    auto session = std::make_unique<Session>(options, base::Clock::system());
    base::Status status = session->connect();
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
    return session;
  }
  // Ends the session and waits for its successor.
  void expire() {
    struct Watcher : SessionObserver {
      void before_reconnect() override {}
      void after_reconnect() override { (void)done.push(1); }
      base::BoundedQueue<int> done{16};
    } watcher;
    session_->add_observer(watcher);
    odradek::testing::expire_session(*session_, connect_string());
    EXPECT_TRUE(watcher.done.pop_until(base::steady_after_ms(kPatienceMs)));
    session_->remove_observer(watcher);
  }
  Fence elected(protocol::BrokerId broker_id = 1) {
    auto fence = ControllerStore(*session_).elect(broker_id);
    EXPECT_TRUE(fence.ok() && *fence);
    return **fence;
  }
  // As another controller's election would.
  void move_controller() { EXPECT_TRUE(session_->call(SetData{"/controller_epoch", "99"}).ok()); }
  std::optional<std::string> data(const std::string& path) {
    return session_->call(GetData{path}).data;
  }
  bool exists(const std::string& path) { return session_->call(Exists{path}).ok(); }

  odradek::testing::ZooKeeperServer* server_ = nullptr;
  std::string chroot_;
  std::unique_ptr<Session> session_;
};

}  // namespace odradek::zk
