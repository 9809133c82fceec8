#include "server/config/validator.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "server/config/inter_broker_protocol.h"

namespace odradek::config {
namespace {

std::string number_text(double value) {
  if (value == std::trunc(value) && std::abs(value) < 1e15) {
    return std::to_string(static_cast<long long>(value));
  }
  char text[32];
  auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

template <class Visit>
void for_each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    std::size_t length = std::min(words.find(' '), words.size());
    visit(words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
  }
}

std::string joined(std::string_view words) {
  std::string out;
  for_each_word(words, [&](std::string_view word) {
    if (!out.empty()) out += ", ";
    out += word;
  });
  return out;
}

bool has_word(std::string_view words, std::string_view wanted, bool ignore_case = false) {
  bool found = false;
  for_each_word(words, [&](std::string_view word) {
    found = found || word == wanted || (ignore_case && base::equals_ignoring_case(word, wanted));
  });
  return found;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "12:3", partition and broker.
bool is_throttled_replica(std::string_view item) {
  auto colon = item.find(':');
  return colon != std::string_view::npos && is_digits(item.substr(0, colon)) &&
         is_digits(item.substr(colon + 1));
}

}  // namespace

base::Status Validator::check_number(double value) const {
  bool ranged = kind_ == Kind::kRange || kind_ == Kind::kRangeOrOther;
  if (kind_ == Kind::kPoolSize && value != -1 && value < 1) {
    return base::Error("Value must be -1 or at least 1");
  }
  if (!ranged || (kind_ == Kind::kRangeOrOther && value == otherwise_)) return {};
  if (kind_ == Kind::kRangeOrOther && (value < low_ || value > high_)) {
    return base::Error("Value must be between " + number_text(low_) + " and " + number_text(high_) +
                       " or equal to " + number_text(otherwise_));
  }
  if (value < low_) return base::Error("Value must be at least " + number_text(low_));
  if (value > high_) return base::Error("Value must be no more than " + number_text(high_));
  return {};
}

base::Status Validator::check_text(std::string_view value) const {
  if (kind_ == Kind::kOneOf && !has_word(words_, value)) {
    return base::Error("String must be one of: " + joined(words_));
  }
  if (kind_ == Kind::kOneOfIgnoreCase && !has_word(words_, value, true)) {
    return base::Error("String must be one of (case insensitive): " + joined(words_));
  }
  if (kind_ == Kind::kNotEmpty && value.empty()) return base::Error("String must be non-empty");
  if (kind_ == Kind::kBrokerVersion && !parse_inter_broker_protocol(value)) {
    return base::Error("Version " + std::string(value) + " is not a valid version");
  }
  return {};
}

base::Status Validator::check_list(const std::vector<std::string>& items) const {
  for (const auto& item : items) {
    if (kind_ == Kind::kListOf && !has_word(words_, item)) {
      return base::Error("String must be one of: " + joined(words_));
    }
    if (kind_ == Kind::kNotEmptyList && item.empty()) {
      return base::Error("List must not contain empty items");
    }
    if (kind_ == Kind::kThrottledList && item != "*" && !is_throttled_replica(item)) {
      return base::Error(
          "must be the literal '*' or a list of replicas in the following format: "
          "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
    }
  }
  if (kind_ == Kind::kThrottledList && items.size() > 1 &&
      std::find(items.begin(), items.end(), "*") != items.end()) {
    return base::Error("must be either '*' alone or a list without it");
  }
  return {};
}

std::string Validator::describe() const {
  std::string range = "[" + number_text(low_) + ",...";
  if (kind_ == Kind::kRange || kind_ == Kind::kRangeOrOther) {
    range += high_ == kNoUpperBound ? "]" : "," + number_text(high_) + "]";
  }
  switch (kind_) {
    case Kind::kAny:
      return "";
    case Kind::kRange:
      return range;
    case Kind::kRangeOrOther:
      return range + " or " + number_text(otherwise_);
    case Kind::kOneOf:
    case Kind::kListOf:
      return "[" + joined(words_) + "]";
    case Kind::kOneOfIgnoreCase:
      return "(case insensitive) [" + joined(words_) + "]";
    case Kind::kNotNull:
      return "non-null string";
    case Kind::kNotEmpty:
      return "non-empty string";
    case Kind::kNotEmptyList:
      return "non-empty list";
    case Kind::kBrokerVersion:
      return "a version from 0.8.0 to 3.9";
    case Kind::kThrottledList:
      return "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    case Kind::kPoolSize:
      return "-1 or at least 1";
  }
  return "";
}

}  // namespace odradek::config
