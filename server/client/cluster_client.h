// ClusterClient: bootstrap servers in, answers of the right broker out; what the command-line tools
// talk to a cluster with.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/client/connection_factory.h"

namespace odradek::client {

struct ClusterBroker {
  protocol::BrokerId id = protocol::kNoBroker;
  Endpoint endpoint;
  std::string rack;
};

struct ClusterView {
  std::string cluster_id;
  protocol::BrokerId controller = protocol::kNoBroker;
  std::map<protocol::BrokerId, ClusterBroker> brokers;
};

enum class CoordinatorType : std::int8_t { kGroup = 0, kTransaction = 1 };

struct ClusterClientOptions {
  std::vector<Endpoint> bootstrap;
  std::string client_id = "odradek-tools";
  std::int64_t request_timeout_ms = 30'000;
  std::int64_t retry_backoff_ms = 100;
};

// "a:9092,[::1]:9093" → endpoints; an error names the entry that has no port.
base::Result<std::vector<Endpoint>> parse_bootstrap_servers(const std::string& text);

// Belongs to one thread. Connections are kept and made anew after a failure; every call ends by
// options.request_timeout_ms.
class ClusterClient {
 public:
  ClusterClient(ClusterClientOptions options, ConnectionFactory& connections);
  ~ClusterClient();

  // Brokers and controller, asked anew.
  base::Result<ClusterView> refresh();
  // The leader of a partition, asked anew; LEADER_NOT_AVAILABLE when it has none.
  base::Result<protocol::BrokerId> leader_of(const protocol::TopicPartition& partition);
  base::Result<protocol::BrokerId> coordinator_of(const std::string& key, CoordinatorType type);

  // The connection to a broker (negotiated), valid until the next call on this client.
  base::Result<BrokerConnection*> to_broker(protocol::BrokerId id);
  base::Result<BrokerConnection*> to_any();
  base::Result<BrokerConnection*> to_controller();
  // Forget a connection that failed, or whose broker turned out not to be the one to ask.
  void forget_controller();
  void drop(BrokerConnection* connection);

  Deadline request_deadline() const { return deadline_in_ms(options_.request_timeout_ms); }

  // Sends to whom `pick` returns a connection; `code` takes the top-level error out of the answer.
  // Network errors and NOT_CONTROLLER, COORDINATOR_*, NOT_LEADER are tried again, with fresh
  // metadata, until the deadline.
  template <class Request, class Response, class Pick, class Code>
  base::Result<Response> call(const Request& request, Pick pick, Code code) {
    const Deadline deadline = request_deadline();
    for (;;) {
      base::Result<BrokerConnection*> connection = pick();
      base::Result<Response> answer = connection.ok()
                                          ? send<Request, Response>(**connection, request, deadline)
                                          : connection.error();
      if (answer.ok() && !is_retriable(code(*answer))) return answer;
      if (!answer.ok()) {
        if (connection.ok()) drop(*connection);
        if (protocol::code_of(answer.error()) == protocol::ErrorCode::kUnsupportedVersion)
          return answer;
      }
      if (!wait_before_retry(deadline)) return answer;
    }
  }
  template <class Request, class Response, class Code>
  base::Result<Response> call_controller(const Request& request, Code code) {
    return call<Request, Response>(
        request, [this] { return to_controller(); }, code);
  }
  template <class Request, class Response>
  base::Result<Response> call_any(const Request& request) {
    return call<Request, Response>(
        request, [this] { return to_any(); },
        [](const Response&) { return protocol::ErrorCode::kNone; });
  }

  // One try, in the highest version both sides know.
  template <class Request, class Response>
  base::Result<Response> send(BrokerConnection& connection, const Request& request,
                              Deadline deadline) {
    base::Result<std::int16_t> version =
        connection.version_for(Request::kApi, Request::kApi.min, Request::kApi.max);
    if (!version.ok()) return version.error();
    return connection.send_and_receive<Request, Response>(request, *version, deadline);
  }

 private:
  static bool is_retriable(protocol::ErrorCode code);
  bool wait_before_retry(
      Deadline deadline);  // also forgets controller and coordinators; false: no time is left
  base::Result<BrokerConnection*> connection_to(const Endpoint& endpoint);

  ClusterClientOptions options_;
  ConnectionFactory& connections_;
  std::map<std::string, std::unique_ptr<BrokerConnection>> open_;  // by "host:port"
  ClusterView view_;
};

}  // namespace odradek::client
