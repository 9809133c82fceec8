// OffsetReset: to which offsets --reset-offsets moves a group, and the CSV in which plans are kept.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tools/cluster_groups.h"
#include "tools/option_parser.h"

namespace odradek::tools {

// By group.
using ResetPlan = std::map<std::string, OffsetsByPartition>;

// "topic" or "topic:0,1,2" each.
base::Result<std::vector<protocol::TopicPartition>> parse_topic_partitions(
    ClusterGroups& groups, const std::vector<std::string>& arguments);

class OffsetReset {
 public:
  OffsetReset(ClusterGroups& groups, const Options& options, const base::Clock& clock)
      : groups_(groups), options_(options), clock_(clock) {}

  base::Result<OffsetsByPartition> plan(const std::string& group);

 private:
  using Partitions = std::vector<protocol::TopicPartition>;

  base::Result<Partitions> scope(const std::string& group);
  base::Result<OffsetsByPartition> at_time(const Partitions& partitions, std::int64_t time_ms);
  base::Result<OffsetsByPartition> at_end(const Partitions& partitions, std::int64_t which,
                                          const char* name);
  base::Result<OffsetsByPartition> shifted(const std::string& group, const Partitions& partitions);
  base::Result<OffsetsByPartition> current(const std::string& group, const Partitions& partitions);
  base::Result<OffsetsByPartition> from_file(const std::string& group);
  // Within the log: offsets before or behind it become its ends.
  base::Result<OffsetsByPartition> in_range(OffsetsByPartition wanted);

  ClusterGroups& groups_;
  const Options& options_;
  const base::Clock& clock_;
};

// Lines of "topic,partition,offset", with the group in front where there are several.
std::string reset_csv(const ResetPlan& plan, bool is_one_group);
// `only_group` names the group of lines without one.
base::Result<ResetPlan> parse_reset_csv(const std::string& text, const std::string& only_group);

// "2024-05-01T12:00:00.000", UTC unless a zone follows ("Z", "+02", "+0200", "+02:00").
base::Result<std::int64_t> parse_datetime_ms(const std::string& text);
// "P1DT2H3M4.5S", as Java's Duration reads it.
base::Result<std::int64_t> parse_duration_ms(const std::string& text);

}  // namespace odradek::tools
