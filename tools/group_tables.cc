#include "tools/group_tables.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "base/text.h"
#include "protocol/messages/consumer_protocol.h"

namespace odradek::tools {
namespace {

using protocol::TopicPartition;
using Row = std::vector<std::string>;

constexpr const char* kMissing = "-";

// The columns are as wide as the widths say, or as their longest cell where the table grows; the
// last one is never padded when its width is 0.
void print_row(const Row& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string cell = row[i];
    if (cell.size() < widths[i]) cell.resize(widths[i], ' ');
    line += (i > 0 ? " " : "") + cell;
  }
  std::printf("%s\n", line.c_str());
}

void grow(std::vector<std::size_t>& widths, const std::vector<Row>& rows,
          const std::set<std::size_t>& columns) {
  for (const Row& row : rows) {
    for (std::size_t column : columns) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
}

std::string number_of(const OffsetsByPartition& offsets, const TopicPartition& partition) {
  auto found = offsets.find(partition);
  return found == offsets.end() ? kMissing : std::to_string(found->second);
}

Row offset_row(const std::string& group, const TopicPartition& partition,
               const OffsetsByPartition& committed, const OffsetsByPartition& log_ends,
               const Row& consumer) {
  auto offset = committed.find(partition);
  auto end = log_ends.find(partition);
  bool has_lag = offset != committed.end() && end != log_ends.end();
  Row row{group,
          partition.topic,
          std::to_string(partition.partition),
          number_of(committed, partition),
          number_of(log_ends, partition),
          has_lag ? std::to_string(end->second - offset->second) : kMissing};
  row.insert(row.end(), consumer.begin(), consumer.end());
  return row;
}

// "(0,1), (2)": the partitions of each topic, as 3.9 shows them.
std::string assignment_text(const std::vector<TopicPartition>& partitions) {
  if (partitions.empty()) return kMissing;
  std::map<std::string, std::vector<std::string>> by_topic;
  for (const TopicPartition& partition : partitions) {
    by_topic[partition.topic].push_back(std::to_string(partition.partition));
  }
  std::vector<std::string> groups;
  for (auto& [topic, numbers] : by_topic) {
    std::sort(numbers.begin(), numbers.end());
    groups.push_back("(" + base::join(numbers, ",") + ")");
  }
  std::sort(groups.begin(), groups.end());
  return base::join(groups, ", ");
}

}  // namespace

std::vector<TopicPartition> assigned_partitions(
    const protocol::DescribeGroupsResponse::Member& member) {
  std::vector<TopicPartition> partitions;
  if (member.member_assignment.empty()) return partitions;
  auto assignment = protocol::read_assignment(member.member_assignment);
  if (!assignment) return partitions;
  for (const auto& topic : assignment->assigned_partitions) {
    for (std::int32_t partition : topic.partitions) partitions.push_back({topic.topic, partition});
  }
  return partitions;
}

bool announce(const protocol::DescribeGroupsResponse::Group& group, std::size_t rows) {
  const std::string& state = group.group_state;
  if (state == "Dead") {
    std::printf("\nError: Consumer group '%s' does not exist.\n", group.group_id.c_str());
    return false;
  }
  std::fflush(stdout);
  if (state == "Empty") {
    std::fprintf(stderr, "\nConsumer group '%s' has no active members.\n", group.group_id.c_str());
  } else if (state != "Stable") {
    std::fprintf(stderr, "\nWarning: Consumer group '%s' is rebalancing.\n",
                 group.group_id.c_str());
  }
  return rows > 0;
}

void print_listing(const std::vector<protocol::ListGroupsResponse::Group>& groups, bool with_types,
                   bool with_states) {
  std::size_t width = 15;
  for (const auto& group : groups) width = std::max(width, group.group_id.size());
  std::vector<std::size_t> widths{width + 10, 20, 20};
  auto row_of = [&](const std::string& name, const std::string& type, const std::string& state) {
    Row row{name};
    if (with_types) row.push_back(type);
    if (with_states) row.push_back(state);
    return row;
  };
  print_row(row_of("GROUP", "TYPE", "STATE"), widths);
  for (const auto& group : groups) {
    std::string type = group.group_type;
    if (!type.empty()) type[0] = base::to_upper(type.substr(0, 1))[0];
    print_row(row_of(group.group_id, type.empty() ? "Unknown" : type,
                     group.group_state.empty() ? "Unknown" : group.group_state),
              widths);
  }
}

void print_offsets(const DescribedGroup& described, const OffsetsByPartition& committed,
                   const OffsetsByPartition& log_ends) {
  const std::string& group = described.group.group_id;
  std::set<TopicPartition> left;
  for (const auto& [partition, offset] : committed) left.insert(partition);
  std::vector<std::pair<std::vector<TopicPartition>, Row>> consumers;
  for (const auto& member : described.group.members) {
    auto partitions = assigned_partitions(member);
    if (partitions.empty()) continue;
    for (const TopicPartition& partition : partitions) left.erase(partition);
    consumers.emplace_back(std::move(partitions),
                           Row{member.member_id, member.client_host, member.client_id});
  }
  std::stable_sort(consumers.begin(), consumers.end(), [](const auto& one, const auto& other) {
    return one.first.size() > other.first.size();
  });
  if (!left.empty()) {
    consumers.emplace_back(std::vector<TopicPartition>(left.begin(), left.end()),
                           Row{kMissing, kMissing, kMissing});
  }
  std::vector<Row> rows;
  for (const auto& [partitions, consumer] : consumers) {
    for (const TopicPartition& partition : partitions) {
      rows.push_back(offset_row(group, partition, committed, log_ends, consumer));
    }
  }
  if (!announce(described.group, rows.size())) return;
  std::vector<std::size_t> widths{15, 15, 10, 15, 15, 15, 15, 15, 0};
  grow(widths, rows, {0, 1, 6, 7});
  std::printf("\n");
  print_row({"GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG",
             "CONSUMER-ID", "HOST", "CLIENT-ID"},
            widths);
  for (const Row& row : rows) print_row(row, widths);
}

void print_members(const DescribedGroup& described, bool is_verbose) {
  const auto& members = described.group.members;
  announce(described.group, members.size());  // the head of the table is there in any case
  bool has_instances = std::any_of(members.begin(), members.end(), [](const auto& member) {
    return member.group_instance_id.has_value();
  });
  auto row_of = [&](Row row, const std::string& instance, const std::string& assignment) {
    if (has_instances) row.insert(row.begin() + 2, instance);
    row.push_back(is_verbose ? assignment : "");
    return row;
  };
  std::vector<Row> rows;
  for (const auto& member : members) {
    auto partitions = assigned_partitions(member);
    rows.push_back(row_of({described.group.group_id, member.member_id, member.client_host,
                           member.client_id, std::to_string(partitions.size())},
                          member.group_instance_id.value_or(""), assignment_text(partitions)));
  }
  std::vector<std::size_t> widths{15, 15, 15, 15, 15, 0};
  std::set<std::size_t> growing{0, 1, 2, 3};
  if (has_instances) {
    widths.insert(widths.begin() + 2, 17);
    growing.insert(4);
  }
  grow(widths, rows, growing);
  std::printf("\n");
  print_row(row_of({"GROUP", "CONSUMER-ID", "HOST", "CLIENT-ID", "#PARTITIONS"},
                   "GROUP-INSTANCE-ID", "ASSIGNMENT"),
            widths);
  for (const Row& row : rows) print_row(row, widths);
}

void print_state(const DescribedGroup& described) {
  const auto& group = described.group;
  if (!announce(group, 1)) return;
  const client::ClusterBroker& broker = described.coordinator;
  std::string coordinator = broker.endpoint.host + ":" + std::to_string(broker.endpoint.port) +
                            "  (" + std::to_string(broker.id) + ")";
  std::vector<std::size_t> widths{std::max<std::size_t>(25, coordinator.size()), 25, 20, 15, 0};
  std::printf("\n");
  print_row({"GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"}, widths);
  print_row({group.group_id, coordinator, group.protocol_data, group.group_state,
             std::to_string(group.members.size())},
            widths);
}

void print_plan(const ResetPlan& plan) {
  const std::vector<std::size_t> widths{30, 30, 10, 15};
  if (!plan.empty()) {
    std::printf("\n");
    print_row({"GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"}, widths);
  }
  for (const auto& [group, offsets] : plan) {
    for (const auto& [partition, offset] : offsets) {
      print_row(
          {group, partition.topic, std::to_string(partition.partition), std::to_string(offset)},
          widths);
    }
  }
}

}  // namespace odradek::tools
