#include "server/api/api_table.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/api/apis.h"
#include "server/api/zookeeper_lane.h"

namespace odradek::api {
namespace {

template <class Message>
struct MessageOf;
template <class Message>
struct MessageOf<void (*)(Services&, RequestContext, Message)> {
  using type = Message;
};

template <auto Handle, bool kInLane>
void decode_and_run(Services& services, std::unique_ptr<network::Request> request) {
  using Message = typename MessageOf<decltype(Handle)>::type;
  auto message = protocol::Codec<Message>::decode(request->body(), request->header().api_version);
  if (!message) {
    request->close_connection("a request does not parse: " + message.error().message);
    return;
  }
  RequestContext context(std::move(request));
  if constexpr (kInLane) {
    SharedContext shared = share(std::move(context));
    auto kept = std::make_shared<Message>(std::move(*message));
    services.zookeeper_lane.run(shared, [&services, shared, kept] {
      Handle(services, std::move(*shared), std::move(*kept));
    });
  } else {
    Handle(services, std::move(context), std::move(*message));
  }
}

template <auto Handle>
constexpr ApiRow api(Runs runs = Runs::kInline) {
  return {
      MessageOf<decltype(Handle)>::type::kApi, runs,
      runs == Runs::kZooKeeperLane ? decode_and_run<Handle, true> : decode_and_run<Handle, false>};
}

// In key order.
constexpr ApiRow kTable[] = {
    api<produce>(),
    api<fetch>(),
    api<list_offsets>(),
    api<metadata>(Runs::kHandlerThread),
    api<leader_and_isr>(Runs::kHandlerThread),
    api<stop_replica>(Runs::kHandlerThread),
    api<update_metadata>(Runs::kHandlerThread),
    api<controlled_shutdown>(Runs::kHandlerThread),
    api<offset_commit>(),
    api<offset_fetch>(),
    api<find_coordinator>(),
    api<join_group>(),
    api<heartbeat>(),
    api<leave_group>(),
    api<sync_group>(),
    api<describe_groups>(),
    api<list_groups>(),
    api<api_versions>(),
    api<create_topics>(Runs::kZooKeeperLane),
    api<delete_topics>(Runs::kZooKeeperLane),
    api<delete_records>(Runs::kHandlerThread),
    api<init_producer_id>(),
    api<offset_for_leader_epoch>(),
    api<describe_configs>(Runs::kZooKeeperLane),
    api<alter_configs>(Runs::kZooKeeperLane),
    api<alter_replica_log_dirs>(Runs::kHandlerThread),
    api<describe_log_dirs>(Runs::kHandlerThread),
    api<create_partitions>(Runs::kZooKeeperLane),
    api<delete_groups>(),
    api<elect_leaders>(),
    api<incremental_alter_configs>(Runs::kZooKeeperLane),
    api<alter_partition_reassignments>(),
    api<list_partition_reassignments>(),
    api<offset_delete>(),
    api<describe_client_quotas>(Runs::kZooKeeperLane),
    api<alter_client_quotas>(Runs::kZooKeeperLane),
    api<describe_user_scram_credentials>(Runs::kZooKeeperLane),
    api<alter_user_scram_credentials>(Runs::kZooKeeperLane),
    api<alter_partition>(Runs::kHandlerThread),
    api<update_features>(),
    api<describe_cluster>(),
    api<allocate_producer_ids>(Runs::kHandlerThread),
};

}  // namespace

std::span<const ApiRow> api_table() { return kTable; }

const ApiRow* find_row(std::int16_t api_key) {
  const auto* row =
      std::find_if(std::begin(kTable), std::end(kTable), [&](const ApiRow& candidate) {
        return static_cast<std::int16_t>(candidate.api.key) == api_key;
      });
  return row == std::end(kTable) ? nullptr : row;
}

}  // namespace odradek::api
