#include "zk/store/nodes.h"

#include <algorithm>
#include <utility>

#include "protocol/errors.h"
#include "zk/data/paths.h"

namespace odradek::zk {
namespace {

// Others may create and delete the same nodes at the same time; this many rounds are no accident.
constexpr int kMaxRounds = 20;

base::Status create_parents(Session& session, const std::string& path) {
  Create parent;
  parent.path = paths::parent(path);
  if (parent.path.empty()) return error_of(Code::kNoNode, "creating", path);
  Response response = create_recursive(session, parent);
  if (response.ok() || response.code == Code::kNodeExists) return {};
  return error_of(response.code, "creating", parent.path);
}

// All nodes below and at `root`, parents before children.
base::Result<std::vector<std::string>> subtree(Session& session, const std::string& root) {
  std::vector<std::string> all = {root};
  std::size_t level_begin = 0;
  while (level_begin < all.size()) {
    std::size_t level_end = all.size();
    std::vector<Request> requests;
    for (std::size_t i = level_begin; i < level_end; ++i) {
      requests.push_back(GetChildren{all[i], false});
    }
    std::vector<Response> responses = session.execute(std::move(requests));
    for (std::size_t i = 0; i < responses.size(); ++i) {
      const Response& response = responses[i];
      if (!response.ok() && response.code != Code::kNoNode) {
        return error_of(response.code, "listing", response.path);
      }
      for (const std::string& name : response.children) {
        all.push_back(paths::child(all[level_begin + i], name));
      }
    }
    level_begin = level_end;
  }
  return all;
}

base::Result<std::vector<Code>> delete_all(Session& session, const std::vector<std::string>& nodes,
                                           const std::optional<Fence>& fence) {
  std::vector<Code> codes;
  codes.reserve(nodes.size());
  if (fence) {
    std::vector<Op> ops;
    for (const std::string& node : nodes) ops.emplace_back(Delete{node});
    auto results = execute_fenced(session, *fence, std::move(ops));
    if (!results) return results.error();
    for (const FencedResult& result : *results) codes.push_back(result.code);
    return codes;
  }
  std::vector<Request> requests;
  for (const std::string& node : nodes) requests.emplace_back(Delete{node});
  for (const Response& response : session.execute(std::move(requests))) {
    codes.push_back(response.code);
  }
  return codes;
}

}  // namespace

base::Error error_of(Code code, std::string_view action, std::string_view path) {
  return {protocol::ErrorCode::kUnknownServerError,
          std::string(action) + " " + std::string(path) +
              " in ZooKeeper failed: " + std::string(to_string(code))};
}

Response create_recursive(Session& session, Create create) {
  Response response = session.call(create);
  for (int round = 0; round < kMaxRounds && response.code == Code::kNoNode; ++round) {
    if (!create_parents(session, create.path)) return response;
    response = session.call(create);
  }
  return response;
}

base::Status make_persistent(Session& session, std::span<const std::string_view> nodes) {
  std::vector<Request> requests;
  for (std::string_view node : nodes) {
    requests.push_back(Create{std::string(node), std::nullopt, CreateMode::kPersistent, {}});
  }
  std::vector<Response> responses = session.execute(requests);
  for (std::size_t i = 0; i < responses.size(); ++i) {
    Response& response = responses[i];
    if (response.code == Code::kNoNode) {
      response = create_recursive(session, std::get<Create>(requests[i]));
    }
    if (!response.ok() && response.code != Code::kNodeExists) {
      return error_of(response.code, "creating", nodes[i]);
    }
  }
  return {};
}

base::Status set_or_create(Session& session, const std::string& path, std::string data) {
  Response response;
  for (int round = 0; round < kMaxRounds; ++round) {
    response = session.call(SetData{path, data});
    if (response.code != Code::kNoNode) break;
    response = create_recursive(session, Create{path, data, CreateMode::kPersistent, {}});
    if (response.code != Code::kNodeExists) break;
  }
  if (response.ok()) return {};
  return error_of(response.code, "writing", path);
}

base::Status delete_recursive(Session& session, const std::string& path,
                              const std::optional<Fence>& fence) {
  for (int round = 0; round < kMaxRounds; ++round) {
    auto nodes = subtree(session, path);
    if (!nodes) return nodes.error();
    std::reverse(nodes->begin(), nodes->end());
    auto codes = delete_all(session, *nodes, fence);
    if (!codes) return codes.error();
    bool again = false;
    for (std::size_t i = 0; i < codes->size(); ++i) {
      Code code = (*codes)[i];
      // Somebody created a child meanwhile.
      again = again || code == Code::kNotEmpty;
      if (code == Code::kOk || code == Code::kNoNode || code == Code::kNotEmpty) continue;
      return error_of(code, "deleting", (*nodes)[i]);
    }
    if (!again) return {};
  }
  return error_of(Code::kNotEmpty, "deleting", path);
}

base::Result<std::vector<std::string>> children_of(Session& session, std::string_view path,
                                                   bool watch) {
  Response response = session.call(GetChildren{std::string(path), watch});
  if (response.ok() || response.code == Code::kNoNode) return std::move(response.children);
  return error_of(response.code, "listing", path);
}

base::Status delete_children_fenced(Session& session, const Fence& fence, std::string_view parent,
                                    const std::vector<std::string>& names) {
  std::vector<Op> ops;
  for (const std::string& name : names) ops.emplace_back(Delete{paths::child(parent, name)});
  auto results = execute_fenced(session, fence, std::move(ops));
  if (!results) return results.error();
  for (std::size_t i = 0; i < results->size(); ++i) {
    Code code = (*results)[i].code;
    if (code == Code::kOk || code == Code::kNoNode) continue;
    return error_of(code, "deleting", paths::child(parent, names[i]));
  }
  return {};
}

Response read_and_arm(Session& session, const std::string& path) {
  Response response = session.call(GetData{path});
  while (response.code == Code::kNoNode && session.watches().has_node_handler(path)) {
    Response exists = session.call(Exists{path});
    if (!exists.ok()) return exists;
    response = session.call(GetData{path});  // created between the two
  }
  return response;
}

}  // namespace odradek::zk
