// zookeeper-shell: looks at and changes the nodes of ZooKeeper, by commands of its arguments or of
// standard input.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "tools/commands.h"
#include "tools/node_shell.h"
#include "tools/option_parser.h"
#include "tools/zookeeper_access.h"

namespace odradek::tools {
namespace {

struct ShellCall {
  std::string server;
  std::vector<std::string> command;  // none: standard input has them
};

// Options come before the command, as ZooKeeper's own shell has it.
base::Result<ShellCall> parse_call(const Arguments& arguments) {
  ShellCall call{.server = "localhost:2181"};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool takes_value = word == "-server" || word == "-timeout" ||
                             word == "-client-configuration" || word == "-zk-tls-config-file";
    if (takes_value && i + 1 >= arguments.size()) {
      return base::Error("Error: no argument found for option " + word);
    }
    if (word == "-client-configuration" || word == "-zk-tls-config-file") {
      return base::Error(word + " cannot be served: this tool speaks to ZooKeeper in plain text");
    }
    if (word == "-server") call.server = arguments[i + 1];
    if (takes_value) {
      ++i;
    } else if (!word.starts_with('-')) {
      call.command.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
  }
  return call;
}

int told(const base::Status& done) {
  std::fflush(stdout);
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}

// The exit code is that of the last command.
int run_lines(NodeShell& shell) {
  int code = 0;
  for (std::string line; !shell.is_closed() && std::getline(std::cin, line);) {
    const std::vector<std::string> words = split_shell_line(line);
    if (words.empty()) continue;
    base::Status done = shell.run(words);
    if (!shell.is_closed()) code = told(done);
  }
  return code;
}

}  // namespace

int run_zookeeper_shell(const Arguments& arguments) {
  auto call = parse_call(arguments);
  if (!call) return exit_code(call.error());
  std::printf("Connecting to %s\n", call->server.c_str());
  if (call->command.empty()) std::printf("Welcome to ZooKeeper!\nJLine support is disabled\n");
  std::fflush(stdout);
  auto [hosts, chroot] = zk::split_connect_string(call->server);
  auto session = open_zookeeper(hosts);
  if (!session) return exit_code(session.error());
  std::printf("\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n");
  NodeShell shell(**session, chroot);
  int code = call->command.empty() ? run_lines(shell) : told(shell.run(call->command));
  (*session)->close();
  if (shell.is_closed()) {
    std::printf("\nWATCHER::\n\nWatchedEvent state:Closed type:None path:null\n");
  }
  return code;
}

}  // namespace odradek::tools
