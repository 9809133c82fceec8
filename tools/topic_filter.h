// TopicFilter: which topics a regular expression of the command line means.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::tools {

// A Java-like regular expression that has to match the whole name; commas separate alternatives,
// quotes around it and blanks in it are dropped.
class TopicFilter {
 public:
  // An error for what is no regular expression.
  static base::Result<TopicFilter> parse(std::string_view expression);
  ~TopicFilter();
  TopicFilter(TopicFilter&&) noexcept;

  bool allows(std::string_view topic, bool exclude_internal) const;

 private:
  struct Expression;
  explicit TopicFilter(std::unique_ptr<Expression> expression);

  std::unique_ptr<Expression> expression_;
};

// Whether the text can only mean the topic of that very name.
bool is_plain_topic_name(std::string_view expression);

}  // namespace odradek::tools
