// ClusterGroups: consumer groups of a cluster, their offsets and those of the logs they read, asked
// of the brokers that know.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/list_groups.h"
#include "protocol/types.h"
#include "server/client/cluster_client.h"

namespace odradek::tools {

using OffsetsByPartition = std::map<protocol::TopicPartition, protocol::Offset>;

struct DescribedGroup {
  protocol::DescribeGroupsResponse::Group group;
  client::ClusterBroker coordinator;
};

// Blocking; one thread.
class ClusterGroups {
 public:
  explicit ClusterGroups(client::ClusterClient& client) : client_(client) {}

  // Of every broker; groups of consumers and those that only store offsets. Empty filters let
  // everything through.
  base::Result<std::vector<protocol::ListGroupsResponse::Group>> list(
      const std::set<std::string>& states, const std::set<std::string>& types);
  base::Result<DescribedGroup> describe(const std::string& group);
  base::Result<OffsetsByPartition> committed(const std::string& group);
  base::Result<std::vector<protocol::TopicPartition>> partitions_of(const std::string& topic);
  // At a time in milliseconds, or one of ListOffsets' special times; -1 where there is none then.
  // Partitions without a leader are left out.
  base::Result<OffsetsByPartition> log_offsets(
      const std::vector<protocol::TopicPartition>& partitions, std::int64_t time_ms);

  base::Status commit(const std::string& group, const OffsetsByPartition& offsets);
  base::Status remove(const std::string& group);
  // The error of the whole, else one per partition.
  base::Result<std::map<protocol::TopicPartition, protocol::ErrorCode>> remove_offsets(
      const std::string& group, const std::vector<protocol::TopicPartition>& partitions);

 private:
  template <class Request, class Code>
  base::Result<typename Request::Response> ask_coordinator(const std::string& group,
                                                           const Request& request, Code code);

  client::ClusterClient& client_;
};

}  // namespace odradek::tools
