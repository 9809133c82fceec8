#include "zk/store/configs.h"

#include <atomic>

#include "protocol/errors.h"
#include "tests/zk/store/store_fixture.h"
#include "zk/store/notification_listener.h"
#include "zk/store/topics.h"

namespace odradek::zk {
namespace {

using ConfigsTest = StoreTest;

TEST_F(ConfigsTest, WritesThenNotifies) {
  Configs configs(*session_);
  ASSERT_TRUE(configs.write("topics/t", {{"retention.ms", "5"}}).ok());
  EXPECT_EQ(data("/config/topics/t"), R"({"version":1,"config":{"retention.ms":"5"}})");
  EXPECT_EQ(data("/config/changes/config_change_0000000000"),
            R"({"version":2,"entity_path":"topics/t"})");
  elected();
  ASSERT_TRUE(configs.write("topics/t", {}).ok());
  EXPECT_EQ(data("/config/topics/t"), R"({"version":1,"config":{}})");
  ASSERT_TRUE(configs.write("brokers/<default>", {{"a", "b"}}).ok());
  auto all = configs.read(std::vector<std::string>{"topics/t", "brokers/<default>", "brokers/9"});
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->at("brokers/<default>"), (ConfigMap{{"a", "b"}}));
  EXPECT_TRUE(all->at("brokers/9").empty());
  EXPECT_EQ(*configs.entities("brokers"), (std::vector<std::string>{"<default>"}));
  ASSERT_TRUE(configs.remove_topic(Fence{1, 1}, "t").ok());
  EXPECT_FALSE(exists("/config/topics/t"));
}

TEST_F(ConfigsTest, WritesNothingWhileKraftOwnsTheCluster) {
  session_->call(Create{"/controller",
                        R"({"version":2,"brokerid":3000,"kraftControllerEpoch":1})",
                        CreateMode::kPersistent,
                        {}});
  Configs configs(*session_);
  EXPECT_FALSE(configs.write("topics/t", {{"a", "b"}}).ok());
  EXPECT_FALSE(configs.write("users/u", {}).ok());
  EXPECT_FALSE(exists("/config/topics/t"));
}

TEST_F(ConfigsTest, RemovesEmptyQuotaEntitiesUpwards) {
  Configs configs(*session_);
  ASSERT_TRUE(configs.write("users/u/clients/c", {{"a", "1"}}).ok());
  EXPECT_EQ(session_->call(GetData{"/config/users/u/clients"}).data, std::nullopt);
  ASSERT_TRUE(configs.write("users/u", {{"a", "1"}}).ok());
  ASSERT_TRUE(configs.write("users/u", {}).ok());
  EXPECT_EQ(data("/config/users/u"), R"({"version":1,"config":{}})");
  ASSERT_TRUE(configs.write("users/u/clients/c", {}).ok());
  EXPECT_FALSE(exists("/config/users/u"));

  ASSERT_TRUE(configs.write("users/v", {{"a", "1"}}).ok());
  ASSERT_TRUE(configs.write("users/v/clients/c", {{"a", "1"}}).ok());
  ASSERT_TRUE(configs.write("users/v/clients/d", {{"a", "1"}}).ok());
  ASSERT_TRUE(configs.write("users/v/clients/c", {}).ok());
  EXPECT_TRUE(exists("/config/users/v/clients/d"));
  ASSERT_TRUE(configs.write("users/v/clients/d", {}).ok());
  EXPECT_FALSE(exists("/config/users/v/clients"));
  EXPECT_TRUE(exists("/config/users/v"));
  ASSERT_TRUE(configs.write("clients/x", {}).ok());
  EXPECT_TRUE(exists("/config/clients"));
}

struct Recorder {
  explicit Recorder(Session& session)
      : listener(
            session, "/config/changes", "config_change_",
            [this](const std::vector<std::string>& fresh) {
              for (const std::string& payload : fresh) (void)payloads.push(payload);
              return !is_refusing.exchange(false);
            },
            [this] {
              ++looks_at_all;
              return true;
            }) {
    listener.start();
  }
  std::vector<std::string> drained() {
    listener.drain();
    std::vector<std::string> all;
    while (auto payload = payloads.try_pop()) all.push_back(*payload);
    return all;
  }
  base::BoundedQueue<std::string> payloads{1'000};
  std::atomic<int> looks_at_all{0};
  std::atomic<bool> is_refusing{false};  // once
  NotificationListener listener;
};

std::string change(const std::string& entity) {
  return R"({"version":2,"entity_path":")" + entity + R"("})";
}

TEST_F(ConfigsTest, ListenersGetEachNotificationOnceAndInOrder) {
  Configs configs(*session_);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(configs.notify("topics/t" + std::to_string(i)).ok());
  Recorder recorder(*session_);
  auto replayed = recorder.drained();
  ASSERT_EQ(replayed.size(), 12u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(replayed[i], change("topics/t" + std::to_string(i)));
  ASSERT_TRUE(configs.notify("topics/new").ok());
  // The watch, not the drain, brings it.
  EXPECT_EQ(recorder.payloads.pop_until(base::steady_after_ms(kPatienceMs)), change("topics/new"));
  EXPECT_TRUE(recorder.drained().empty());
}

TEST_F(ConfigsTest, ListenersGoOnAfterExpiry) {
  Configs configs(*session_);
  Recorder recorder(*session_);
  EXPECT_TRUE(recorder.drained().empty());
  expire();
  ASSERT_TRUE(configs.notify("topics/a").ok());
  EXPECT_EQ(recorder.payloads.pop_until(base::steady_after_ms(kPatienceMs)), change("topics/a"));
  EXPECT_EQ(recorder.looks_at_all, 1) << "what was purged meanwhile is not missed";
}

TEST_F(ConfigsTest, ListenersAreGivenAgainWhatTheyCouldNotHandle) {
  Configs configs(*session_);
  Recorder recorder(*session_);
  EXPECT_TRUE(recorder.drained().empty());
  recorder.is_refusing = true;
  ASSERT_TRUE(configs.notify("topics/a").ok());
  EXPECT_EQ(recorder.payloads.pop_until(base::steady_after_ms(kPatienceMs)), change("topics/a"));
  ASSERT_TRUE(configs.notify("topics/b").ok());
  for (const char* topic : {"topics/a", "topics/b"}) {
    EXPECT_EQ(recorder.payloads.pop_until(base::steady_after_ms(kPatienceMs)), change(topic));
  }
}

// A clock that runs ahead of ZooKeeper's.
class LateClock : public base::Clock {
 public:
  std::int64_t wall_ms() const override {
    return base::Clock::system().wall_ms() + NotificationListener::kExpiryMs + 60'000;
  }
  std::int64_t monotonic_ns() const override { return base::Clock::system().monotonic_ns(); }
};

TEST_F(ConfigsTest, ListenersPurgeOldNotificationsAfterHandlingThem) {
  ASSERT_TRUE(Configs(*session_).notify("topics/old").ok());
  {
    Recorder punctual(*session_);
    EXPECT_EQ(punctual.drained().size(), 1u);
    EXPECT_TRUE(exists("/config/changes/config_change_0000000000"));
  }
  LateClock late;
  SessionOptions options;
  options.connect = connect_string();
  Session session(options, late);
  ASSERT_TRUE(session.connect().ok());
  Recorder recorder(session);
  EXPECT_EQ(recorder.drained(), (std::vector<std::string>{change("topics/old")}));
  EXPECT_FALSE(exists("/config/changes/config_change_0000000000"));
}

TEST_F(ConfigsTest, CreatesATopicOverSettingsLeftBehindButNotOverATopic) {
  Configs configs(*session_);
  ASSERT_TRUE(configs.set("topics/t", {{"retention.ms", "1"}}).ok());
  TopicAssignment topic;
  topic.partitions[0].replicas = {1};
  Topics topics(*session_);
  ASSERT_TRUE(topics.create("t", topic, {{"segment.ms", "2"}}).ok());
  EXPECT_EQ(*configs.read("topics/t"), (ConfigMap{{"segment.ms", "2"}}));
  base::Status again = topics.create("t", topic, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(protocol::code_of(again.error()), protocol::ErrorCode::kTopicAlreadyExists);
  EXPECT_EQ(*configs.read("topics/t"), (ConfigMap{{"segment.ms", "2"}}));
  ASSERT_TRUE(topics.create("fresh", topic, {{"segment.ms", "3"}}).ok());
  EXPECT_EQ(*configs.read("topics/fresh"), (ConfigMap{{"segment.ms", "3"}}));
  EXPECT_EQ((*topics.read({"fresh"}))["fresh"].partitions[0].replicas,
            topic.partitions[0].replicas);
}

}  // namespace
}  // namespace odradek::zk
