// Code and Stat: what ZooKeeper answers to every request, without its C header.
#pragma once

#include <cstdint>
#include <string_view>

namespace odradek::zk {

// ZooKeeper's own numbers (they are on its wire).
enum class Code : std::int16_t {
  kOk = 0,
  kSystemError = -1,
  kRuntimeInconsistency = -2,  // in a multi: this op was not tried, or was undone
  kDataInconsistency = -3,
  kConnectionLoss = -4,  // never seen by callers of Session: lost requests are sent again
  kMarshallingError = -5,
  kUnimplemented = -6,
  kOperationTimeout = -7,
  kBadArguments = -8,
  kInvalidState = -9,
  kNoNode = -101,
  kNoAuth = -102,
  kBadVersion = -103,
  kNoChildrenForEphemerals = -108,
  kNodeExists = -110,
  kNotEmpty = -111,
  kSessionExpired = -112,
  kInvalidAcl = -114,
  kAuthFailed = -115,
  kClosing = -116,  // the session object was closed
  kSessionMoved = -118,
  kThrottled = -127,
};

std::string_view to_string(Code code);

struct Stat {
  std::int64_t czxid = 0;  // of the creation; the broker epoch of /brokers/ids/<id>
  std::int64_t mzxid = 0;  // of the last change of the data
  std::int64_t pzxid = 0;  // of the last change of the children
  std::int64_t ctime_ms = 0;
  std::int64_t mtime_ms = 0;
  std::int32_t version = 0;  // of the data
  std::int32_t children_version = 0;
  std::int32_t acl_version = 0;
  std::int64_t ephemeral_owner = 0;  // session id, 0 for a persistent node
  std::int32_t data_bytes = 0;
  std::int32_t num_children = 0;
};

// The version that matches any.
constexpr std::int32_t kAnyVersion = -1;

}  // namespace odradek::zk
