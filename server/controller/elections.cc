#include "server/controller/elections.h"

namespace odradek::controller {
namespace {

Replicas live_of(const Replicas& replicas, const IsLive& is_live) {
  Replicas live;
  for (BrokerId id : replicas) {
    if (is_live(id)) live.push_back(id);
  }
  return live;
}

std::optional<BrokerId> first_live_in_sync(const ElectionCase& partition, const Replicas& order,
                                           const IsLive& is_live) {
  for (BrokerId id : order) {
    if (is_live(id) && partition.current.in_isr(id)) return id;
  }
  return std::nullopt;
}

Leadership with_leader(Leadership current, BrokerId leader) {
  current.leader = leader;
  ++current.leader_epoch;
  return current;
}

}  // namespace

std::optional<Elected> elect_first(const Replicas& replicas, const IsLive& is_live) {
  Replicas live = live_of(replicas, is_live);
  if (live.empty()) return std::nullopt;
  Elected elected;
  elected.leadership.leader = live.front();
  elected.leadership.isr = live;
  elected.recipients = std::move(live);
  return elected;
}

bool has_live_in_sync(const ElectionCase& partition, const IsLive& is_live) {
  return first_live_in_sync(partition, partition.replicas, is_live).has_value();
}

std::optional<Elected> elect_offline(const ElectionCase& partition, const IsLive& is_live,
                                     UncleanElection unclean) {
  Elected elected{.leadership = {}, .recipients = live_of(partition.replicas, is_live)};
  if (auto leader = first_live_in_sync(partition, partition.replicas, is_live)) {
    elected.leadership = with_leader(partition.current, *leader);
    elected.leadership.isr = live_of(partition.current.isr, is_live);
    return elected;
  }
  if (!unclean.allowed || elected.recipients.empty()) return std::nullopt;
  elected.leadership = with_leader(partition.current, elected.recipients.front());
  elected.leadership.isr = {elected.leadership.leader};
  elected.leadership.recovering = unclean.mark_recovering;
  return elected;
}

std::optional<Elected> elect_for_reassignment(const ElectionCase& partition, const Replicas& target,
                                              const IsLive& is_live) {
  auto leader = first_live_in_sync(partition, target, is_live);
  if (!leader) return std::nullopt;
  return Elected{.leadership = with_leader(partition.current, *leader), .recipients = target};
}

std::optional<Elected> elect_preferred(const ElectionCase& partition, const IsLive& is_live) {
  if (partition.replicas.empty()) return std::nullopt;
  BrokerId preferred = partition.replicas.front();
  if (!is_live(preferred) || !partition.current.in_isr(preferred)) return std::nullopt;
  return Elected{.leadership = with_leader(partition.current, preferred),
                 .recipients = partition.replicas};
}

std::optional<Elected> elect_for_shutdown(const ElectionCase& partition, const IsLive& is_live,
                                          const std::set<BrokerId>& shutting_down) {
  auto stays = [&](BrokerId id) { return is_live(id) && !shutting_down.contains(id); };
  auto leader = first_live_in_sync(partition, partition.replicas, stays);
  if (!leader) return std::nullopt;
  Elected elected{.leadership = with_leader(partition.current, *leader),
                  .recipients = live_of(partition.replicas, is_live)};
  std::erase_if(elected.leadership.isr, [&](BrokerId id) { return shutting_down.contains(id); });
  return elected;
}

std::optional<Leadership> remove_from_isr(const Leadership& current, BrokerId replica) {
  if (!current.in_isr(replica)) return std::nullopt;
  Leadership changed =
      with_leader(current, current.leader == replica ? protocol::kNoBroker : current.leader);
  // The last one in sync stays: nobody else may lead without losing data.
  if (changed.isr.size() > 1) std::erase(changed.isr, replica);
  return changed;
}

}  // namespace odradek::controller
