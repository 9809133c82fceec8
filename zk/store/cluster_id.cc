#include "zk/store/cluster_id.h"

#include "zk/data/cluster_id.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Result<std::optional<std::string>> read_cluster_id(Session& session) {
  const std::string path(paths::kClusterId);
  Response response = session.call(GetData{path});
  if (response.code == Code::kNoNode) return std::optional<std::string>();
  if (!response.ok()) return error_of(response.code, "reading", path);
  auto id = decode_cluster_id(response.data.value_or(""));
  if (!id) return base::Error(path + " cannot be read: " + id.error().message);
  return std::optional<std::string>(*id);
}

base::Result<std::string> create_or_read_cluster_id(Session& session, const std::string& proposed) {
  const std::string path(paths::kClusterId);
  while (true) {
    auto existing = read_cluster_id(session);
    if (!existing) return existing.error();
    if (*existing) return **existing;
    Response created = create_recursive(
        session, Create{path, encode_cluster_id(proposed), CreateMode::kPersistent, {}});
    if (created.ok()) return proposed;
    if (created.code != Code::kNodeExists) return error_of(created.code, "creating", path);
  }
}

}  // namespace odradek::zk
