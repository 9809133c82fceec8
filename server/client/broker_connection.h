// BrokerConnection: one blocking connection to a broker, with a deadline on everything, one request
// at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/messages/header.h"
#include "protocol/wire/codec.h"
#include "protocol/wire/frame.h"
#include "protocol/wire/payload.h"
#include "server/client/stream.h"

struct ssl_ctx_st;  // SSL_CTX of OpenSSL

namespace odradek::client {

inline Deadline deadline_in_ms(std::int64_t ms) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
}

class BrokerConnection;

struct ConnectionOptions {
  std::string host;
  std::int32_t port = 0;
  std::string client_id;
  ssl_ctx_st* tls_context =
      nullptr;                  // null: PLAINTEXT; else TLS, the context decides about verification
  std::string tls_server_name;  // name to verify and to send as SNI; empty: host
  bool verify_host_name = true;  // ssl.endpoint.identification.algorithm=https
  std::int32_t max_response_bytes = 100 * 1024 * 1024;
  std::int32_t send_buffer_bytes = 0;     // 0: as the system
  std::int32_t receive_buffer_bytes = 0;  // 0: as the system
  // Runs SASL on a fresh connection, by exchange(); none: no authentication.
  std::function<base::Status(BrokerConnection&, Deadline)> authenticate;
};

// The versions of one API that both sides know.
struct VersionRange {
  std::int16_t min = 0;
  std::int16_t max = -1;
};

// Belongs to one thread at a time, but close() may be called from any. After any error the
// connection is of no more use.
class BrokerConnection {
 public:
  // Resolves, connects, shakes hands (TLS), authenticates. The error names host, port and cause.
  static base::Result<std::unique_ptr<BrokerConnection>> connect(const ConnectionOptions& options,
                                                                 Deadline deadline);
  ~BrokerConnection();
  BrokerConnection(const BrokerConnection&) = delete;
  BrokerConnection& operator=(const BrokerConnection&) = delete;

  // Sends `request` in `version` and decodes the answer. Views in the response (records) live until
  // the next call here. Errors: NETWORK_EXCEPTION, REQUEST_TIMED_OUT, CORRUPT_MESSAGE,
  // UNSUPPORTED_VERSION.
  template <class Request, class Response>
  base::Result<Response> send_and_receive(const Request& request, std::int16_t version,
                                          Deadline deadline) {
    const std::int32_t correlation_id = next_correlation_id_++;
    protocol::Payload frame =
        protocol::encode_request(request, version, correlation_id, client_id_);
    base::Result<base::MutableBytes> answer =
        exchange_frame(frame, Request::kApi, version, correlation_id, deadline);
    if (!answer.ok()) return answer.error();
    return protocol::Codec<Response>::decode(*answer, version);
  }

  // As send_and_receive for callers that hold an encoded body: the body of the answer.
  base::Result<base::MutableBytes> exchange(const protocol::Api& api, std::int16_t version,
                                            const protocol::Payload& body, Deadline deadline);
  // Sends a bare frame and returns the bare answer: SASL tokens before SaslAuthenticate existed.
  base::Result<base::MutableBytes> exchange_raw(base::ByteView payload, Deadline deadline);

  // Asks ApiVersions once and keeps the answer; asked again it is answered from memory.
  base::Status negotiate(Deadline deadline);
  // The highest version of `api` that is in [at_least, at_most] and known to both; needs
  // negotiate() before.
  base::Result<std::int16_t> version_for(const protocol::Api& api, std::int16_t at_least,
                                         std::int16_t at_most) const;

  // Makes a call under way on another thread fail soon; idempotent.
  void close();

  const std::string& client_id() const { return client_id_; }
  const std::string& peer() const { return peer_; }  // "host:port", for log lines

 private:
  BrokerConnection(const ConnectionOptions& options, std::unique_ptr<Stream> stream);
  base::Result<base::MutableBytes> exchange_frame(const protocol::Payload& frame,
                                                  const protocol::Api& api, std::int16_t version,
                                                  std::int32_t correlation_id, Deadline deadline);
  base::Result<base::MutableBytes> read_frame(Deadline deadline);

  std::string client_id_;
  std::string peer_;
  std::int32_t max_response_bytes_;
  std::unique_ptr<Stream> stream_;
  std::int32_t next_correlation_id_ = 0;
  protocol::FramePtr frame_;  // the last answer; views point here
  std::map<std::int16_t, VersionRange> versions_;
};

}  // namespace odradek::client
