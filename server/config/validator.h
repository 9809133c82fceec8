// Validator: the values a configuration key accepts, as data that can judge a value and describe
// itself.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::config {

class Validator {
 public:
  enum class Kind : std::uint8_t {
    kAny,
    kRange,            // a number between low and high, both allowed
    kRangeOrOther,     // the same, or one other number (`otherwise`)
    kOneOf,            // one word of a list separated by blanks
    kListOf,           // a list whose every item is one word of such a list
    kNotNull,          // a string that may be empty but not unset
    kNotEmpty,         // a string that, where set, is not empty
    kNotEmptyList,     // a list without empty items
    kBrokerVersion,    // an inter-broker protocol version
    kThrottledList,    // partition:broker pairs, or *
    kOneOfIgnoreCase,  // as kOneOf, without regard to case
    kPoolSize,         // -1 or at least 1
  };

  constexpr Validator() = default;
  constexpr Validator(Kind kind, double low, double high, std::string_view words = {},
                      double otherwise = 0)
      : kind_(kind), low_(low), high_(high), otherwise_(otherwise), words_(words) {}
  constexpr explicit Validator(Kind kind, std::string_view words = {})
      : kind_(kind), words_(words) {}

  // Judge a value that has already been read; the error says what is allowed.
  base::Status check_number(double value) const;
  base::Status check_text(std::string_view value) const;
  base::Status check_list(const std::vector<std::string>& items) const;

  // "[1,...]", "[a, b]" and so on as Kafka prints it, "" when everything is allowed.
  std::string describe() const;
  Kind kind() const { return kind_; }

 private:
  Kind kind_ = Kind::kAny;
  double low_ = 0;
  double high_ = 0;
  double otherwise_ = 0;
  std::string_view words_;
};

constexpr double kNoUpperBound = std::numeric_limits<double>::infinity();
constexpr Validator kAnyValue{};

constexpr Validator at_least(double low) {
  return Validator(Validator::Kind::kRange, low, kNoUpperBound);
}
constexpr Validator between(double low, double high) {
  return Validator(Validator::Kind::kRange, low, high);
}
constexpr Validator one_of(std::string_view words) {
  return Validator(Validator::Kind::kOneOf, words);
}
constexpr Validator list_of(std::string_view words) {
  return Validator(Validator::Kind::kListOf, words);
}
constexpr Validator kNotNullText{Validator::Kind::kNotNull};
constexpr Validator kNotEmptyText{Validator::Kind::kNotEmpty};
constexpr Validator kNotEmptyItems{Validator::Kind::kNotEmptyList};
constexpr Validator kBrokerVersionText{Validator::Kind::kBrokerVersion};
constexpr Validator kThrottledReplicas{Validator::Kind::kThrottledList};
constexpr Validator kGzipLevel{Validator::Kind::kRangeOrOther, 1, 9, {}, -1};
constexpr Validator kThreadPoolSize{Validator::Kind::kPoolSize};

}  // namespace odradek::config
