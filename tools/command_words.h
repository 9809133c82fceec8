// CommandWords: tools that take a command before or behind their options, with the messages of
// upstream's parser of such tools.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tools/option_parser.h"

namespace odradek::tools {

// Why --bootstrap-controller is refused; it begins with what a broker answers there.
inline constexpr std::string_view kNoControllers =
    "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type "
    "CONTROLLER: a cluster with ZooKeeper has no controllers of KRaft, use --bootstrap-server with "
    "any of its brokers";

class CommandWords {
 public:
  CommandWords(std::string_view program, std::span<const std::string_view> commands)
      : program_(program), commands_(commands) {}

  // The one command; fails also when the options name no brokers, or controllers of KRaft.
  base::Result<std::string> command(const Options& options) const;
  // Says on standard error how the program is called and what is wrong; the exit code.
  int refuse(std::string_view message) const;
  // On standard output; 1, as upstream ends then too.
  int help(const OptionParser& parser, std::string_view what_it_does) const;

 private:
  std::string usage() const;

  std::string_view program_;
  std::span<const std::string_view> commands_;
};

}  // namespace odradek::tools
