// TopicsCommand: what one call of kafka-topics asks for, checked as upstream checks it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "protocol/types.h"
#include "server/config/properties.h"
#include "tools/option_parser.h"

namespace odradek::tools {

enum class TopicsAction : std::uint8_t { kList, kCreate, kDescribe, kAlter, kDelete };

struct DescribeFilter {
  bool under_replicated = false;
  bool unavailable = false;
  bool under_min_isr = false;
  bool at_min_isr = false;
  bool with_overrides = false;

  bool prints_topics() const {
    return !under_replicated && !unavailable && !under_min_isr && !at_min_isr;
  }
  bool prints_partitions() const { return !with_overrides; }
};

struct TopicsCommand {
  TopicsAction action = TopicsAction::kList;
  std::string bootstrap_servers;  // or
  std::string zookeeper;
  std::string settings_path;         // --command-config
  std::optional<std::string> topic;  // a regular expression, except to create
  std::optional<base::Uuid> topic_id;
  std::optional<std::int32_t> partitions;
  std::optional<std::int16_t> replication_factor;
  std::map<std::int32_t, std::vector<protocol::BrokerId>> assignment;
  config::Properties configs;
  std::vector<std::string> deleted_configs;  // of --alter by ZooKeeper
  bool if_exists = false;
  bool if_not_exists = false;
  bool exclude_internal = false;
  DescribeFilter filter;
};

// The table of options of kafka-topics, of 2.8 and 3.9 together.
std::vector<OptionSpec> topics_options();

// What is wrong with the combination, in upstream's words; nullopt: nothing.
std::optional<std::string> check_topics_options(const Options& options);

// After check_topics_options().
base::Result<TopicsCommand> topics_command(const Options& options);

// "0:1,1:2" → {0: [0, 1], 1: [1, 2]}.
base::Result<std::map<std::int32_t, std::vector<protocol::BrokerId>>> parse_replica_assignment(
    const std::string& text);

}  // namespace odradek::tools
