// controller_scale [PARTITIONS [PARTITIONS_OF_A_TOPIC]]: how long a controller takes with a real
// ZooKeeper and brokers that only listen, in milliseconds: creation, failover beside a bare reading
// of the same nodes, a broad topic, topics one by one, a broker's death.
#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "base/deadline.h"
#include "base/log.h"
#include "base/mutex.h"
#include "protocol/messages/header.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_metadata.h"
#include "server/controller/controller.h"
#include "tests/server/client/fake_server.h"
#include "tests/support/zookeeper_server.h"
#include "zk/client/bulk_reader.h"
#include "zk/client/session.h"
#include "zk/data/paths.h"
#include "zk/store/brokers.h"
#include "zk/store/persistent_paths.h"
#include "zk/store/topics.h"

namespace odradek::controller {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBrokers = 6;
constexpr int kMostInOneTopic = 10'000;  // beyond them its node is larger than ZooKeeper takes
constexpr std::int64_t kPatienceMs = 120'000;

// User and system time that a process has taken.
double cpu_ms(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Wall time, and the time on processors of this process and of ZooKeeper: what a busy machine makes
// of the former, it does not make of the latter.
class Stopwatch {
 public:
  explicit Stopwatch(pid_t zookeeper) : zookeeper_(zookeeper) {}

  double ms() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
  }
  std::string cpu() const {
    std::ostringstream text;
    text << "(cpu " << cpu_ms(getpid()) - own_ms_ << " ms, ZooKeeper "
         << cpu_ms(zookeeper_) - zookeeper_ms_ << " ms)";
    return text.str();
  }

 private:
  const pid_t zookeeper_;
  const double own_ms_ = cpu_ms(getpid());
  const double zookeeper_ms_ = cpu_ms(zookeeper_);
  const Clock::time_point start_ = Clock::now();
};

// A registered broker that counts what it is told.
class Listener {
 public:
  Listener(const std::string& connect, BrokerId id) : id_(id) {
    session_ = std::make_unique<zk::Session>(
        zk::SessionOptions{.connect = connect,
                           .session_timeout_ms = 30'000,
                           .connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs)},
        base::Clock::system());
    CHECK(session_->connect().ok());
    zk::BrokerRegistration broker{.broker_id = id};
    broker.endpoints = {{.listener = "PLAINTEXT",
                         .security_protocol = "PLAINTEXT",
                         .host = "127.0.0.1",
                         .port = server_.port()}};
    CHECK(zk::Brokers(*session_).register_broker(broker).ok());
  }

  void die() { session_.reset(); }

  // Waits until LeaderAndIsr or UpdateMetadata have told of so many partitions that `wanted` likes.
  void expect(std::function<bool(const std::string& topic, BrokerId leader)> wanted,
              std::size_t leaders, std::size_t metadata) {
    base::MutexLock lock(mutex_);
    wanted_ = std::move(wanted);
    leaders_.clear();
    metadata_.clear();
    wanted_leaders_ = leaders;
    wanted_metadata_ = metadata;
  }
  bool wait() {
    const auto deadline = base::steady_after_ms(kPatienceMs);
    base::MutexLock lock(mutex_);
    while (leaders_.size() < wanted_leaders_ || metadata_.size() < wanted_metadata_) {
      if (!changed_.wait_until(mutex_, deadline)) return false;
    }
    return true;
  }

 private:
  template <class Request>
  void note(base::MutableBytes body, std::int16_t version, std::set<TopicPartition>& seen)
      REQUIRES(mutex_) {
    auto request = protocol::Codec<Request>::decode(body, version);
    CHECK(request.ok());
    for (const auto& topic : request->topic_states) {
      for (const auto& state : topic.partition_states) {
        if (!wanted_ || !wanted_(topic.topic_name, state.leader)) continue;
        seen.insert({topic.topic_name, state.partition_index});
      }
    }
  }

  std::optional<base::Bytes> answer(base::MutableBytes frame) {
    auto decoded = protocol::decode_request_header(frame);
    CHECK(decoded.ok());
    const auto& header = decoded->header;
    base::MutableBytes body = frame.subspan(decoded->body_offset);
    auto encoded = [&](const auto& response) {
      return protocol::encode_response(response, header.api_version, header.correlation_id)
          .flatten();
    };
    base::MutexLock lock(mutex_);
    changed_.notify_all();
    if (header.api_key == static_cast<std::int16_t>(protocol::ApiKey::kLeaderAndIsr)) {
      note<protocol::LeaderAndIsrRequest>(body, header.api_version, leaders_);
      return encoded(protocol::LeaderAndIsrResponse{});
    }
    if (header.api_key == static_cast<std::int16_t>(protocol::ApiKey::kUpdateMetadata)) {
      note<protocol::UpdateMetadataRequest>(body, header.api_version, metadata_);
      return encoded(protocol::UpdateMetadataResponse{});
    }
    return encoded(protocol::StopReplicaResponse{});
  }

  const BrokerId id_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::function<bool(const std::string&, BrokerId)> wanted_ GUARDED_BY(mutex_);
  std::set<TopicPartition> leaders_ GUARDED_BY(mutex_);
  std::set<TopicPartition> metadata_ GUARDED_BY(mutex_);
  std::size_t wanted_leaders_ GUARDED_BY(mutex_) = 0;
  std::size_t wanted_metadata_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<zk::Session> session_;
  testing::FakeServer server_{[this](base::MutableBytes frame) { return answer(frame); }};
};

zk::TopicAssignment spread(int partitions, int replication_factor, int first) {
  zk::TopicAssignment assignment{.topic_id = base::Uuid::random(true)};
  for (int index = 0; index < partitions; ++index) {
    for (int replica = 0; replica < replication_factor; ++replica) {
      assignment.partitions[index].replicas.push_back((first + index + replica) % kBrokers + 1);
    }
  }
  return assignment;
}

class Scale {
 public:
  Scale(int topics, int partitions_of_a_topic)
      : topics_(topics),
        partitions_of_a_topic_(partitions_of_a_topic),
        partitions_(topics * partitions_of_a_topic) {
    server_ = testing::ZooKeeperServer::start({"-Xmx1g"});
    CHECK(server_ != nullptr) << "no ZooKeeper on this machine";
    connect_ = server_->address() + "/scale";
    session_ = session();
    CHECK(zk::create_persistent_paths(*session_).ok());
    for (int id = 1; id <= kBrokers; ++id) {
      brokers_.push_back(std::make_unique<Listener>(connect_, id));
    }
  }

  void run() {
    create_topics();
    start_controller("first election of all");
    controller_.reset();
    read_all();
    start_controller("failover");
    broad_topic();
    topics_one_by_one();
    death();
  }

 private:
  struct Running {
    client::UniformConnections connections{client::ConnectionOptions{}};
    std::unique_ptr<zk::Session> session;
    std::unique_ptr<Controller> controller;
    ~Running() { controller->stop(); }
  };

  std::unique_ptr<zk::Session> session() const {
    auto made = std::make_unique<zk::Session>(
        zk::SessionOptions{.connect = connect_,
                           .session_timeout_ms = 30'000,
                           .connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs)},
        base::Clock::system());
    CHECK(made->connect().ok());
    return made;
  }

  static std::string name_of(int topic) { return "topic-" + std::to_string(topic); }

  void create_topics() {
    constexpr int kAtOnce = 1'000;
    for (int first = 0; first < topics_; first += kAtOnce) {
      std::vector<zk::Request> nodes;
      for (int topic = first; topic < std::min(topics_, first + kAtOnce); ++topic) {
        nodes.push_back(zk::Create{zk::paths::topic(name_of(topic)),
                                   spread(partitions_of_a_topic_, 3, topic).encode(),
                                   zk::CreateMode::kPersistent,
                                   {}});
      }
      for (const zk::Response& made : session_->execute(std::move(nodes))) CHECK(made.ok());
    }
  }

  // What a controller cannot do without, and nothing made of it: by requests of their own, as the
  // JVM's does, and by as few as there can be.
  void read_all() {
    const auto reading = session();
    auto names = zk::Topics(*reading).names();
    CHECK(names.ok());
    std::vector<std::string> paths;
    for (const std::string& name : *names) {
      paths.push_back(zk::paths::topic(name));
      for (int index = 0; index < partitions_of_a_topic_; ++index) {
        paths.push_back(zk::paths::partition_state(name, index));
      }
    }
    std::vector<zk::Request> requests;
    for (const std::string& path : paths) requests.push_back(zk::GetData{path});
    const Stopwatch one_by_one(server_->pid());
    for (const zk::Response& read : reading->execute(std::move(requests))) CHECK(read.ok());
    tell("a bare reading", one_by_one, paths.size());
    const Stopwatch in_bulk(server_->pid());
    auto reader = zk::BulkReader::connect(connect_, static_cast<std::int32_t>(kPatienceMs));
    CHECK(reader.ok());
    CHECK(reader->read(paths).ok());
    tell("the same in bulk", in_bulk, paths.size());
  }

  static void tell(const char* what, const Stopwatch& watch, std::size_t nodes) {
    std::printf("%-24s %8.0f ms for %zu nodes %s\n", what, watch.ms(), nodes, watch.cpu().c_str());
  }

  // Until broker 1 has been told of its share of leaders, the last thing of a failover.
  void start_controller(const char* what) {
    const auto replicas = static_cast<std::size_t>(partitions_) * 3 / kBrokers;
    brokers_[0]->expect([](const std::string&, BrokerId) { return true; }, replicas * 99 / 100, 0);
    auto running = std::make_unique<Running>();
    running->session = session();
    running->controller =
        std::make_unique<Controller>(ControllerOptions{.broker_id = 1,
                                                       .inter_broker_listener = "PLAINTEXT",
                                                       .auto_leader_rebalance_enable = false},
                                     *running->session, running->connections);
    const Stopwatch watch(server_->pid());
    running->controller->start();
    CHECK(brokers_[0]->wait());
    std::printf("%-24s %8.0f ms for %d partitions %s\n", what, watch.ms(), partitions_,
                watch.cpu().c_str());
    controller_ = std::move(running);
  }

  void broad_topic() {
    constexpr int kPartitions = 2'000;
    brokers_[1]->expect([](const std::string& topic, BrokerId) { return topic == "broad"; }, 0,
                        kPartitions);
    const Stopwatch watch(server_->pid());
    CHECK(zk::Topics(*session_).create("broad", spread(kPartitions, 3, 0), {}).ok());
    CHECK(brokers_[1]->wait());
    std::printf("%-24s %8.0f ms for %d partitions %s\n", "a broad topic", watch.ms(), kPartitions,
                watch.cpu().c_str());
  }

  void topics_one_by_one() {
    constexpr int kTopics = 300;
    const Stopwatch watch(server_->pid());
    for (int number = 0; number < kTopics; ++number) {
      const std::string name = "single-" + std::to_string(number);
      brokers_[1]->expect([name](const std::string& topic, BrokerId) { return topic == name; }, 0,
                          1);
      CHECK(zk::Topics(*session_).create(name, spread(1, 3, number), {}).ok());
      CHECK(brokers_[1]->wait());
    }
    std::printf("%-24s %8.0f topics a second %s\n", "topics one by one",
                kTopics * 1000 / watch.ms(), watch.cpu().c_str());
  }

  // All of `led` are led by one broker, which dies.
  void death() {
    const int led = std::min(partitions_, kMostInOneTopic);
    zk::TopicAssignment assignment{.topic_id = base::Uuid::random(true)};
    for (int index = 0; index < led; ++index) assignment.partitions[index].replicas = {6, 1, 2};
    brokers_[1]->expect([](const std::string& topic, BrokerId) { return topic == "fragile"; }, 0,
                        static_cast<std::size_t>(led));
    CHECK(zk::Topics(*session_).create("fragile", assignment, {}).ok());
    CHECK(brokers_[1]->wait());
    brokers_[1]->expect(
        [](const std::string& topic, BrokerId leader) { return topic == "fragile" && leader == 1; },
        static_cast<std::size_t>(led), 0);
    const Stopwatch watch(server_->pid());
    brokers_[5]->die();
    CHECK(brokers_[1]->wait());
    std::printf("%-24s %8.0f ms for %d leaders %s\n", "a broker's death", watch.ms(), led,
                watch.cpu().c_str());
  }

  const int topics_;
  const int partitions_of_a_topic_;
  const int partitions_;
  std::unique_ptr<testing::ZooKeeperServer> server_;
  std::string connect_;
  std::unique_ptr<zk::Session> session_;
  std::vector<std::unique_ptr<Listener>> brokers_;
  std::unique_ptr<Running> controller_;
};

}  // namespace
}  // namespace odradek::controller

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::GLOG_ERROR;
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  google::InitGoogleLogging(argv[0]);
  const int partitions = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int of_a_topic = argc > 2 ? std::atoi(argv[2]) : 10;
  odradek::controller::Scale(partitions / of_a_topic, of_a_topic).run();
}
