// DescribeCluster (key 60): cluster id, controller and brokers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeClusterResponse;

struct DescribeClusterRequest {
  using Response = DescribeClusterResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeCluster,
                            .name = "DescribeCluster",
                            .min = 0,
                            .max = 1,
                            .flexible = 0};

  bool include_cluster_authorized_operations = false;
  std::int8_t endpoint_type = 1;  // 1: brokers; 2: KRaft controllers

  static void describe(auto& field, auto& m) {
    field("include_cluster_authorized_operations", m.include_cluster_authorized_operations);
    field("endpoint_type", m.endpoint_type, {.since = 1});
  }
};
extern template struct Codec<DescribeClusterRequest>;

struct DescribeClusterResponse {
  static constexpr Api kApi = DescribeClusterRequest::kApi;

  struct Broker {
    BrokerId broker_id = 0;
    std::string host;
    std::int32_t port = 0;
    std::optional<std::string> rack;

    static void describe(auto& field, auto& m) {
      field("broker_id", m.broker_id);
      field("host", m.host);
      field("port", m.port);
      field("rack", m.rack, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::int8_t endpoint_type = 1;  // 1: brokers; 2: KRaft controllers
  std::string cluster_id;
  BrokerId controller_id = kNoBroker;
  std::vector<Broker> brokers;
  // A bit per operation code.
  std::int32_t cluster_authorized_operations = kOperationsNotAsked;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("endpoint_type", m.endpoint_type, {.since = 1});
    field("cluster_id", m.cluster_id);
    field("controller_id", m.controller_id);
    field("brokers", m.brokers);
    field("cluster_authorized_operations", m.cluster_authorized_operations);
  }
};
extern template struct Codec<DescribeClusterResponse>;

}  // namespace odradek::protocol
