#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/network/server_fixture.h"

namespace odradek::network {
namespace {

class LiveChangesTest : public ServerFixture {
 protected:
  LiveChangesTest() {
    handler_.on_request = [](std::unique_ptr<Request> request) { echo(std::move(request)); };
  }
  static void expect_served(TestClient& client, const std::string& what) {
    ASSERT_TRUE(client.send(request_frame(1, what)));
    EXPECT_EQ(client.receive_frame(), echo_of(1, what));
  }
};

TEST_F(LiveChangesTest, NetworkThreadsThatGoGiveTheirConnectionsToTheOthers) {
  add_tls_listener();
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 8; ++i) clients.emplace_back(port());
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(port("SSL"));
    ASSERT_TRUE(clients.back().start_tls(client_context_.get()));
  }
  for (std::int32_t threads : {5, 2, 7, 1, 3, 1}) {
    for (const char* listener : {"PLAINTEXT", "SSL"}) {
      server_->resize_network_threads(listener, threads);
      EXPECT_EQ(server_->network_threads(listener), threads);
    }
    for (TestClient& client : clients) expect_served(client, "after " + std::to_string(threads));
  }
  EXPECT_EQ(server_->connections(), clients.size());
}

TEST_F(LiveChangesTest, ARequestUnderWayIsAnsweredThoughItsThreadRetires) {
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(port());
    ASSERT_TRUE(clients.back().send(request_frame(1, "slow")));
  }
  ASSERT_TRUE(becomes_true([&] { return parked.size() == 4; }));
  server_->resize_network_threads("PLAINTEXT", 1);
  for (int i = 0; i < 4; ++i) echo(parked.take());
  for (TestClient& client : clients) EXPECT_EQ(client.receive_frame(), echo_of(1, "slow"));
  handler_.on_request = [](std::unique_ptr<Request> request) { echo(std::move(request)); };
  for (TestClient& client : clients) expect_served(client, "again");
}

TEST_F(LiveChangesTest, StopsWhileAThreadRetires) {
  Parked parked;
  handler_.on_request = [&](std::unique_ptr<Request> request) { parked.add(std::move(request)); };
  start();
  TestClient one(port());
  TestClient other(port());
  ASSERT_TRUE(one.send(request_frame(1, "never answered")));
  ASSERT_TRUE(other.send(request_frame(1, "never answered")));
  ASSERT_TRUE(becomes_true([&] { return parked.size() == 2; }));
  server_->resize_network_threads("PLAINTEXT", 1);
  server_->stop_processing(10);
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(LiveChangesTest, AListenerComesAndGoesAndNoOtherNotices) {
  start();
  TestClient kept(port());
  expect_served(kept, "before");
  ASSERT_TRUE(server_->add_listener({.name = "MORE", .host = "127.0.0.1", .network_threads = 1}));
  TestClient client(port("MORE"));
  expect_served(client, "more");
  EXPECT_EQ(server_->bound().size(), 2u);
  server_->remove_listener("MORE");
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(port("MORE"), -1);
  expect_served(kept, "after");
}

TEST_F(LiveChangesTest, AListenerWhosePortIsTakenIsRefusedByItsName) {
  start();
  base::Status added = server_->add_listener({.name = "MORE", .host = "127.0.0.1", .port = port()});
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message.find("MORE"), std::string::npos);
  EXPECT_EQ(server_->bound().size(), 1u);
}

TEST_F(LiveChangesTest, LimitsOfAListenerChange) {
  start();
  server_->set_listener_limits("PLAINTEXT", 1, kNoLimit);
  TestClient first(port());
  expect_served(first, "first");
  TestClient second(port());
  ASSERT_TRUE(second.send(request_frame(1, "second")));
  EXPECT_FALSE(second.is_readable_within_ms(200));
  server_->set_listener_limits("PLAINTEXT", 2, kNoLimit);
  EXPECT_EQ(second.receive_frame(), echo_of(1, "second"));
}

}  // namespace
}  // namespace odradek::network
