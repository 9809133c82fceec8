// kafka-tools TOOL ARGUMENTS…: the command-line tools in one binary; also by a link named as a
// tool.
#include <csignal>
#include <cstdio>
#include <string_view>

#include "base/log.h"
#include "tools/commands.h"

namespace {

using odradek::tools::Arguments;

struct Tool {
  std::string_view name;
  int (*run)(const Arguments& arguments);
};

constexpr Tool kTools[] = {
    {"topics", odradek::tools::run_topics},
    {"console-producer", odradek::tools::run_console_producer},
    {"console-consumer", odradek::tools::run_console_consumer},
    {"dump-log", odradek::tools::run_dump_log},
    {"reassign-partitions", odradek::tools::run_reassign_partitions},
    {"leader-election", odradek::tools::run_leader_election},
    {"preferred-replica-election", odradek::tools::run_preferred_replica_election},
    {"log-dirs", odradek::tools::run_log_dirs},
    {"delete-records", odradek::tools::run_delete_records},
    {"consumer-groups", odradek::tools::run_consumer_groups},
    {"replica-verification", odradek::tools::run_replica_verification},
    {"configs", odradek::tools::run_configs},
    {"broker-api-versions", odradek::tools::run_broker_api_versions},
    {"cluster", odradek::tools::run_cluster},
    {"features", odradek::tools::run_features},
    {"get-offsets", odradek::tools::run_get_offsets},
    {"zookeeper-shell", odradek::tools::run_zookeeper_shell},
};

const Tool* find_tool(std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  if (name.starts_with("kafka-")) name.remove_prefix(6);
  if (name.ends_with(".sh")) name.remove_suffix(3);
  for (const Tool& tool : kTools) {
    if (tool.name == name) return &tool;
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  // What the libraries have to say goes to stderr, and only when it matters to who types a command.
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::GLOG_WARNING;
  google::InitGoogleLogging(argv[0]);
  int first = 1;
  const Tool* tool = find_tool(argv[0]);
  if (tool == nullptr && argc > 1) {
    tool = find_tool(argv[1]);
    first = 2;
  }
  if (tool == nullptr) {
    std::fprintf(stderr, "USAGE: %s TOOL ARGUMENTS…, where TOOL is one of\n", argv[0]);
    for (const Tool& each : kTools) std::fprintf(stderr, "  %s\n", each.name.data());
    return 1;
  }
  return tool->run(Arguments(argv + first, argv + argc));
}
