#include "server/broker/group_parts.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/broker/settings.h"

namespace odradek::broker {
namespace {

// Groups write to their topic as producers do, but as its coordinator.
group::AppendBatch append_to_group_log(Parts& parts) {
  return [&parts](std::int32_t partition, std::int16_t acks, base::Bytes batch,
                  group::WrittenCallback callback) {
    replica::AppendRequest request;
    request.acks = acks;
    request.timeout_ms = parts.config()->offsets_commit_timeout_ms;
    request.spec.origin = protocol::AppendOrigin::kCoordinator;
    request.entries.push_back({{group::GroupLoader::kTopic, partition}, batch});
    parts.appends->append(
        request, [callback = std::move(callback)](std::vector<replica::AppendOutcome> outcomes) {
          callback({outcomes.front().error, outcomes.front().info.first_offset});
        });
  };
}

}  // namespace

void build_groups(Parts& parts, const group::ScheduleAfter& schedule) {
  const std::shared_ptr<const config::BrokerConfig> now = parts.config();
  const config::BrokerConfig& config = *now;
  // With the log at hand nobody waits for ZooKeeper for long.
  bool is_second_place = offset_storage(config) == group::OffsetStorage::kBoth;
  parts.zk_offsets = std::make_unique<zk::ConsumerOffsets>(
      *parts.session, is_second_place
                          ? std::optional<std::int64_t>(config.offsets_commit_timeout_ms)
                          : std::nullopt);
  parts.offset_store = std::make_unique<group::OffsetStore>(
      *parts.zk_offsets, config.offsets_commit_timeout_ms, parts.clock, schedule);
  parts.mirror_scheduler = std::make_unique<base::BackgroundScheduler>(1, "offset-mirror");
  parts.offset_mirror = std::make_unique<group::OffsetMirror>(
      offset_storage(config), parts.group_table, *parts.offset_store, *parts.mirror_scheduler,
      [&parts] { return parts.session->state() == zk::SessionState::kConnected; });
  parts.group_log = std::make_unique<group::GroupLog>(group_log_options(config), parts.clock,
                                                      append_to_group_log(parts));
  parts.groups = std::make_unique<group::GroupCoordinator>(
      coordinator_options(config), parts.clock, schedule, parts.group_table, *parts.group_log);
  parts.offsets = std::make_unique<group::CommittedOffsets>(
      committed_offsets_options(config), parts.group_table, *parts.group_log, *parts.offset_store,
      *parts.offset_mirror, parts.clock);
  parts.group_removal = std::make_unique<group::GroupRemoval>(
      group_removal_options(config), parts.group_table, *parts.group_log, *parts.offset_store,
      *parts.offset_mirror, parts.clock);
  parts.group_loader = std::make_unique<group::GroupLoader>(
      config.offsets_load_buffer_size, parts.group_table, *parts.groups, *parts.replicas,
      *parts.scheduler, *parts.offset_mirror,
      [&parts](const std::string& group, const std::vector<group::OffsetToAdopt>& offsets) {
        parts.offsets->adopt(group, offsets);
      });
}

}  // namespace odradek::broker
