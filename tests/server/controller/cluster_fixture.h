// ControllerTest: a real ZooKeeper, fake brokers, and real controllers.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "server/client/connection_factory.h"
#include "server/controller/controller.h"
#include "tests/server/controller/fake_broker.h"
#include "tests/support/expire_session.h"
#include "tests/support/zookeeper_server.h"
#include "zk/client/session.h"
#include "zk/store/controller.h"
#include "zk/store/deletions.h"
#include "zk/store/partitions.h"
#include "zk/store/persistent_paths.h"
#include "zk/store/topics.h"

namespace odradek::controller {

inline const TopicPartition kOrders{"orders", 0};

// A controller with its session, wired as a broker does it.
class RunningController : private zk::SessionObserver {
 public:
  RunningController(const std::string& connect, ControllerOptions options,
                    std::function<void(zk::Session&)> register_broker)
      : register_broker_(std::move(register_broker)) {
    zk::SessionOptions session;
    session.connect = connect;
    session.session_timeout_ms = 4'000;
    session.connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs);
    session_ = std::make_unique<zk::Session>(session, base::Clock::system());
    CHECK(session_->connect().ok());
    controller_ = std::make_unique<Controller>(std::move(options), *session_, connections_);
    session_->add_observer(*this);
    controller_->start();
  }
  ~RunningController() override {
    controller_->stop();
    session_->remove_observer(*this);
  }

  Controller& operator*() { return *controller_; }
  Controller* operator->() { return controller_.get(); }
  zk::Session& session() { return *session_; }

  template <class Request, class Answer>
  Answer ask(Request request) {
    auto promise = std::make_shared<std::promise<Answer>>();
    std::future<Answer> answer = promise->get_future();
    controller_->submit(std::move(request),
                        [promise](Answer value) { promise->set_value(std::move(value)); });
    CHECK(answer.wait_for(std::chrono::milliseconds(kPatienceMs)) == std::future_status::ready);
    return answer.get();
  }

 private:
  void before_reconnect() override { controller_->on_session_expired(); }
  void after_reconnect() override {
    controller_->on_session_established([this]() -> base::Status {
      if (register_broker_) register_broker_(*session_);
      return {};
    });
  }

  std::function<void(zk::Session&)> register_broker_;
  client::UniformConnections connections_{client::ConnectionOptions{}};
  std::unique_ptr<zk::Session> session_;
  std::unique_ptr<Controller> controller_;
};

class ControllerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::unique_ptr<odradek::testing::ZooKeeperServer> shared =
        odradek::testing::ZooKeeperServer::start();
    server_ = shared.get();
    ASSERT_NE(server_, nullptr) << "no ZooKeeper on this machine";
    static int count = 0;
    connect_ = server_->address() + "/controller" + std::to_string(count++);
    zk::SessionOptions options;
    options.connect = connect_;
    options.session_timeout_ms = 4'000;
    options.connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs);
    session_ = std::make_unique<zk::Session>(options, base::Clock::system());
    ASSERT_TRUE(session_->connect().ok());
    ASSERT_TRUE(zk::create_persistent_paths(*session_).ok());
  }

  ControllerOptions options(BrokerId id) const {
    return {.broker_id = id,
            .inter_broker_listener = "PLAINTEXT",
            .auto_leader_rebalance_enable = false,
            .retry_backoff_ms = 10};
  }
  std::unique_ptr<RunningController> start(ControllerOptions wanted) {
    return std::make_unique<RunningController>(connect_, std::move(wanted), nullptr);
  }
  std::unique_ptr<FakeBroker> broker(BrokerId id) {
    return std::make_unique<FakeBroker>(connect_, id);
  }
  // Waits until a controller of at least this epoch has told the broker who lives.
  static bool is_led(FakeBroker& broker, std::int32_t epoch) {
    return broker
        .wait_for<protocol::UpdateMetadataRequest>(
            [&](const auto& request) { return request.controller_epoch >= epoch; })
        .has_value();
  }

  void create(const std::string& topic, std::map<std::int32_t, Replicas> replicas,
              bool with_id = true) {
    zk::TopicAssignment assignment;
    if (with_id) assignment.topic_id = base::Uuid::random(true);
    for (auto& [index, brokers] : replicas) assignment.partitions[index].replicas = brokers;
    auto created = zk::Topics(*session_).create(topic, assignment, {});
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  zk::TopicAssignment assignment(const std::string& topic) {
    return zk::Topics(*session_).read({topic})->at(topic);
  }
  zk::StoredPartitionState state(const TopicPartition& partition) {
    return zk::Partitions(*session_).read({partition})->at(0).value();
  }
  bool wait_until_gone(const std::string& path) {
    base::BoundedQueue<int> changed{64};
    session_->watches().set_node_handler(path, [&](zk::NodeEvent) { (void)changed.try_push(1); });
    const auto deadline = base::steady_after_ms(kPatienceMs);
    bool gone = false;
    while (!(gone = !session_->call(zk::Exists{path}).ok())) {
      if (!changed.pop_until(deadline)) break;
    }
    session_->watches().remove_node_handler(path);
    return gone;
  }

  odradek::testing::ZooKeeperServer* server_ = nullptr;
  std::string connect_;
  std::unique_ptr<zk::Session> session_;
};

}  // namespace odradek::controller
