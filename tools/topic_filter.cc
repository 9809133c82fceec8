#include "tools/topic_filter.h"

#include <algorithm>
#include <boost/regex.hpp>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "server/admin/topic_names.h"

namespace odradek::tools {

struct TopicFilter::Expression {
  boost::regex regex;
};

TopicFilter::TopicFilter(std::unique_ptr<Expression> expression)
    : expression_(std::move(expression)) {}
TopicFilter::~TopicFilter() = default;
TopicFilter::TopicFilter(TopicFilter&&) noexcept = default;

base::Result<TopicFilter> TopicFilter::parse(std::string_view expression) {
  std::string text(base::trim(expression));
  std::replace(text.begin(), text.end(), ',', '|');
  std::erase(text, ' ');
  text.erase(0, text.find_first_not_of("\"'"));
  std::size_t last = text.find_last_not_of("\"'");
  text.resize(last == std::string::npos ? 0 : last + 1);
  boost::regex regex;
  regex.set_expression(text.data(), text.data() + text.size(),
                       boost::regex::perl | boost::regex::no_except);
  if (regex.status() != 0) return base::Error(text + " is an invalid regex.");
  return TopicFilter(std::make_unique<Expression>(Expression{std::move(regex)}));
}

bool TopicFilter::allows(std::string_view topic, bool exclude_internal) const {
  if (exclude_internal && admin::is_internal_topic(topic)) return false;
  try {
    return boost::regex_match(topic.begin(), topic.end(), expression_->regex);
  } catch (const std::runtime_error&) {  // the expression takes too long on this name
    return false;
  }
}

bool is_plain_topic_name(std::string_view expression) {
  return !expression.empty() && std::all_of(expression.begin(), expression.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

}  // namespace odradek::tools
