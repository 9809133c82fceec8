// Requests and Responses: what can be asked of ZooKeeper, as values that can be kept, batched and
// sent again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "zk/client/code.h"

namespace odradek::zk {

enum class CreateMode : std::uint8_t {
  kPersistent,
  kEphemeral,
  kPersistentSequential,
  kEphemeralSequential
};

// The ACLs that brokers give to nodes (zookeeper.md §0.3).
enum class Acl : std::uint8_t { kOpen, kCreatorAllWorldRead, kCreatorAll };

// Arms the node's watch when a node handler is registered for the path.
struct GetData {
  std::string path;
};
struct Exists {
  std::string path;
};
// Arms the child watch when `watch` and a child handler is registered for the path. Children come
// unsorted, names only.
struct GetChildren {
  std::string path;
  bool watch = true;
};
struct GetAcl {
  std::string path;
};
// Who may do what with a node; the bits of `permissions` are read, write, create, delete,
// administer.
struct AclEntry {
  std::string scheme;
  std::string id;
  std::int32_t permissions = 0;
};
// `version` is that of the ACL.
struct SetAcl {
  std::string path;
  std::vector<AclEntry> acl;
  std::int32_t version = kAnyVersion;
};
// What is read after it is not older than what the leader has now.
struct Sync {
  std::string path;
};
// `data` nullopt is null data, which is not the same as empty data. `acl` nullopt: by the session's
// rule for the path.
struct Create {
  std::string path;
  std::optional<std::string> data;
  CreateMode mode = CreateMode::kPersistent;
  std::optional<Acl> acl;
};
struct SetData {
  std::string path;
  std::optional<std::string> data;
  std::int32_t version = kAnyVersion;
};
struct Delete {
  std::string path;
  std::int32_t version = kAnyVersion;
};
struct Check {
  std::string path;
  std::int32_t version = kAnyVersion;
};

using Op = std::variant<Create, SetData, Delete, Check>;

// All or nothing.
struct Multi {
  std::vector<Op> ops;
};

using Request = std::variant<GetData, Exists, GetChildren, GetAcl, SetAcl, Sync, Create, SetData,
                             Delete, Multi>;

struct OpResult {
  Code code = Code::kOk;
  std::string path;  // of a Create: the name that the server gave
  Stat stat;         // of a SetData
};

struct Response {
  Code code = Code::kOk;
  std::string path;                 // the request's; of a Create the name that the server gave
  std::optional<std::string> data;  // of GetData; nullopt is null data
  Stat stat;                        // of GetData, Exists, GetChildren, GetAcl, SetData
  std::vector<std::string> children;
  std::vector<AclEntry> acl;  // of GetAcl
  std::vector<OpResult> ops;  // of Multi, one per op, also when it failed
  // The connection was lost while a first sending was in flight: a write may have been applied
  // twice, so kNodeExists, kBadVersion and kNoNode may mean our own success.
  bool resent = false;

  bool ok() const { return code == Code::kOk; }
  // Of a failed multi: the index of the op that made it fail. A failed check and a failed
  // compare-and-set give the same `code`; only the index tells them apart.
  std::optional<std::size_t> failed_op() const;
};

using Completion = std::function<void(Response)>;

// As the server would judge, as far as it matters here: names of groups and clients get into paths,
// and a zero byte would silently cut the path short.
bool is_valid_path(std::string_view path);

const std::string& path_of(const Op& op);
const std::string& path_of(const Request& request);  // empty for Multi
std::size_t size_bytes(const Op& op);                // about what the op takes on the wire
std::size_t size_bytes(const Request& request);

// The bounds of one multi: far below the server's jute.maxbuffer (1 MiB), and where throughput is
// best (performance.md §2.10).
constexpr std::size_t kMultiMaxOps = 200;
constexpr std::size_t kMultiMaxBytes = 512 * 1024;

// How many of `ops`, from the first on, go into one multi: at least 1 when there is one.
std::size_t multi_prefix(std::span<const Op> ops);

}  // namespace odradek::zk
