// DescribeLogDirs (key 35): the log directories of this broker, what lies in them, how full they
// are.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "server/api/apis.h"
#include "server/log/log_manager.h"
#include "server/replica/replica_set.h"

namespace odradek::api {
namespace {

using protocol::DescribeLogDirsRequest;
using protocol::DescribeLogDirsResponse;
using protocol::TopicPartition;

constexpr std::int64_t kUnknownLag = -1;

// Nothing: every partition.
std::optional<std::set<TopicPartition>> wanted_partitions(const DescribeLogDirsRequest& request) {
  if (!request.topics) return std::nullopt;
  std::set<TopicPartition> wanted;
  for (const auto& topic : *request.topics) {
    for (std::int32_t partition : topic.partitions) wanted.insert({topic.topic, partition});
  }
  return wanted;
}

// How far the log is behind what is served of its partition, a future one behind all there is.
std::int64_t offset_lag(const Services& services, const log::Log& log, bool is_future) {
  replica::PartitionPtr replica = services.replicas.find(log.partition());
  log::LogPtr served = replica == nullptr ? nullptr : replica->log();
  if (served == nullptr || !served->dir().online()) return kUnknownLag;
  if (is_future) return served->log_end_offset() - log.log_end_offset();
  return std::max<std::int64_t>(served->high_watermark() - log.log_end_offset(), 0);
}

DescribeLogDirsResponse::Dir describe(const Services& services, const log::LogDir& dir,
                                      const std::vector<log::LogPtr>& logs) {
  DescribeLogDirsResponse::Dir described;
  described.log_dir = dir.path();
  auto space = base::disk_space(dir.path());
  if (!dir.online() || !space) {
    described.error_code = ErrorCode::kKafkaStorageError;
    LOG(WARNING) << "Log directory " << dir.path() << " cannot be described: "
                 << (dir.online() ? space.error().message : "it is offline");
    return described;
  }
  described.total_bytes = space->total_bytes;
  described.usable_bytes = space->usable_bytes;
  for (const log::LogPtr& log : logs) {
    if (&log->dir() != &dir) continue;
    const TopicPartition& partition = log->partition();
    bool is_future = services.logs.find_future(partition) == log;
    if (described.topics.empty() || described.topics.back().name != partition.topic) {
      described.topics.push_back({.name = partition.topic, .partitions = {}});
    }
    described.topics.back().partitions.push_back(
        {.partition_index = partition.partition,
         .partition_size = log->size_bytes(),
         .offset_lag = offset_lag(services, *log, is_future),
         .is_future_key = is_future});
  }
  return described;
}

}  // namespace

void describe_log_dirs(Services& services, RequestContext context, DescribeLogDirsRequest request) {
  auto wanted = wanted_partitions(request);
  std::vector<log::LogPtr> logs = services.logs.all();
  if (wanted) {
    std::erase_if(logs,
                  [&](const log::LogPtr& log) { return !wanted->contains(log->partition()); });
  }
  std::sort(logs.begin(), logs.end(), [](const log::LogPtr& left, const log::LogPtr& right) {
    return left->partition() < right->partition();
  });
  DescribeLogDirsResponse response;
  for (const auto& dir : services.logs.dirs().all()) {
    response.results.push_back(describe(services, *dir, logs));
  }
  context.reply(response);
}

}  // namespace odradek::api
