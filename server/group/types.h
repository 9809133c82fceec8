// The values that group requests carry in and out of the coordinator, apart from any message
// version.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"

namespace odradek::group {

using protocol::ErrorCode;

constexpr std::int32_t kNoGeneration = -1;

// offsets.storage: where committed offsets live.
enum class OffsetStorage : std::uint8_t { kZooKeeper, kKafka, kBoth };

struct Protocol {
  std::string name;
  base::Bytes metadata;
  bool operator==(const Protocol&) const = default;
};

struct JoinRequest {
  std::string group_id;
  std::string member_id;  // empty: the coordinator makes one
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;  // "/127.0.0.1", as the JVM prints an address
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::string protocol_type;
  std::vector<Protocol> protocols;            // in the order the member prefers them
  bool requires_known_member_id = false;      // JoinGroup version 4 and up, without an instance id
  bool supports_skipping_assignment = false;  // version 9 and up
};

struct JoinedMember {
  std::string id;
  std::optional<std::string> instance_id;
  base::Bytes metadata;
};

struct JoinResult {
  ErrorCode error = ErrorCode::kNone;
  std::int32_t generation = kNoGeneration;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader_id;
  bool skip_assignment = false;
  std::string member_id;
  std::vector<JoinedMember> members;  // filled for the leader only
};

struct SyncRequest {
  std::string group_id;
  std::int32_t generation = kNoGeneration;
  std::string member_id;
  std::optional<std::string> instance_id;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::vector<std::pair<std::string, base::Bytes>> assignments;  // by member id, from the leader
};

struct SyncResult {
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  base::Bytes assignment;
};

// Who speaks, as Heartbeat and OffsetCommit name it.
struct MemberIdentity {
  std::string group_id;
  std::int32_t generation = kNoGeneration;
  std::string member_id;
  std::optional<std::string> instance_id;
};

struct LeavingMember {
  std::string member_id;
  std::optional<std::string> instance_id;
};

struct DescribedMember {
  std::string id;
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  base::Bytes metadata;
  base::Bytes assignment;
};

struct GroupDescription {
  ErrorCode error = ErrorCode::kNone;
  std::string state;
  std::string protocol_type;
  std::string protocol_name;
  std::vector<DescribedMember> members;
};

struct GroupOverview {
  std::string group_id;
  std::string protocol_type;
  std::string state;
};

using JoinCallback = std::function<void(JoinResult)>;
using SyncCallback = std::function<void(SyncResult)>;

// Runs the function once, after the delay, on a timer thread.
using ScheduleAfter = std::function<void(std::int64_t delay_ms, std::function<void()> task)>;

// What a change under a group's lock wants done once the lock is released: answers to parked
// requests.
using Completions = std::vector<std::function<void()>>;

}  // namespace odradek::group
