#include "server/client/broker_connection.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/messages/api_versions.h"
#include "server/client/stream.h"

namespace odradek::client {
namespace {

using protocol::ErrorCode;

constexpr std::size_t kLengthBytes = 4;
// Memory grows with the bytes that came, not with the length that the peer claims.
constexpr std::size_t kTrustedFrameBytes = 1024 * 1024;

StreamOptions stream_options(const ConnectionOptions& options) {
  return {.host = options.host,
          .port = options.port,
          .send_buffer_bytes = options.send_buffer_bytes,
          .receive_buffer_bytes = options.receive_buffer_bytes};
}

std::uint32_t length_of(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         std::uint32_t{at[3]};
}

}  // namespace

BrokerConnection::BrokerConnection(const ConnectionOptions& options, std::unique_ptr<Stream> stream)
    : client_id_(options.client_id),
      peer_(options.host + ":" + std::to_string(options.port)),
      max_response_bytes_(options.max_response_bytes),
      stream_(std::move(stream)) {}

BrokerConnection::~BrokerConnection() = default;

base::Result<std::unique_ptr<BrokerConnection>> BrokerConnection::connect(
    const ConnectionOptions& options, Deadline deadline) {
  base::Result<std::unique_ptr<Stream>> stream =
      options.tls_context == nullptr ? connect_plaintext(stream_options(options), deadline)
                                     : connect_tls(stream_options(options),
                                                   {.context = options.tls_context,
                                                    .server_name = options.tls_server_name,
                                                    .verify_host_name = options.verify_host_name},
                                                   deadline);
  if (!stream.ok()) return stream.error();
  std::unique_ptr<BrokerConnection> connection(new BrokerConnection(options, std::move(*stream)));
  if (options.authenticate) {
    if (auto status = options.authenticate(*connection, deadline); !status.ok()) {
      return status.error();
    }
  }
  return connection;
}

base::Result<base::MutableBytes> BrokerConnection::exchange(const protocol::Api& api,
                                                            std::int16_t version,
                                                            const protocol::Payload& body,
                                                            Deadline deadline) {
  const std::int32_t correlation_id = next_correlation_id_++;
  protocol::Measure measure{.total = body.size_bytes(), .shared = body.size_bytes()};
  protocol::Payload frame =
      protocol::start_request(api, version, correlation_id, client_id_, measure).finish();
  for (const protocol::PayloadPart& part : body.parts()) {
    const auto& bytes = std::get<protocol::SharedBytes>(part);
    frame.append(bytes.bytes, bytes.owner);
  }
  return exchange_frame(frame, api, version, correlation_id, deadline);
}

base::Result<base::MutableBytes> BrokerConnection::exchange_frame(const protocol::Payload& frame,
                                                                  const protocol::Api& api,
                                                                  std::int16_t version,
                                                                  std::int32_t correlation_id,
                                                                  Deadline deadline) {
  for (const protocol::PayloadPart& part : frame.parts()) {
    const auto* bytes = std::get_if<protocol::SharedBytes>(&part);
    CHECK(bytes != nullptr) << "a request never carries parts of files";
    if (auto sent = stream_->write_all(bytes->bytes, deadline); !sent.ok()) {
      return base::Error(
          protocol::code_of(sent.error()),
          "sending " + std::string(api.name) + " to " + peer_ + ": " + sent.error().message);
    }
  }
  base::Result<base::MutableBytes> answer = read_frame(deadline);
  if (!answer.ok()) {
    base::Error error = answer.error();
    error.message = std::string(api.name) + " to " + peer_ + ": " + error.message;
    return error;
  }
  return protocol::response_body(api, version, *answer, correlation_id);
}

base::Result<base::MutableBytes> BrokerConnection::exchange_raw(base::ByteView payload,
                                                                Deadline deadline) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  base::Bytes frame;
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<std::uint8_t>(size >> shift));
  }
  frame.insert(frame.end(), payload.begin(), payload.end());
  if (auto sent = stream_->write_all(frame, deadline); !sent.ok()) return sent.error();
  return read_frame(deadline);
}

base::Result<base::MutableBytes> BrokerConnection::read_frame(Deadline deadline) {
  std::uint8_t length[kLengthBytes];
  if (auto got = stream_->read_exactly(length, deadline); !got.ok()) return got.error();
  const std::size_t size = length_of(length);
  if (size > static_cast<std::size_t>(max_response_bytes_)) {
    return base::Error(ErrorCode::kCorruptMessage, "answer of " + std::to_string(size) +
                                                       " bytes; at most " +
                                                       std::to_string(max_response_bytes_) +
                                                       " are taken (is it a Kafka listener?)");
  }
  std::size_t have = 0;
  protocol::FramePtr frame = protocol::Frame::allocate(std::min(size, kTrustedFrameBytes));
  for (;;) {
    if (auto got = stream_->read_exactly(frame->bytes().subspan(have), deadline); !got.ok()) {
      return got.error();
    }
    have = frame->size();
    if (have == size) break;
    protocol::FramePtr larger = protocol::Frame::allocate(std::min(size, have * 4));
    std::copy_n(frame->data(), have, larger->data());
    frame = std::move(larger);
  }
  frame_ = std::move(frame);
  return frame_->bytes();
}

base::Status BrokerConnection::negotiate(Deadline deadline) {
  if (!versions_.empty()) return {};
  // Version 0 is understood by every broker since 0.10 and needs no second try.
  base::Result<protocol::ApiVersionsResponse> answer =
      send_and_receive<protocol::ApiVersionsRequest, protocol::ApiVersionsResponse>({}, 0,
                                                                                    deadline);
  if (!answer.ok()) return answer.error();
  if (answer->error_code != ErrorCode::kNone) {
    return base::Error(
        answer->error_code,
        "ApiVersions to " + peer_ + ": " + std::string(protocol::error_name(answer->error_code)));
  }
  for (const auto& api : answer->api_keys) {
    versions_[api.api_key] = {.min = api.min_version, .max = api.max_version};
  }
  return {};
}

base::Result<std::int16_t> BrokerConnection::version_for(const protocol::Api& api,
                                                         std::int16_t at_least,
                                                         std::int16_t at_most) const {
  auto it = versions_.find(static_cast<std::int16_t>(api.key));
  if (it != versions_.end()) {
    std::int16_t best = std::min({at_most, api.max, it->second.max});
    if (best >= std::max({at_least, api.min, it->second.min})) return best;
  }
  return base::Error(
      ErrorCode::kUnsupportedVersion,
      "broker " + peer_ + " knows no version of " + std::string(api.name) + " that is known here");
}

void BrokerConnection::close() { stream_->shut_down(); }

}  // namespace odradek::client
