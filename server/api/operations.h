// The operations that a client may be told it is allowed, as bit fields: one bit per operation code
// (KIP-430).
#pragma once

#include <cstdint>

namespace odradek::api {

enum class Operation : std::uint8_t {
  kRead = 3,
  kWrite = 4,
  kCreate = 5,
  kDelete = 6,
  kAlter = 7,
  kDescribe = 8,
  kClusterAction = 9,
  kDescribeConfigs = 10,
  kAlterConfigs = 11,
  kIdempotentWrite = 12,
};

template <class... Operations>
constexpr std::int32_t bits(Operations... operations) {
  return ((std::int32_t{1} << static_cast<int>(operations)) | ...);
}

// What a resource knows at all; everybody may do it as long as no authorizer restricts them.
constexpr std::int32_t kAllTopicOperations = bits(
    Operation::kRead, Operation::kWrite, Operation::kCreate, Operation::kDelete, Operation::kAlter,
    Operation::kDescribe, Operation::kDescribeConfigs, Operation::kAlterConfigs);
constexpr std::int32_t kAllClusterOperations = bits(
    Operation::kCreate, Operation::kClusterAction, Operation::kDescribeConfigs,
    Operation::kAlterConfigs, Operation::kAlter, Operation::kDescribe, Operation::kIdempotentWrite);
constexpr std::int32_t kAllGroupOperations =
    bits(Operation::kRead, Operation::kDelete, Operation::kDescribe);

}  // namespace odradek::api
