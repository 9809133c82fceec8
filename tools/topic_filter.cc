#include "tools/topic_filter.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "server/admin/topic_names.h"

namespace odradek::tools {

TopicFilter::TopicFilter(base::Regex expression) : expression_(std::move(expression)) {}

base::Result<TopicFilter> TopicFilter::parse(std::string_view expression) {
  std::string text(base::trim(expression));
  std::replace(text.begin(), text.end(), ',', '|');
  std::erase(text, ' ');
  text.erase(0, text.find_first_not_of("\"'"));
  std::size_t last = text.find_last_not_of("\"'");
  text.resize(last == std::string::npos ? 0 : last + 1);
  auto regex = base::Regex::compile(text);
  if (!regex) return base::Error(text + " is an invalid regex.");
  return TopicFilter(std::move(*regex));
}

bool TopicFilter::allows(std::string_view topic, bool exclude_internal) const {
  if (exclude_internal && admin::is_internal_topic(topic)) return false;
  auto matches = expression_.matches(topic);
  return matches.ok() && *matches;  // not when the expression takes too long on this name
}

bool is_plain_topic_name(std::string_view expression) {
  return !expression.empty() && std::all_of(expression.begin(), expression.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

}  // namespace odradek::tools
