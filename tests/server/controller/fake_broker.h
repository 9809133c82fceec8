// FakeBroker: a registered broker that records what the controller tells it, and answers as it is
// told to.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.h"
#include "base/mutex.h"
#include "protocol/messages/header.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_metadata.h"
#include "server/controller/leadership.h"
#include "tests/server/client/fake_server.h"
#include "zk/client/session.h"
#include "zk/store/brokers.h"

namespace odradek::controller {

constexpr std::int64_t kPatienceMs = 30'000;

class FakeBroker {
 public:
  using Recorded = std::variant<protocol::LeaderAndIsrRequest, protocol::StopReplicaRequest,
                                protocol::UpdateMetadataRequest>;
  using LeaderState = protocol::LeaderAndIsrRequest::PartitionState;
  using MetadataState = protocol::UpdateMetadataRequest::PartitionState;

  FakeBroker(std::string connect, BrokerId id) : connect_(std::move(connect)), id_(id) {
    register_again();
  }

  BrokerId id() const { return id_; }
  std::int64_t epoch() const { return epoch_; }
  zk::Session& session() { return *session_; }

  // Its session ends, as after a kill -9 whose session timed out.
  void die() { session_.reset(); }
  void register_again() {
    zk::SessionOptions options;
    options.connect = connect_;
    options.session_timeout_ms = 4'000;
    options.connection_timeout_ms = static_cast<std::int32_t>(kPatienceMs);
    auto session = std::make_unique<zk::Session>(options, base::Clock::system());
    ASSERT_TRUE(session->connect().ok());
    session_ = std::move(session);
    register_here(*session_);
  }
  void register_here(zk::Session& session) {
    auto epoch = zk::Brokers(session).register_broker(registration());
    ASSERT_TRUE(epoch.ok()) << epoch.error().message;
    epoch_ = *epoch;
  }
  zk::BrokerRegistration registration() const {
    zk::BrokerRegistration broker;
    broker.broker_id = id_;
    broker.endpoints = {{.listener = "PLAINTEXT",
                         .security_protocol = "PLAINTEXT",
                         .host = "127.0.0.1",
                         .port = server_.port()}};
    broker.timestamp_ms = 1;
    return broker;
  }

  // What it answers for a partition from now on.
  void fail(const TopicPartition& partition, protocol::ErrorCode code) {
    base::MutexLock lock(mutex_);
    errors_[partition] = code;
  }
  void recover() {
    base::MutexLock lock(mutex_);
    errors_.clear();
  }

  // Only what comes after this counts in wait_for().
  void forget() {
    base::MutexLock lock(mutex_);
    mark_ = recorded_.size();
  }
  std::vector<Recorded> recorded() const {
    base::MutexLock lock(mutex_);
    return {recorded_.begin() + static_cast<std::ptrdiff_t>(mark_), recorded_.end()};
  }

  // The first request that `wanted` likes, after the mark; nothing when none came in time.
  template <class Request>
  std::optional<Request> wait_for(std::function<bool(const Request&)> wanted) {
    const auto deadline = base::steady_after_ms(kPatienceMs);
    base::MutexLock lock(mutex_);
    for (std::size_t at = mark_;; ++at) {
      while (at >= recorded_.size()) {
        if (!changed_.wait_until(mutex_, deadline)) return std::nullopt;
      }
      const Request* request = std::get_if<Request>(&recorded_[at]);
      if (request != nullptr && wanted(*request)) return *request;
    }
  }
  std::optional<LeaderState> wait_for_leader(const TopicPartition& id,
                                             std::function<bool(const LeaderState&)> wanted) {
    std::optional<LeaderState> found;
    wait_for<protocol::LeaderAndIsrRequest>([&](const auto& request) {
      for (const auto& topic : request.topic_states) {
        for (const auto& state : topic.partition_states) {
          if (topic.topic_name == id.topic && state.partition_index == id.partition &&
              wanted(state)) {
            found = state;
          }
        }
      }
      return found.has_value();
    });
    return found;
  }
  std::optional<MetadataState> wait_for_metadata(const TopicPartition& id,
                                                 std::function<bool(const MetadataState&)> wanted) {
    std::optional<MetadataState> found;
    wait_for<protocol::UpdateMetadataRequest>([&](const auto& request) {
      for (const auto& topic : request.topic_states) {
        for (const auto& state : topic.partition_states) {
          if (topic.topic_name == id.topic && state.partition_index == id.partition &&
              wanted(state)) {
            found = state;
          }
        }
      }
      return found.has_value();
    });
    return found;
  }
  bool wait_for_stop(const TopicPartition& id, bool deletes) {
    return wait_for<protocol::StopReplicaRequest>([&](const auto& request) {
             for (const auto& topic : request.topic_states) {
               for (const auto& state : topic.partition_states) {
                 if (topic.topic_name == id.topic && state.partition_index == id.partition &&
                     state.delete_partition == deletes) {
                   return true;
                 }
               }
             }
             // As it was below 2.6.
             for (const auto& topic : request.topics) {
               for (std::int32_t index : topic.partition_indexes) {
                 if (topic.name == id.topic && index == id.partition &&
                     request.delete_partitions == deletes) {
                   return true;
                 }
               }
             }
             return false;
           })
        .has_value();
  }

 private:
  protocol::ErrorCode error_of(const TopicPartition& partition) REQUIRES(mutex_) {
    auto it = errors_.find(partition);
    return it == errors_.end() ? protocol::ErrorCode::kNone : it->second;
  }

  template <class Response>
  static base::Bytes encoded(const Response& response, const protocol::RequestHeader& header) {
    return protocol::encode_response(response, header.api_version, header.correlation_id).flatten();
  }

  template <class Request>
  Request record(base::MutableBytes body, std::int16_t version) REQUIRES(mutex_) {
    auto request = protocol::Codec<Request>::decode(body, version);
    EXPECT_TRUE(request.ok());
    recorded_.emplace_back(*request);
    changed_.notify_all();
    return std::move(*request);
  }

  std::optional<base::Bytes> answer(base::MutableBytes frame) {
    auto decoded = protocol::decode_request_header(frame);
    EXPECT_TRUE(decoded.ok());
    const protocol::RequestHeader& header = decoded->header;
    base::MutableBytes body = frame.subspan(decoded->body_offset);
    base::MutexLock lock(mutex_);
    switch (static_cast<protocol::ApiKey>(header.api_key)) {
      case protocol::ApiKey::kLeaderAndIsr:
        return encoded(answer_to(record<protocol::LeaderAndIsrRequest>(body, header.api_version)),
                       header);
      case protocol::ApiKey::kStopReplica:
        return encoded(answer_to(record<protocol::StopReplicaRequest>(body, header.api_version)),
                       header);
      case protocol::ApiKey::kUpdateMetadata:
        record<protocol::UpdateMetadataRequest>(body, header.api_version);
        return encoded(protocol::UpdateMetadataResponse{}, header);
      default:
        ADD_FAILURE() << "a controller does not send " << header.api_key;
        return std::nullopt;
    }
  }

  protocol::LeaderAndIsrResponse answer_to(const protocol::LeaderAndIsrRequest& request)
      REQUIRES(mutex_) {
    protocol::LeaderAndIsrResponse response;
    for (const auto& topic : request.topic_states) {
      auto& answered = response.topics.emplace_back();
      answered.topic_id = topic.topic_id;
      for (const auto& state : topic.partition_states) {
        answered.partition_errors.push_back(
            {.topic_name = topic.topic_name,
             .partition_index = state.partition_index,
             .error_code = error_of({topic.topic_name, state.partition_index})});
        response.partition_errors.push_back(answered.partition_errors.back());
      }
    }
    return response;
  }

  protocol::StopReplicaResponse answer_to(const protocol::StopReplicaRequest& request)
      REQUIRES(mutex_) {
    protocol::StopReplicaResponse response;
    for (const auto& topic : request.topic_states) {
      for (const auto& state : topic.partition_states) {
        response.partition_errors.push_back(
            {.topic_name = topic.topic_name,
             .partition_index = state.partition_index,
             .error_code = error_of({topic.topic_name, state.partition_index})});
      }
    }
    return response;
  }

  const std::string connect_;
  const BrokerId id_;
  std::atomic<std::int64_t> epoch_ = -1;  // written by the thread of the session that came back
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Recorded> recorded_ GUARDED_BY(mutex_);
  std::size_t mark_ GUARDED_BY(mutex_) = 0;
  std::map<TopicPartition, protocol::ErrorCode> errors_ GUARDED_BY(mutex_);
  std::unique_ptr<zk::Session> session_;
  testing::FakeServer server_{[this](base::MutableBytes frame) { return answer(frame); }};
};

}  // namespace odradek::controller
