#include "tools/command_words.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "base/text.h"
#include "tools/nearest_name.h"

namespace odradek::tools {

std::string CommandWords::usage() const {
  const std::vector<std::string> names(commands_.begin(), commands_.end());
  return "usage: " + std::string(program_) + " [-h] --bootstrap-server BOOTSTRAP_SERVER {" +
         base::join(names, ",") + "} ...";
}

base::Result<std::string> CommandWords::command(const Options& options) const {
  if (options.words().empty()) return base::Error("too few arguments");
  const std::string& word = options.words().front();
  if (std::find(commands_.begin(), commands_.end(), word) == commands_.end()) {
    const std::vector<std::string> names(commands_.begin(), commands_.end());
    auto nearest = nearest_name(word, names);
    return base::Error("invalid choice: '" + word + "' (choose from '" + base::join(names, "', '") +
                       "')" + (nearest ? "; did you mean " + *nearest + "?" : ""));
  }
  if (options.words().size() > 1) {
    return base::Error("unrecognized arguments: '" + options.words()[1] + "'");
  }
  if (options.has("bootstrap-controller")) {
    return base::Error(std::string(kNoControllers));
  }
  if (!options.has("bootstrap-server")) {
    return base::Error(
        "one of the arguments --bootstrap-server --bootstrap-controller is required");
  }
  return word;
}

int CommandWords::refuse(std::string_view message) const {
  std::fprintf(stderr, "%s\n%.*s: error: %.*s\n", usage().c_str(),
               static_cast<int>(program_.size()), program_.data(), static_cast<int>(message.size()),
               message.data());
  return 1;
}

int CommandWords::help(const OptionParser& parser, std::string_view what_it_does) const {
  std::printf("%s\n\n%.*s\n\n%s", usage().c_str(), static_cast<int>(what_it_does.size()),
              what_it_does.data(), parser.usage().c_str());
  return 1;
}

}  // namespace odradek::tools
