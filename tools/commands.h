// The tools that kafka-tools contains, by the names that its first argument may have.
#pragma once

#include <string>
#include <vector>

namespace odradek::tools {

// Arguments without the names of program and tool; the process's exit code.
using Arguments = std::vector<std::string>;

int run_topics(const Arguments& arguments);
int run_console_producer(const Arguments& arguments);
int run_console_consumer(const Arguments& arguments);
int run_dump_log(const Arguments& arguments);
int run_reassign_partitions(const Arguments& arguments);
int run_leader_election(const Arguments& arguments);
int run_preferred_replica_election(const Arguments& arguments);
int run_log_dirs(const Arguments& arguments);
int run_delete_records(const Arguments& arguments);
int run_consumer_groups(const Arguments& arguments);
int run_replica_verification(const Arguments& arguments);
int run_configs(const Arguments& arguments);
int run_broker_api_versions(const Arguments& arguments);
int run_cluster(const Arguments& arguments);
int run_features(const Arguments& arguments);
int run_get_offsets(const Arguments& arguments);
int run_zookeeper_shell(const Arguments& arguments);

}  // namespace odradek::tools
