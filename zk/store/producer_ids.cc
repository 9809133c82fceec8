#include "zk/store/producer_ids.h"

#include <array>
#include <limits>
#include <optional>
#include <string>

#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

base::Result<ProducerIdBlock> next_block(const std::optional<std::string>& current,
                                         protocol::BrokerId broker_id) {
  if (!current) return ProducerIdBlock{broker_id, 0, ProducerIdBlock::kSize - 1};
  auto last = ProducerIdBlock::decode(*current);
  if (!last) {
    return base::Error(std::string(paths::kProducerIdBlock) +
                       " cannot be read: " + last.error().message);
  }
  if (last->last > std::numeric_limits<std::int64_t>::max() - ProducerIdBlock::kSize) {
    return base::Error("all producer ids of this cluster are used up");
  }
  return ProducerIdBlock{broker_id, last->last + 1, last->last + ProducerIdBlock::kSize};
}

}  // namespace

base::Result<ProducerIdBlock> allocate_producer_ids(Session& session,
                                                    protocol::BrokerId broker_id) {
  const std::string path(paths::kProducerIdBlock);
  while (true) {
    Response current = session.call(GetData{path});
    if (current.code == Code::kNoNode) {
      base::Status made = make_persistent(session, std::array{paths::kProducerIdBlock});
      if (!made) return made.error();
      continue;
    }
    if (!current.ok()) return error_of(current.code, "reading", path);
    auto block = next_block(current.data, broker_id);
    if (!block) return block.error();
    Response written = session.call(SetData{path, block->encode(), current.stat.version});
    if (written.ok()) return *block;
    if (written.code != Code::kBadVersion) return error_of(written.code, "writing", path);
  }
}

}  // namespace odradek::zk
