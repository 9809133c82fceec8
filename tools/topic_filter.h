// TopicFilter: which topics a regular expression of the command line means.
#pragma once

#include <string>
#include <string_view>

#include "base/regex.h"
#include "base/result.h"

namespace odradek::tools {

// A Java-like regular expression that has to match the whole name; commas separate alternatives,
// quotes around it and blanks in it are dropped.
class TopicFilter {
 public:
  // An error for what is no regular expression.
  static base::Result<TopicFilter> parse(std::string_view expression);

  bool allows(std::string_view topic, bool exclude_internal) const;

 private:
  explicit TopicFilter(base::Regex expression);

  base::Regex expression_;
};

// Whether the text can only mean the topic of that very name.
bool is_plain_topic_name(std::string_view expression);

}  // namespace odradek::tools
