// Regex: a regular expression in Perl's syntax, the nearest to Java's, that gives up rather than
// work without bound.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::base {

// Immutable and shared by its copies; any thread.
class Regex {
 public:
  // What one match found: [0] is the whole of it, then a group each, empty and with a null data()
  // when it took no part. They look into the text.
  using Match = std::vector<std::string_view>;

  // The error says what is wrong and where.
  static Result<Regex> compile(std::string_view pattern);
  // For a pattern of our own; Fatal when it is none.
  explicit Regex(std::string_view pattern);

  // Whether the whole text matches. An error when the pattern takes too long on it.
  Result<bool> matches(std::string_view text) const;
  // Every match in the text from left to right, as Java's Matcher.find() meets them.
  Result<std::vector<Match>> find_all(std::string_view text) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled);

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace odradek::base
