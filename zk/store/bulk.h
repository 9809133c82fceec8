// Reads of several nodes, and of more than are asked for one by one (docs/adr/0011).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "zk/client/session.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

// All on their way at once, in the order of the paths. Arms the nodes' watches where handlers are
// registered.
std::vector<Response> read_each(Session& session, const std::vector<std::string>& paths);

// In the order of the paths: kOk with data and stat, kNoNode, or what else it was for that node.
// With few requests where there are many paths and servers know how; then no watch is armed.
std::vector<Response> read_many(Session& session, const std::vector<std::string>& paths);

// What one of those answers holds, by `decode` (text to Result<T>): nullopt where there is no node,
// or (after a log line) its payload cannot be read.
template <class Decode>
auto decoded(const Response& response, Decode decode)
    -> base::Result<std::optional<std::decay_t<decltype(*decode(std::string_view()))>>> {
  using Value = std::decay_t<decltype(*decode(std::string_view()))>;
  if (response.code == Code::kNoNode) return std::optional<Value>();
  if (!response.ok()) return error_of(response.code, "reading", response.path);
  base::Result<Value> value =
      decode(response.data ? std::string_view(*response.data) : std::string_view());
  if (!value) {
    LOG(ERROR) << response.path << " cannot be read: " << value.error().message;
    return std::optional<Value>();
  }
  return std::optional<Value>(std::move(*value));
}

}  // namespace odradek::zk
