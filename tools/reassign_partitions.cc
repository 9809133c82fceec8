// kafka-reassign-partitions: move partitions to other brokers and directories, and see how far that
// is.
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "tools/client_settings.h"
#include "tools/cluster_reassignment.h"
#include "tools/commands.h"
#include "tools/option_parser.h"
#include "tools/zookeeper_access.h"
#include "tools/zookeeper_reassignment.h"

namespace odradek::tools {
namespace {

struct Action {
  std::string_view name;
  std::vector<std::string_view> required;
  std::vector<std::string_view> permitted;
};

const std::vector<Action>& actions() {
  static const std::vector<Action> rows{
      {"generate",
       {"topics-to-move-json-file", "broker-list"},
       {"bootstrap-server", "command-config", "disable-rack-aware", "zookeeper"}},
      {"execute",
       {"reassignment-json-file"},
       {"additional", "bootstrap-server", "command-config", "throttle",
        "replica-alter-log-dirs-throttle", "timeout", "zookeeper"}},
      {"verify",
       {"reassignment-json-file"},
       {"bootstrap-server", "command-config", "preserve-throttles", "zookeeper"}},
      {"cancel",
       {"reassignment-json-file"},
       {"bootstrap-server", "command-config", "preserve-throttles", "timeout"}},
      {"list", {}, {"bootstrap-server", "command-config"}}};
  return rows;
}

std::vector<OptionSpec> reassign_options() {
  auto flag = [](std::string_view name, std::string_view description) {
    return OptionSpec{.name = name, .description = description};
  };
  auto number = [](std::string_view name, std::string_view fallback, std::string_view description) {
    return with_value(name, ValueType::kLong, name, description, fallback);
  };
  return {
      flag("verify", "Tell how far the reassignment is; clear throttles once all is done."),
      flag("generate", "Propose a reassignment, without beginning it."),
      flag("execute", "Begin the reassignment."),
      flag("cancel", "Call the reassignment off."),
      flag("list", "List what is being reassigned."),
      with_value("bootstrap-server", "Server(s) to use for bootstrapping",
                 "REQUIRED: the brokers to ask first."),
      with_value("zookeeper", "urls",
                 "DEPRECATED: ZooKeeper's host:port,…/chroot, instead of brokers."),
      with_value("command-config", "Admin client property file", "Client settings, such as ssl.*."),
      with_value(
          "reassignment-json-file", "manual assignment json file path",
          "The reassignment: {\"partitions\":[{\"topic\":\"foo\",\"partition\":1,"
          "\"replicas\":[1,2,3],\"log_dirs\":[\"any\",\"/d\",\"any\"]}],\"version\":1}, log_dirs "
          "only where wanted."),
      with_value("topics-to-move-json-file", "topics to reassign json file path",
                 "The topics for --generate: {\"topics\":[{\"topic\":\"foo\"}],\"version\":1}."),
      with_value("broker-list", "brokerlist", "The brokers for --generate: 0,1,2."),
      flag("disable-rack-aware", "Ignore racks when placing replicas."),
      number("throttle", "-1", "Bytes per second between brokers; with --execute."),
      number("replica-alter-log-dirs-throttle", "-1",
             "Bytes per second between directories of a broker; with --execute."),
      number("timeout", "10000", "Milliseconds to wait for moves between directories to begin."),
      flag("additional", "Execute besides what is under way already."),
      flag("preserve-throttles", "Do not touch throttles of brokers and topics."),
  };
}

bool allows(const Action& action, std::string_view option) {
  auto has = [&](const std::vector<std::string_view>& names) {
    return std::count(names.begin(), names.end(), option) > 0;
  };
  return option == action.name || has(action.required) || has(action.permitted);
}

// What is wrong with the combination, in upstream's words; nullopt: nothing.
std::optional<std::string> check_options(const Options& options) {
  const Action* chosen = nullptr;
  int given = 0;
  for (const Action& action : actions()) {
    if (!options.has(action.name)) continue;
    chosen = &action;
    ++given;
  }
  if (given != 1) {
    return "Command must include exactly one action: --generate, --execute, --verify, --cancel, "
           "--list";
  }
  if (!options.has("bootstrap-server") && !options.has("zookeeper")) {
    return "Please specify --bootstrap-server";
  }
  for (std::string_view name : chosen->required) {
    if (!options.has(name)) return "Missing required argument \"[" + std::string(name) + "]\"";
  }
  for (const OptionSpec& spec : reassign_options()) {
    if (!options.has(spec.name) || allows(*chosen, spec.name)) continue;
    return "Option \"[" + std::string(spec.name) + "]\" can't be used with action \"[" +
           std::string(chosen->name) + "]\"";
  }
  if (options.has("bootstrap-server")) return std::nullopt;
  for (std::string_view name :
       {"additional", "command-config", "replica-alter-log-dirs-throttle", "timeout"}) {
    if (!options.has(name)) continue;
    return "--bootstrap-server must be specified when specifying \"[" + std::string(name) + "]\"";
  }
  return std::nullopt;
}

base::Result<ReassignmentPlan> read_plan(const Options& options) {
  auto text = read_text_file(options.value("reassignment-json-file"));
  if (!text) return text.error();
  return parse_reassignment_plan(*text);
}

base::Result<std::vector<BrokerId>> read_broker_list(const Options& options) {
  std::vector<BrokerId> brokers;
  for (std::string_view part : base::split(options.value("broker-list"), ',')) {
    auto id = base::parse_int<BrokerId>(part);
    if (!id) return base::Error("For input string: \"" + std::string(part) + "\"");
    if (std::count(brokers.begin(), brokers.end(), *id) > 0) {
      return base::Error("Broker list contains duplicate entries: [" + std::to_string(*id) + "]");
    }
    brokers.push_back(*id);
  }
  return brokers;
}

// Both ways to do it have generate() alike.
template <class Way>
base::Status generate(Way& way, const Options& options) {
  auto text = read_text_file(options.value("topics-to-move-json-file"));
  if (!text) return text.error();
  auto brokers = read_broker_list(options);
  if (!brokers) return brokers.error();
  auto topics = parse_topics_to_move(*text);
  if (!topics) return topics.error();
  return way.generate(*topics, *brokers, !options.has("disable-rack-aware"));
}

base::Status run_by_brokers(const Options& options) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("command-config"));
  if (!access) return access.error();
  ClusterReassignment way((*access)->client());
  if (options.has("list")) return way.list();
  if (options.has("generate")) return generate(way, options);
  auto plan = read_plan(options);
  if (!plan) return plan.error();
  const bool preserve = options.has("preserve-throttles");
  if (options.has("verify")) return way.verify(*plan, preserve);
  if (options.has("cancel")) return way.cancel(*plan, preserve, options.number("timeout"));
  return way.execute(*plan, {.additional = options.has("additional"),
                             .throttle = options.number("throttle"),
                             .log_dirs_throttle = options.number("replica-alter-log-dirs-throttle"),
                             .timeout_ms = options.number("timeout")});
}

base::Status run_by_zookeeper(const Options& options) {
  std::puts(
      "Warning: --zookeeper is deprecated, and will be removed in a future version of Kafka.");
  auto session = open_zookeeper(options.value("zookeeper"));
  if (!session) return session.error();
  ZookeeperReassignment way(**session);
  if (options.has("generate")) return generate(way, options);
  auto plan = read_plan(options);
  if (!plan) return plan.error();
  if (options.has("verify")) return way.verify(*plan, options.has("preserve-throttles"));
  return way.execute(*plan, options.number("throttle"));
}

}  // namespace

int run_reassign_partitions(const Arguments& arguments) {
  const OptionParser parser(reassign_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to move topic partitions between replicas.");
  if (helped) return *helped;
  if (auto problem = check_options(*options)) return print_usage(parser, *problem);
  base::Status done =
      options->has("bootstrap-server") ? run_by_brokers(*options) : run_by_zookeeper(*options);
  if (done) return 0;
  const bool is_terse = protocol::code_of(done.error()) == protocol::ErrorCode::kNone;
  std::printf("%s%s\n", is_terse ? "" : "Error: ", done.error().message.c_str());
  return 1;
}

}  // namespace odradek::tools
