// PartitionStates: moves partitions between their states, which elects leaders (zookeeper.md §2.4).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/controller/context.h"
#include "server/controller/elections.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/request_batch.h"

namespace odradek::controller {

enum class Strategy : std::uint8_t {
  kOffline,
  kOfflineUnclean,  // as asked by an administrator, whatever the configuration says
  kReassignment,
  kPreferred,
  kControlledShutdown
};

using ElectionResults = std::map<TopicPartition, base::Result<Leadership>>;

// Belongs to the controller's event thread. Each to_… is one batch of requests. A partition in a
// state from which the new one cannot be reached is logged and skipped; the others go on.
class PartitionStates {
 public:
  PartitionStates(const ControllerOptions& options, Context& context, FencedStore& store,
                  RequestBatch& batch)
      : options_(options), context_(context), store_(store), batch_(batch) {}

  void to_new(const std::vector<TopicPartition>& partitions);
  // New partitions get their first leader, others are elected; the results are those of elections.
  ElectionResults to_online(const std::vector<TopicPartition>& partitions, Strategy strategy);
  void to_offline(const std::vector<TopicPartition>& partitions);
  void to_non_existent(const std::vector<TopicPartition>& partitions);

  // Everything that has no leader, except what is being deleted; of one topic, or of all. Those
  // that got a leader.
  std::size_t try_all_online(const std::optional<std::string>& topic = std::nullopt);

 private:
  struct Pending {
    ElectionCase partition;
    std::optional<Elected> elected;
  };

  std::vector<TopicPartition> permitted(const std::vector<TopicPartition>& partitions,
                                        PartitionState to);
  void in_memory(const std::vector<TopicPartition>& partitions, PartitionState to);
  void create_first(const std::vector<TopicPartition>& partitions);
  ElectionResults elect(std::vector<TopicPartition> partitions, Strategy strategy);
  // What is to be decided, from these states; those that cannot be get a result.
  std::map<TopicPartition, Pending> cases_of(const std::vector<TopicPartition>& partitions,
                                             std::vector<std::optional<Leadership>> states,
                                             ElectionResults& results) const;
  // One try; those whose state has changed in ZooKeeper meanwhile are returned.
  std::vector<TopicPartition> elect_once(std::map<TopicPartition, Pending> cases, Strategy strategy,
                                         ElectionResults& results);
  void note_elected(const TopicPartition& id, const Pending& pending, bool is_logged) const;
  std::set<std::string> unclean_topics(const std::map<TopicPartition, Pending>& cases,
                                       Strategy strategy);
  std::optional<Elected> choose(const TopicPartition& id, const ElectionCase& partition,
                                Strategy strategy, bool unclean) const;
  void take_over(const TopicPartition& id, const Elected& elected, bool is_new);

  const ControllerOptions& options_;
  Context& context_;
  FencedStore& store_;
  RequestBatch& batch_;
};

}  // namespace odradek::controller
