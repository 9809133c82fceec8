// What every store does with nodes: recursive create and delete, and errors from codes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/store/fence.h"

namespace odradek::zk {

// "reading /controller failed: session expired". The error's code is Kafka's, mostly
// UNKNOWN_SERVER_ERROR.
base::Error error_of(Code code, std::string_view action, std::string_view path);

// Creates the node and, with null data, the parents that are missing. kNodeExists is an error for
// the node itself; the response's code says so.
Response create_recursive(Session& session, Create create);

// Creates with null data, if missing, all nodes and their parents.
base::Status make_persistent(Session& session, std::span<const std::string_view> paths);

// Writes whatever the node's version is; creates it (and its parents) if missing.
base::Status set_or_create(Session& session, const std::string& path, std::string data);

// Deletes children first; a missing node is no error. With a fence, every delete is under it.
base::Status delete_recursive(Session& session, const std::string& path,
                              const std::optional<Fence>& fence = std::nullopt);

// The children's names; none when the node is missing. Arms the child watch if `watch` and there is
// a handler.
base::Result<std::vector<std::string>> children_of(Session& session, std::string_view path,
                                                   bool watch = true);

// Reads the node. Where a handler is registered its watch is armed, also when the node is missing
// (kNoNode): that takes a second request.
Response read_and_arm(Session& session, const std::string& path);

// Deletes named children (of sequential nodes, mostly), under the fence; missing ones are no error.
base::Status delete_children_fenced(Session& session, const Fence& fence, std::string_view parent,
                                    const std::vector<std::string>& names);

}  // namespace odradek::zk
