#include <string>

#include "protocol/errors.h"
#include "server/config/broker_config.h"
#include "server/config/reconfigurable.h"

namespace odradek::config {
namespace {

base::Error invalid_request(std::string why) {
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

}  // namespace

base::Status check_dynamic_change(std::string_view name, std::optional<std::string_view> text,
                                  bool for_all_brokers) {
  constexpr std::string_view kListenerPrefix = "listener.name.";
  bool prefixed = name.starts_with(kListenerPrefix);
  std::string_view base_name = name;
  if (prefixed) {
    std::size_t dot = name.find('.', kListenerPrefix.size());
    base_name = dot == std::string_view::npos ? name : name.substr(dot + 1);
  }
  const auto* key = find_broker_config_key(base_name);
  if (key == nullptr) return {};
  std::string shown(name);
  if (key->scope == Scope::kReadOnly) {
    return invalid_request("Cannot update these configs dynamically: Set(" + shown + ")");
  }
  bool store = base_name.starts_with("ssl.keystore.") || base_name.starts_with("ssl.truststore.") ||
               base_name == "ssl.key.password";
  if (store && !prefixed) {
    return invalid_request(
        "These security configs can be dynamically updated only per-listener using the "
        "listener prefix: Set(" +
        shown + ")");
  }
  if (for_all_brokers && (key->scope == Scope::kPerBroker || prefixed)) {
    return invalid_request("Cannot update these configs at default cluster level: Set(" + shown +
                           ")");
  }
  if (!text) return {};
  auto read = parse_value({}, key->type(), key->validator, *text);
  if (!read) return invalid_value(name, *text, key->sensitive(), read.error().message);
  return {};
}

Properties accepted_dynamic_values(const Properties& values, bool for_all_brokers,
                                   std::vector<std::string>& problems) {
  Properties accepted;
  for (const auto& [name, text] : values) {
    auto fine = check_dynamic_change(name, text, for_all_brokers);
    if (fine) {
      accepted[name] = text;
    } else {
      problems.push_back(fine.error().message);
    }
  }
  return accepted;
}

base::Status check_thread_count_change(std::string_view key, std::int32_t current,
                                       std::int32_t next) {
  std::string failed = "Dynamic thread count update validation failed for " + std::string(key) +
                       "=" + std::to_string(next);
  if (next < 1) return invalid_request(failed + ", value should be at least 1");
  if (next < current / 2) {
    return invalid_request(failed + ", value should be at least half the current value " +
                           std::to_string(current));
  }
  if (next > std::int64_t{current} * 2) {
    return invalid_request(failed + ", value should not be greater than double the current value " +
                           std::to_string(current));
  }
  return {};
}

}  // namespace odradek::config
