#include "server/controller/known_leaderships.h"

namespace odradek::controller {

std::vector<std::optional<Leadership>> known_leaderships(
    const Context& context, FencedStore& store, const std::vector<TopicPartition>& partitions) {
  if (context.leaders_write_states()) return store.leaderships(partitions);
  std::vector<std::optional<Leadership>> known(partitions.size());
  std::vector<TopicPartition> unknown;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if (const Leadership* leadership = context.leadership(partitions[i])) {
      known[i] = *leadership;
    } else {
      unknown.push_back(partitions[i]);
    }
  }
  std::vector<std::optional<Leadership>> read = store.leaderships(unknown);
  auto next = read.begin();
  for (std::optional<Leadership>& entry : known) {
    if (!entry) entry = std::move(*next++);
  }
  return known;
}

}  // namespace odradek::controller
