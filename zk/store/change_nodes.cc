#include "zk/store/change_nodes.h"

#include <algorithm>
#include <utility>

#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Status create_change_node(Session& session, const std::string& path_with_prefix,
                                std::string payload) {
  Create change{path_with_prefix, std::move(payload), CreateMode::kPersistentSequential, {}};
  Response response = create_recursive(session, std::move(change));
  if (!response.ok()) return error_of(response.code, "creating", path_with_prefix);
  return {};
}

base::Result<std::vector<ChangeNode>> read_change_nodes(Session& session, std::string_view parent,
                                                        std::string_view prefix) {
  auto names = children_of(session, parent);
  if (!names) return names.error();
  std::vector<std::pair<std::int64_t, std::string>> ordered;
  for (std::string& name : *names) {
    if (auto sequence = paths::sequence_number(name, prefix)) {
      ordered.emplace_back(*sequence, std::move(name));
    }
  }
  std::sort(ordered.begin(), ordered.end());
  std::vector<Request> reads;
  for (const auto& [ignored, name] : ordered) reads.push_back(GetData{paths::child(parent, name)});
  std::vector<Response> responses = session.execute(std::move(reads));
  std::vector<ChangeNode> nodes;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    Response& response = responses[i];
    if (!response.ok() && response.code != Code::kNoNode) {
      return error_of(response.code, "reading", response.path);
    }
    nodes.push_back({std::move(ordered[i].second), std::move(response.data).value_or("")});
  }
  return nodes;
}

}  // namespace odradek::zk
