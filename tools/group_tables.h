// The tables of kafka-consumer-groups, in upstream's columns.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/cluster_groups.h"
#include "tools/offset_reset.h"

namespace odradek::tools {

// What a member reads; nothing where it says so otherwise than consumers do.
std::vector<protocol::TopicPartition> assigned_partitions(
    const protocol::DescribeGroupsResponse::Member& member);

// Says what there is to say of the group's state; false when there is no table to print.
bool announce(const protocol::DescribeGroupsResponse::Group& group, std::size_t rows);

void print_listing(const std::vector<protocol::ListGroupsResponse::Group>& groups, bool with_types,
                   bool with_states);
void print_offsets(const DescribedGroup& described, const OffsetsByPartition& committed,
                   const OffsetsByPartition& log_ends);
void print_members(const DescribedGroup& described, bool is_verbose);
void print_state(const DescribedGroup& described);
void print_plan(const ResetPlan& plan);

}  // namespace odradek::tools
