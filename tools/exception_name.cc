#include "tools/exception_name.h"

#include <cctype>
#include <string_view>

#include "base/text.h"
#include "protocol/errors.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

// Where the class is not called as the error is.
std::string_view irregular_name(ErrorCode code) {
  struct Irregular {
    ErrorCode code;
    std::string_view name;
  };
  static constexpr Irregular kIrregular[] = {
      {ErrorCode::kTopicAlreadyExists, "TopicExists"},
      {ErrorCode::kInvalidTopicException, "InvalidTopic"},
      {ErrorCode::kInvalidConfig, "InvalidConfiguration"},
      {ErrorCode::kTopicAuthorizationFailed, "TopicAuthorization"},
      {ErrorCode::kGroupAuthorizationFailed, "GroupAuthorization"},
      {ErrorCode::kClusterAuthorizationFailed, "ClusterAuthorization"},
      {ErrorCode::kRequestTimedOut, "Timeout"},
      {ErrorCode::kNetworkException, "Disconnect"},
      {ErrorCode::kUnknownServerError, "UnknownServer"},
  };
  for (const Irregular& each : kIrregular) {
    if (each.code == code) return each.name;
  }
  return {};
}

}  // namespace

std::string exception_name(const base::Error& error) {
  if (error.code == -1) return "java.lang.IllegalArgumentException";
  const ErrorCode code = protocol::code_of(error);
  std::string name(irregular_name(code));
  if (name.empty()) {
    for (std::string_view word : base::split(protocol::error_name(code), '_')) {
      name += word.substr(0, 1);
      name += base::to_lower(word.substr(1));
    }
  }
  return "org.apache.kafka.common.errors." + name + "Exception";
}

}  // namespace odradek::tools
