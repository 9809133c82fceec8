#include "base/regex.h"

#include <boost/regex.hpp>
#include <exception>
#include <utility>

#include "base/log.h"

namespace odradek::base {
namespace {

using Iterator = boost::regex_iterator<const char*>;

Regex::Match parts_of(const boost::cmatch& match) {
  Regex::Match parts;
  parts.reserve(match.size());
  for (const auto& part : match) {
    parts.push_back(part.matched ? std::string_view(part.first, part.second) : std::string_view());
  }
  return parts;
}

}  // namespace

struct Regex::Compiled {
  boost::regex regex;
};

Regex::Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Regex::Regex(std::string_view pattern) {
  auto compiled = compile(pattern);
  CHECK(compiled.ok()) << pattern << ": " << compiled.error().message;
  *this = *compiled;
}

Result<Regex> Regex::compile(std::string_view pattern) {
  auto compiled = std::make_shared<Compiled>();
  try {
    compiled->regex.assign(pattern.data(), pattern.data() + pattern.size(), boost::regex::perl);
  } catch (const std::exception& failure) {
    return Error(failure.what());
  }
  return Regex(std::move(compiled));
}

Result<bool> Regex::matches(std::string_view text) const {
  try {
    return boost::regex_match(text.data(), text.data() + text.size(), compiled_->regex);
  } catch (const std::exception& failure) {
    return Error(failure.what());
  }
}

Result<std::vector<Regex::Match>> Regex::find_all(std::string_view text) const {
  std::vector<Match> matches;
  try {
    Iterator end;
    for (Iterator at(text.data(), text.data() + text.size(), compiled_->regex); at != end; ++at) {
      matches.push_back(parts_of(*at));
    }
  } catch (const std::exception& failure) {
    return Error(failure.what());
  }
  return matches;
}

}  // namespace odradek::base
