// ConnectionContext: what a handler may know about the connection that a request came from.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/snapshot.h"
#include "server/config/listeners.h"

namespace odradek::network {

// Unique among all connections of this process, never used again.
using ConnectionId = std::uint64_t;

inline constexpr const char* kAnonymous = "User:ANONYMOUS";

// Known when the connection is accepted; never changes.
struct ConnectionFacts {
  ConnectionId id = 0;
  std::string listener;  // its name: "PLAINTEXT"
  config::SecurityProtocol protocol = config::SecurityProtocol::kPlaintext;
  std::string peer_host;  // numeric address, without brackets or "/"
  std::int32_t peer_port = 0;
  std::string local_host;
  std::int32_t local_port = 0;
  bool is_inter_broker = false;   // came in by the inter-broker listener
  bool is_control_plane = false;  // came in by the control plane listener
};

// ApiVersions v3+ tells them; "unknown" until then, as upstream's connection metrics say.
struct ClientSoftware {
  std::string name = "unknown";
  std::string version = "unknown";
};

// How far a connection of a SASL listener has come; others are authenticated from the start.
enum class AuthenticationStage : std::uint8_t {
  kStart,      // only ApiVersions and SaslHandshake are legal
  kRawTokens,  // after SaslHandshake v0: whole frames are tokens (see Request::is_raw_token)
  kExchange,   // after SaslHandshake v1: SaslAuthenticate
  kAuthenticated,
};

// Shared by the connection and its requests; safe from any thread. It outlives the connection.
class ConnectionContext {
 public:
  // What a component keeps with a connection, such as the state of a SASL exchange.
  class Attachment {
   public:
    virtual ~Attachment() = default;
  };

  ConnectionContext(ConnectionFacts facts, std::string principal)
      : facts_(std::move(facts)),
        stage_(config::uses_sasl(facts_.protocol) ? AuthenticationStage::kStart
                                                  : AuthenticationStage::kAuthenticated),
        principal_(std::move(principal)) {}

  const ConnectionFacts& facts() const { return facts_; }
  ConnectionId id() const { return facts_.id; }
  const std::string& listener() const { return facts_.listener; }
  const std::string& peer_host() const { return facts_.peer_host; }
  // "10.0.0.7:51234 on PLAINTEXT", for log lines.
  std::string describe() const;
  // Came in where only brokers come: requests for brokers alone are accepted by their ACLs, but
  // throttles and client quotas leave it out.
  bool is_privileged() const { return facts_.is_inter_broker || facts_.is_control_plane; }

  // "User:alice", "User:CN=broker-1,O=x", "User:ANONYMOUS".
  std::shared_ptr<const std::string> principal() const { return principal_.read(); }
  void set_principal(std::string principal) { principal_.publish(std::move(principal)); }

  std::shared_ptr<const ClientSoftware> software() const { return software_.read(); }
  void set_software(ClientSoftware software) { software_.publish(std::move(software)); }

  AuthenticationStage stage() const { return stage_.load(); }
  bool is_authenticated() const { return stage() == AuthenticationStage::kAuthenticated; }
  void set_stage(AuthenticationStage stage) { stage_.store(stage); }
  // Monotonic; 0 means never. Later requests other than a new SASL exchange end the connection.
  std::int64_t session_expires_ms() const { return session_expires_ms_.load(); }
  void set_session_expires_ms(std::int64_t at_monotonic_ms) {
    session_expires_ms_.store(at_monotonic_ms);
  }

  // One request of a connection is handled at a time, so whoever handles it owns this.
  Attachment* attachment() const { return attachment_.get(); }
  void attach(std::unique_ptr<Attachment> attachment) { attachment_ = std::move(attachment); }

 private:
  const ConnectionFacts facts_;
  std::atomic<AuthenticationStage> stage_;
  std::atomic<std::int64_t> session_expires_ms_{0};
  base::Snapshot<std::string> principal_;
  base::Snapshot<ClientSoftware> software_;
  std::unique_ptr<Attachment> attachment_;
};

}  // namespace odradek::network
