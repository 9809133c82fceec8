#include "zk/client/session.h"

#include <gtest/gtest.h>

#include <future>
#include <set>

#include "base/bounded_queue.h"
#include "base/deadline.h"
#include "base/thread.h"
#include "tests/support/background.h"
#include "tests/support/expire_session.h"
#include "tests/support/zookeeper_server.h"

namespace odradek::zk {
namespace {

using odradek::testing::ZooKeeperServer;

constexpr std::int32_t kSessionTimeoutMs = 20'000;
constexpr std::int64_t kPatienceMs = 20'000;

class SessionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = ZooKeeperServer::start().release(); }
  static void TearDownTestSuite() { delete server_; }
  void SetUp() override { ASSERT_NE(server_, nullptr) << "no ZooKeeper on this machine"; }

  static SessionOptions options(const std::string& chroot = "") {
    SessionOptions options;
    options.connect = server_->address() + chroot;
    options.session_timeout_ms = kSessionTimeoutMs;
    options.connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs);
    return options;
  }
  // A session in a chroot of its own, so that tests do not see each other.
  std::unique_ptr<Session> connected() {
    static int count = 0;
    chroot_ = "/test" + std::to_string(count++);
    return connected_to(options(chroot_));
  }
  static std::unique_ptr<Session> connected_to(SessionOptions options) {
    auto session = std::make_unique<Session>(std::move(options), base::Clock::system());
    base::Status status = session->connect();
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
    return session;
  }
  void expire(const Session& victim) const {
    odradek::testing::expire_session(victim, options(chroot_).connect);
  }

  static ZooKeeperServer* server_;
  std::string chroot_;
};
ZooKeeperServer* SessionTest::server_ = nullptr;

template <class T>
std::optional<T> pop(base::BoundedQueue<T>& queue) {
  return queue.pop_until(base::steady_after_ms(kPatienceMs));
}

struct RecordingObserver : SessionObserver {
  void before_reconnect() override { (void)events.push("before"); }
  void after_reconnect() override { (void)events.push("after"); }
  base::BoundedQueue<std::string> events{16};
};

TEST_F(SessionTest, CreatesItsChrootAndSeesPathsWithoutIt) {
  auto session = connected_to(options("/deep/down/here"));
  Response created = session->call(Create{.path = "/x", .data = "1", .mode = {}, .acl = {}});
  EXPECT_EQ(created.code, Code::kOk);
  EXPECT_EQ(created.path, "/x");
  auto outside = connected_to(options());
  EXPECT_EQ(outside->call(GetData{"/deep/down/here/x"}).data, "1");
  EXPECT_EQ(outside->call(GetData{"/deep"}).data, std::nullopt);
}

TEST_F(SessionTest, SplitsTheConnectString) {
  EXPECT_EQ(split_connect_string("a:1,b:2"), std::pair(std::string("a:1,b:2"), std::string()));
  EXPECT_EQ(split_connect_string("a:1/k/l/"), std::pair(std::string("a:1"), std::string("/k/l")));
}

TEST_F(SessionTest, TellsNullDataFromEmptyData) {
  auto session = connected();
  session->call(Create{"/null", std::nullopt, {}, {}});
  session->call(Create{"/empty", "", {}, {}});
  session->call(Multi{{Create{"/null2", std::nullopt, {}, {}}, Create{"/empty2", "", {}, {}}}});
  EXPECT_EQ(session->call(GetData{"/null"}).data, std::nullopt);
  EXPECT_EQ(session->call(GetData{"/empty"}).data, "");
  EXPECT_EQ(session->call(GetData{"/null2"}).data, std::nullopt);
  EXPECT_EQ(session->call(GetData{"/empty2"}).data, "");
  EXPECT_EQ(session->call(SetData{"/empty", std::nullopt}).code, Code::kOk);
  EXPECT_EQ(session->call(GetData{"/empty"}).data, std::nullopt);
}

TEST_F(SessionTest, AnswersEachKindOfRequest) {
  auto session = connected();
  EXPECT_EQ(session->call(GetData{"/a"}).code, Code::kNoNode);
  EXPECT_EQ(session->call(Exists{"/a"}).code, Code::kNoNode);
  EXPECT_EQ(session->call(GetChildren{"/a"}).code, Code::kNoNode);
  EXPECT_EQ(session->call(Create{"/a", "one", {}, {}}).code, Code::kOk);
  EXPECT_EQ(session->call(Create{"/a", "one", {}, {}}).code, Code::kNodeExists);
  Response set = session->call(SetData{"/a", "two", 0});
  EXPECT_EQ(set.stat.version, 1);
  EXPECT_GT(set.stat.mzxid, set.stat.czxid);
  EXPECT_EQ(session->call(SetData{"/a", "three", 0}).code, Code::kBadVersion);
  Response sequential = session->call(Create{"/a/n_", "", CreateMode::kPersistentSequential, {}});
  EXPECT_EQ(sequential.path, "/a/n_0000000000");
  Response ephemeral = session->call(Create{"/a/e", "", CreateMode::kEphemeral, {}});
  EXPECT_EQ(ephemeral.code, Code::kOk);
  Response read = session->call(GetData{"/a"});
  EXPECT_EQ(read.data, "two");
  EXPECT_EQ(read.stat.num_children, 2);
  EXPECT_EQ(session->call(Exists{"/a/e"}).stat.ephemeral_owner, session->session_id());
  EXPECT_EQ(session->call(GetChildren{"/a"}).children.size(), 2u);
  EXPECT_EQ(session->call(Delete{"/a"}).code, Code::kNotEmpty);
  EXPECT_EQ(session->call(Delete{"/a/e", 3}).code, Code::kBadVersion);
  EXPECT_EQ(session->call(Delete{"/a/e"}).code, Code::kOk);
}

TEST_F(SessionTest, RefusesBadPathsWithoutSendingThem) {
  auto session = connected();
  EXPECT_EQ(session->call(GetData{"no-slash"}).code, Code::kBadArguments);
  EXPECT_EQ(session->call(GetData{"/trailing/"}).code, Code::kBadArguments);
  EXPECT_EQ(session->call(Exists{"/"}).code, Code::kOk);
}

TEST_F(SessionTest, RunsAMultiWhollyOrNotAtAll) {
  auto session = connected();
  session->call(Create{"/epoch", "7", {}, {}});
  Response good = session->call(
      Multi{{Check{"/epoch", 0}, Create{"/m_", "x", CreateMode::kPersistentSequential, {}},
             SetData{"/epoch", "8", 0}}});
  ASSERT_EQ(good.code, Code::kOk);
  ASSERT_EQ(good.ops.size(), 3u);
  EXPECT_EQ(good.ops[1].path, "/m_0000000001");
  EXPECT_EQ(good.ops[2].stat.version, 1);
  EXPECT_EQ(good.failed_op(), std::nullopt);

  Response moved = session->call(Multi{{Check{"/epoch", 0}, Create{"/m", "x", {}, {}}}});
  EXPECT_EQ(moved.code, Code::kBadVersion);
  EXPECT_EQ(moved.failed_op(), 0u);
  Response lost = session->call(Multi{{Check{"/epoch", 1}, SetData{"/epoch", "x", 0}}});
  EXPECT_EQ(lost.code, Code::kBadVersion);
  EXPECT_EQ(lost.failed_op(), 1u);
  EXPECT_EQ(lost.ops[0].code, Code::kOk);
  EXPECT_EQ(session->call(Exists{"/m"}).code, Code::kNoNode);
}

TEST_F(SessionTest, KeepsThousandsOfRequestsInFlightAndTheirOrder) {
  auto session = connected();
  constexpr int kCount = 5'000;
  std::vector<Request> creates;
  for (int i = 0; i < kCount; ++i) {
    creates.push_back(Create{"/n" + std::to_string(i), std::to_string(i), {}, {}});
  }
  for (const Response& response : session->execute(creates)) ASSERT_TRUE(response.ok());
  std::vector<Request> reads;
  for (int i = 0; i < kCount; ++i) reads.push_back(GetData{"/n" + std::to_string(i)});
  std::vector<Response> answers = session->execute(std::move(reads));
  for (int i = 0; i < kCount; ++i) EXPECT_EQ(answers[i].data, std::to_string(i));
}

TEST_F(SessionTest, RunsCompletionsInOrderOnItsEventThread) {
  auto session = connected();
  session->call(Create{"/a", "", {}, {}});
  base::BoundedQueue<std::pair<std::int32_t, std::string>> versions(200);
  for (int i = 0; i < 100; ++i) {
    session->send(SetData{"/a", "x"}, [&](Response response) {
      (void)versions.push({response.stat.version, std::string(base::thread_role())});
    });
  }
  for (int i = 1; i <= 100; ++i) {
    EXPECT_EQ(pop(versions), std::pair(i, std::string("zk-session-events")));
  }
}

TEST_F(SessionTest, ArmsAWatchOnlyWhereAHandlerIsRegistered) {
  auto session = connected();
  auto other = connected_to(options(chroot_));
  base::BoundedQueue<std::string> events(16);
  auto record = [&](const std::string& name) {
    return [&events, name](NodeEvent event) {
      (void)events.push(name + std::to_string(static_cast<int>(event)));
    };
  };
  session->watches().set_node_handler("/seen", record("seen"));
  session->watches().set_child_handler("/", [&] { (void)events.push("children"); });
  session->call(Exists{"/seen"});
  session->call(Exists{"/unseen"});
  session->call(GetChildren{"/", false});
  other->call(Create{"/unseen", "", {}, {}});
  other->call(Create{"/seen", "", {}, {}});
  EXPECT_EQ(pop(events), "seen0");
  session->call(GetData{"/seen"});
  session->call(GetChildren{"/"});
  other->call(SetData{"/seen", "x"});
  EXPECT_EQ(pop(events), "seen2");
  session->call(GetData{"/seen"});
  other->call(Delete{"/seen"});
  // The server sends both at the same moment, in either order.
  std::set<std::string> both = {pop(events).value_or(""), pop(events).value_or("")};
  EXPECT_EQ(both, (std::set<std::string>{"seen1", "children"}));
  EXPECT_EQ(events.size(), 0u);
}

TEST_F(SessionTest, HandlersMayReadZooKeeper) {
  auto session = connected();
  base::BoundedQueue<std::string> seen(4);
  session->watches().set_node_handler("/a", [&](NodeEvent) {
    (void)seen.push(session->call(GetData{"/a"}).data.value_or("null"));
  });
  session->call(Exists{"/a"});
  session->call(Create{"/a", "1", {}, {}});
  EXPECT_EQ(pop(seen), "1");
  session->call(SetData{"/a", "2"});
  EXPECT_EQ(pop(seen), "2");
}

TEST_F(SessionTest, MakesANewSessionAfterExpiry) {
  auto session = connected();
  RecordingObserver observer;
  session->add_observer(observer);
  base::BoundedQueue<int> events(4);
  session->watches().set_node_handler("/a", [&](NodeEvent) { (void)events.push(1); });
  session->call(Create{"/e", "", CreateMode::kEphemeral, {}});
  std::int64_t first = session->session_id();
  expire(*session);
  EXPECT_EQ(pop(observer.events), "before");
  EXPECT_EQ(pop(observer.events), "after");
  EXPECT_NE(session->session_id(), first);
  EXPECT_EQ(session->state(), SessionState::kConnected);
  EXPECT_EQ(session->call(Exists{"/e"}).code, Code::kNoNode);
  // The handler is still registered: a read arms the watch of the new session.
  session->call(Exists{"/a"});
  session->call(Create{"/a", "", {}, {}});
  EXPECT_EQ(pop(events), 1);
  session->remove_observer(observer);
}

TEST_F(SessionTest, FailsWhatIsInFlightWhenTheSessionExpires) {
  struct Prober : SessionObserver {
    explicit Prober(Session& s) : session(s) {}
    void before_reconnect() override { (void)codes.push(session.call(Exists{"/"}).code); }
    void after_reconnect() override { (void)codes.push(session.call(Exists{"/"}).code); }
    Session& session;
    base::BoundedQueue<Code> codes{4};
  };
  auto session = connected();
  Prober prober(*session);
  session->add_observer(prober);
  expire(*session);
  EXPECT_EQ(pop(prober.codes), Code::kSessionExpired);
  EXPECT_EQ(pop(prober.codes), Code::kOk);
}

TEST_F(SessionTest, GivesUpConnectingAtItsTimeout) {
  SessionOptions nowhere = options();
  nowhere.connect = "127.0.0.1:1";
  nowhere.connection_timeout_ms = 300;
  Session session(nowhere, base::Clock::system());
  base::Status status = session.connect();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("127.0.0.1:1"), std::string::npos);
  EXPECT_EQ(session.state(), SessionState::kClosed);
  EXPECT_EQ(session.call(Exists{"/"}).code, Code::kClosing);
}

TEST_F(SessionTest, CloseFailsWhatWaits) {
  auto server = ZooKeeperServer::start();
  ASSERT_NE(server, nullptr);
  SessionOptions own = options();
  own.connect = server->address();
  auto session = connected_to(own);
  server->kill9();
  odradek::testing::Background answer([&] { return session->call(Exists{"/"}).code; });
  auto completed = std::make_shared<std::promise<Code>>();
  session->send(Exists{"/"}, [completed](Response r) { completed->set_value(r.code); });
  session->close();
  EXPECT_EQ(answer.get(), Code::kClosing);
  EXPECT_EQ(completed->get_future().get(), Code::kClosing);
}

TEST_F(SessionTest, SendsLostRequestsAgainAfterTheServerWasKilled) {
  auto server = ZooKeeperServer::start();
  ASSERT_NE(server, nullptr);
  SessionOptions own = options();
  own.connect = server->address();
  own.session_timeout_ms = 6'000;
  auto session = connected_to(own);
  RecordingObserver observer;
  session->add_observer(observer);
  session->call(Create{"/a", "0", {}, {}});
  session->call(Create{"/e", "", CreateMode::kEphemeral, {}});
  std::int64_t id = session->session_id();
  // Requests before, during and after the crash: all must be answered.
  odradek::testing::Background writer([&] {
    int ok = 0;
    for (int round = 0; round < 20; ++round) {
      std::vector<Request> writes(200, SetData{"/a", "x"});
      for (const Response& response : session->execute(writes)) ok += response.ok();
    }
    return ok;
  });
  server->kill9();
  ASSERT_TRUE(server->restart());
  EXPECT_EQ(writer.get(), 4'000);
  if (session->session_id() == id) {
    EXPECT_EQ(session->call(Exists{"/e"}).stat.ephemeral_owner, id);
    EXPECT_EQ(observer.events.size(), 0u);
  }
  session->remove_observer(observer);
}

// The library arms all watches by one request, which no server takes when there are too many.
TEST_F(SessionTest, MakesANewSessionWhenItsWatchesAreTooManyToArmAgain) {
  constexpr int kNodes = 2'500;
  auto session = connected();
  auto path = [](int i) { return "/" + std::string(400, 'n') + std::to_string(i); };
  auto read_all = [&] {
    std::vector<Request> reads;
    for (int i = 0; i < kNodes; ++i) reads.emplace_back(Exists{path(i)});
    for (const Response& response : session->execute(std::move(reads))) {
      ASSERT_EQ(response.code, Code::kNoNode);
    }
  };
  base::BoundedQueue<int> created(kNodes);
  for (int i = 0; i < kNodes; ++i) {
    session->watches().set_node_handler(path(i), [&, i](NodeEvent) { (void)created.push(i); });
  }
  read_all();
  ASSERT_TRUE(session->call(Create{"/mine", "", CreateMode::kEphemeral, {}}).ok());
  const std::int64_t old_id = session->session_id();
  RecordingObserver observer;
  session->add_observer(observer);
  server_->kill9();
  ASSERT_TRUE(server_->restart());
  EXPECT_EQ(pop(observer.events), "before");
  ASSERT_EQ(pop(observer.events), "after");
  EXPECT_NE(session->session_id(), old_id);
  EXPECT_EQ(session->call(Exists{"/mine"}).code, Code::kNoNode) << "of the session that is over";
  read_all();
  ASSERT_TRUE(session->call(Create{path(7), "", CreateMode::kPersistent, {}}).ok());
  EXPECT_EQ(pop(created), 7);
  session->remove_observer(observer);
}

TEST_F(SessionTest, KeepsItsSessionWithFewWatches) {
  auto session = connected();
  session->watches().set_node_handler("/few", [](NodeEvent) {});
  ASSERT_EQ(session->call(Exists{"/few"}).code, Code::kNoNode);
  const std::int64_t old_id = session->session_id();
  server_->kill9();
  ASSERT_TRUE(server_->restart());
  EXPECT_EQ(session->call(Exists{"/few"}).code, Code::kNoNode);
  EXPECT_EQ(session->session_id(), old_id);
}

TEST_F(SessionTest, GivesUpARequestThatIsTooLargeForTheServer) {
  auto session = connected();
  Response response = session->call(Create{"/big", std::string(2'000'000, 'x'), {}, {}});
  EXPECT_EQ(response.code, Code::kMarshallingError);
  EXPECT_EQ(session->call(Exists{"/big"}).code, Code::kNoNode);
}

TEST_F(SessionTest, GivesNodesTheAclOfItsRule) {
  SessionOptions secured = options("/secured");
  connected_to(options("/secured"));
  secured.auth = {"digest", "broker:secret"};
  secured.acl_of = [](std::string_view path) {
    if (path.starts_with("/secret")) return Acl::kCreatorAll;
    return path == "/open" ? Acl::kOpen : Acl::kCreatorAllWorldRead;
  };
  auto session = connected_to(secured);
  for (const char* path : {"/secret", "/open", "/plain"}) {
    EXPECT_EQ(session->call(Create{path, "x", {}, {}}).code, Code::kOk);
  }
  auto stranger = connected_to(options("/secured"));
  EXPECT_EQ(stranger->call(GetData{"/secret"}).code, Code::kNoAuth);
  EXPECT_EQ(stranger->call(GetData{"/plain"}).code, Code::kOk);
  EXPECT_EQ(stranger->call(SetData{"/plain", "y"}).code, Code::kNoAuth);
  EXPECT_EQ(stranger->call(SetData{"/open", "y"}).code, Code::kOk);
  EXPECT_EQ(session->call(SetData{"/secret", "y"}).code, Code::kOk);
}

}  // namespace
}  // namespace odradek::zk
