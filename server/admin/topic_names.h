// What a topic may be called, and which topics belong to the brokers themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::admin {

inline constexpr std::string_view kConsumerOffsetsTopic = "__consumer_offsets";
inline constexpr std::string_view kTransactionStateTopic = "__transaction_state";

bool is_internal_topic(std::string_view topic);

// INVALID_TOPIC_EXCEPTION with the reason: 1 to 249 of [a-zA-Z0-9._-], neither "." nor "..".
base::Status check_topic_name(std::string_view topic);

// The name among `existing` that would share metric names with `topic` ('.' and '_' are one there);
// empty when none.
std::string colliding_topic(std::string_view topic, const std::vector<std::string>& existing);

}  // namespace odradek::admin
