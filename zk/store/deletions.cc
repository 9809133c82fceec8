#include "zk/store/deletions.h"

#include <algorithm>

#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Result<std::vector<std::string>> Deletions::topics(bool watch) {
  auto names = children_of(session_, paths::kDeleteTopics, watch);
  if (names) std::sort(names->begin(), names->end());
  return names;
}

base::Status Deletions::mark(const std::string& topic) {
  const std::string path = paths::delete_topic(topic);
  Response response =
      create_recursive(session_, Create{path, std::nullopt, CreateMode::kPersistent, {}});
  if (response.ok() || response.code == Code::kNodeExists) return {};
  return error_of(response.code, "creating", path);
}

base::Status Deletions::unmark(const Fence& fence, const std::vector<std::string>& topics) {
  return delete_children_fenced(session_, fence, paths::kDeleteTopics, topics);
}

}  // namespace odradek::zk
