#include "tools/log_dir_moves.h"

#include <cstdio>
#include <utility>

#include "base/deadline.h"
#include "base/text.h"
#include "base/thread.h"
#include "protocol/messages/alter_replica_log_dirs.h"
#include "protocol/messages/describe_log_dirs.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

constexpr std::int64_t kRetryMs = 100;

// "Partition orders-0 on broker 1"
std::string placed(const ReplicaId& id) {
  return "Partition " + id.topic + "-" + std::to_string(id.partition) + " on broker " +
         std::to_string(id.broker);
}

std::set<BrokerId> brokers_of(const LogDirs& replicas) {
  std::set<BrokerId> brokers;
  for (const auto& [id, dir] : replicas) brokers.insert(id.broker);
  return brokers;
}

}  // namespace

base::Result<std::map<ReplicaId, LogDirMoves::Place>> LogDirMoves::places_of(
    const LogDirs& replicas) {
  std::map<ReplicaId, Place> places;
  for (BrokerId broker : brokers_of(replicas)) {
    protocol::DescribeLogDirsRequest request;
    for (const auto& [id, dir] : replicas) {
      if (id.broker == broker) {
        request.topics->push_back({.topic = id.topic, .partitions = {id.partition}});
      }
    }
    auto answer = client_.call<protocol::DescribeLogDirsRequest, protocol::DescribeLogDirsResponse>(
        request, [this, broker] { return client_.to_broker(broker); },
        [](const auto& response) { return response.error_code; });
    if (!answer) return answer.error();
    for (const auto& dir : answer->results) {
      for (const auto& topic : dir.topics) {
        for (const auto& partition : topic.partitions) {
          Place& place = places[{broker, topic.name, partition.partition_index}];
          (partition.is_future_key ? place.future : place.current) = dir.log_dir;
        }
      }
    }
  }
  return places;
}

base::Result<bool> LogDirMoves::print_states(const LogDirs& wanted) {
  auto places = places_of(wanted);
  if (!places) return places.error();
  bool moving = false;
  for (const auto& [id, target] : wanted) {
    const Place place = (*places)[id];
    std::string line;
    if (place.current.empty()) {
      line = "Partition " + id.topic + "-" + std::to_string(id.partition) +
             " is not found in any live log dir on broker " + std::to_string(id.broker) +
             ". There is likely an offline log directory on the broker.";
    } else if (!place.future.empty() && place.future == target) {
      line = "Reassignment of replica " + id.to_string() + " is still in progress.";
      moving = true;
    } else if (!place.future.empty()) {
      line =
          placed(id) + " is being moved to log dir " + place.future + " instead of " + target + ".";
      moving = true;
    } else if (place.current == target) {
      line = "Reassignment of replica " + id.to_string() + " completed successfully.";
    } else {
      line =
          placed(id) + " is not being moved from log dir " + place.current + " to " + target + ".";
    }
    std::puts(line.c_str());
  }
  if (wanted.empty()) std::puts("");
  return moving;
}

base::Result<LogDirs> LogDirMoves::under_way(const LogDirs& replicas) {
  auto places = places_of(replicas);
  if (!places) return places.error();
  LogDirs moving;
  for (const auto& [id, place] : *places) {
    if (!place.current.empty() && !place.future.empty()) moving[id] = place.current;
  }
  return moving;
}

base::Result<std::set<ReplicaId>> LogDirMoves::try_to_start(const LogDirs& wanted) {
  using Request = protocol::AlterReplicaLogDirsRequest;
  using Response = protocol::AlterReplicaLogDirsResponse;
  std::set<ReplicaId> started;
  for (BrokerId broker : brokers_of(wanted)) {
    Request request;
    for (const auto& [id, dir] : wanted) {
      if (id.broker != broker) continue;
      request.dirs.push_back(
          {.path = dir, .topics = {{.name = id.topic, .partitions = {id.partition}}}});
    }
    auto answer = client_.call<Request, Response>(
        request, [this, broker] { return client_.to_broker(broker); },
        [](const Response&) { return ErrorCode::kNone; });
    if (!answer) return answer.error();
    for (const auto& topic : answer->results) {
      for (const auto& partition : topic.partitions) {
        const ReplicaId id{broker, topic.topic_name, partition.partition_index};
        if (partition.error_code == ErrorCode::kNone) {
          started.insert(id);
        } else if (partition.error_code != ErrorCode::kReplicaNotAvailable) {
          return base::Error(partition.error_code,
                             "Failed to alter dir for " + id.to_string() + ": " +
                                 std::string(protocol::error_name(partition.error_code)));
        }
      }
    }
  }
  return started;
}

base::Status LogDirMoves::start(LogDirs wanted, std::int64_t timeout_ms) {
  const auto end = base::steady_after_ms(timeout_ms);
  while (!wanted.empty()) {
    auto started = try_to_start(wanted);
    if (!started) return started.error();
    for (const ReplicaId& id : *started) {
      std::printf(
          "Successfully started moving log directory to %s for replica %s-%d with broker %d \n",
          wanted[id].c_str(), id.topic.c_str(), id.partition, id.broker);
      wanted.erase(id);
    }
    if (wanted.empty()) break;
    if (std::chrono::steady_clock::now() >= end) {
      std::vector<std::string> late;
      for (const auto& [id, dir] : wanted) late.push_back(id.to_string());
      return base::Error(ErrorCode::kNone, std::string("Timed out before log directory move") +
                                               (late.size() == 1 ? "" : "s") +
                                               " could be started for: " + base::join(late, ","));
    }
    base::pause_ms(kRetryMs);
  }
  return {};
}

}  // namespace odradek::tools
